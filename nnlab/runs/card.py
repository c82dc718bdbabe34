"""What there is to say of a trained network: its data, how well it does, what it cannot do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab import experiments
from nnlab.checkpoint import Header
from nnlab.datasets.store.provenance import Source
from nnlab.datasets.store.registry import all_sets
from nnlab.errors import CheckpointError, DataError
from nnlab.experiments.contract import AnyExperiment, Interface, Table
from nnlab.records import structured
from nnlab.results import Metrics

IN_CHECKPOINT = ("scores", "baselines", "details", "unmeasured", "training")
"""What of a run's metrics its checkpoint holds."""


@dataclass(frozen=True)
class Card:
    """What there is to say of a trained network.

    Attributes:
        source: The data that it was trained on.
        licence: The terms of these data, if they are known.
        interface: What goes in and comes out.
        tables: How well it does on test data, beside the baselines; none if it was never scored.
        training: How the training went, by name.
        summary: What the experiment is about.
        limits: What the network cannot do, a sentence each.
    """

    source: Source
    licence: str
    interface: Interface
    tables: Sequence[Table]
    training: Mapping[str, Any]
    summary: str = ""
    limits: Sequence[str] = ()


def card_of(header: Header, path: Path) -> Card:
    """Return what there is to say of the network in a checkpoint.

    Args:
        header: What the checkpoint says of itself.
        path: The file, for errors.

    Raises:
        CheckpointError: The header does not fit its experiment.
    """
    source, metrics = Source.from_dict(header.dataset), header.metrics
    known = licence(source)
    if not experiments.exists(header.experiment):  # of a package that is not installed
        tables = _plain_tables(metrics)
        return Card(source, known, Interface({}), tables, metrics.get("training", {}))
    experiment = experiments.get(header.experiment)
    try:
        interface = experiment.interface(header.facts)
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{path}: its facts are not those of {experiment.name}") from error
    tables = _tables(experiment, header, path) if "details" in metrics else _plain_tables(metrics)
    training = metrics.get("training", {})
    return Card(source, known, interface, tables, training, experiment.summary, experiment.limits)


def licence(source: Source) -> str:
    """Return the terms of the data that a network was trained on, if they are known."""
    if source.sample or not source.files:
        return "made by nnlab itself, MIT"
    known = all_sets().get(source.name)
    paths = {file.path for edition in known.editions for file in edition.files} if known else set()
    ours = all(any(path.startswith(file) for path in paths) for file in source.files)
    return known.licence if known and ours else "unknown: the user's own files"


def _tables(experiment: AnyExperiment, header: Header, path: Path) -> list[Table]:
    """Return the experiment's own tables."""
    whole = {
        "experiment": header.experiment,
        "dataset": header.dataset,
        "config": header.config,
        **header.metrics,
    }
    try:
        kind = Metrics[experiment.Details]  # type: ignore[name-defined]
        return list(experiment.tables(structured(kind, whole, path)))
    except (DataError, KeyError) as error:
        raise CheckpointError(f"{path}: expected its metrics, but {error}") from error


def _plain_tables(metrics: Mapping[str, Any]) -> list[Table]:
    """Return a table of the scores alone, which is what older versions put into checkpoints."""
    rows = {"this network": metrics.get("scores", {}), **metrics.get("baselines", {})}
    names = list(rows["this network"])
    cells = [
        (method, *(f"{row[name]:.4g}" if name in row else "" for name in names))
        for method, row in rows.items()
    ]
    words = [name.replace("_", " ") for name in names]
    return [Table("Test scores", ("", *words), cells)] if names else []
