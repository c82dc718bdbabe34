"""Drawing a run: reads its folder, writes its figures."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.checkpoint import open_checkpoint
from nnlab.datasets.store.provenance import Source
from nnlab.experiments.contract import AnyExperiment, Evidence
from nnlab.files import make_folder
from nnlab.inference import checked_graph
from nnlab.inference.graph import Graph
from nnlab.plots.style import house_style, save
from nnlab.results import Metrics, RunMetrics, Summary
from nnlab.runs.folder import GroupFolder, RunFolder


@house_style()
def draw_run(experiment: AnyExperiment, folder: RunFolder, metrics: RunMetrics[Any]) -> None:
    """Draw learning curves, network and the experiment's own figures into `folder.figures`."""
    footer = footer_text(metrics, metrics.config)
    figures = {
        "learning-curves": _learning_curves(folder, metrics, footer, experiment.shares),
        "network": _network(folder, metrics, footer),
        **experiment.draw(Evidence(metrics, folder.read_evidence(), footer)),
    }
    _save_all(figures, folder.figures)


@house_style()
def draw_summary(experiment: AnyExperiment, summary: Summary[Any], folder: GroupFolder) -> None:
    """Draw what the runs of a group say together into `folder.figures`."""
    _save_all(
        experiment.draw_summary(summary, lambda name: folder.member(name).read_evidence()),
        folder.figures,
    )


@house_style()
def draw_scores(
    experiment: AnyExperiment,
    graph: Graph,
    metrics: Metrics[Any],
    evidence: Mapping[str, np.ndarray],
    folder: Path,
) -> None:
    """Draw a network and what it scored, as for a run but without its history, into a folder."""
    footer = footer_text(metrics, metrics.config)
    figures = {
        "network": _drawn(graph, metrics, footer),
        **experiment.draw(Evidence(metrics, evidence, footer)),
    }
    _save_all(figures, folder)


def _save_all(figures: Mapping[str, Any], folder: Path) -> None:
    """Write figures as `<name>.png` into `folder`."""
    make_folder(folder)
    for name, figure in figures.items():
        save(figure, folder / f"{name}.png")


SHOWN = ("preset", "model", "loss", "seed")
"""Settings that the foot of a figure shows."""


def footer_text(metrics: Metrics[Any], config: Mapping[str, Any]) -> str:
    """Say in a line which data set and settings a figure shows."""
    settings = [f"{key} {config[key]}" for key in SHOWN if key in config]
    data = data_in_words(metrics.dataset)
    return " · ".join([metrics.experiment, *settings, f"data: {data}"])


def data_in_words(source: Source) -> str:
    """Name a data set at the foot of a figure."""
    return "embedded sample, not comparable" if source.sample else source.name


def _learning_curves(
    folder: RunFolder, metrics: RunMetrics[Any], footer: str, shares: Collection[str]
) -> Any:
    from nnlab.plots.curves import learning_curves

    history = folder.read_history()
    training = metrics.training
    known = {"epoch", "loss", "seconds"}
    measures = (name for name in history if name not in known and "validation_" not in name)
    measure = next(measures, "loss")
    return learning_curves(
        history,
        measure,
        best_epoch=training.best_epoch,
        diverged_epoch=training.diverged.epoch if training.diverged else None,
        footer=footer,
        share=measure in shares,
    )


def _network(folder: RunFolder, metrics: RunMetrics[Any], footer: str) -> Any:
    with open_checkpoint(folder.best) as file:
        graph = checked_graph(file.header.network)
    return _drawn(graph, metrics, footer)


def _drawn(graph: Graph, metrics: Metrics[Any], footer: str) -> Any:
    from nnlab.plots.network.drawing import draw_network

    return draw_network(graph, f"The network of {metrics.experiment}", footer)
