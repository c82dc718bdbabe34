"""One run from its settings to its figures."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from nnlab import experiments, runs
from nnlab.answering import Trained
from nnlab.checkpoint import write
from nnlab.datasets.source import Source
from nnlab.errors import CheckpointError, DataError, DivergedError, OutputExistsError, UsageError
from nnlab.experiment import Data, Experiment, Scores
from nnlab.files import write_json
from nnlab.options import from_mapping
from nnlab.report.figures import draw_run
from nnlab.running.training import train
from nnlab.running.workshop import Workshop
from nnlab.runs import RunFolder


def run(
    experiment: Experiment, config: Any, folder: RunFolder, workshop: Workshop
) -> dict[str, Any]:
    """Carry one run to its end; a folder with part of the same run is gone on with.

    Args:
        experiment: What to train.
        config: Its Config.
        folder: An existing folder, empty or with a run of the same settings.
        workshop: The surroundings.

    Returns:
        The contents of metrics.json.

    Raises:
        OutputExistsError: The folder holds something else.
        DivergedError: The loss went wrong; what was best has been scored all the same.
        InterruptedRun: Saved, to be resumed.
    """
    with folder.locked():
        if folder.is_run():
            _check_same(experiment, config, folder)
        if folder.is_finished():
            return _unless_diverged(runs.read_json(folder.metrics), folder)
        try:
            return _carry_out(experiment, config, folder, workshop)
        finally:
            workshop.observer.run_finished()


def resume(folder: RunFolder, workshop: Workshop) -> tuple[Experiment, dict[str, Any]]:
    """Go on with the run in `folder`, exactly where it stopped; see `run`."""
    experiment, config = read_plan(folder)
    return experiment, run(experiment, config, folder, workshop)


def read_plan(folder: RunFolder) -> tuple[Experiment, Any]:
    """Return the experiment and the Config of the run in `folder`.

    Raises:
        CheckpointError: config.json is damaged.
    """
    plan = runs.read_json(folder.config)
    if not isinstance(plan, dict) or not isinstance(plan.get("config"), dict):
        raise CheckpointError(f"{folder.config}: expected an object with a 'config' inside")
    experiment = experiments.get(str(plan.get("experiment")))
    try:
        return experiment, from_mapping(experiment.Config, plan["config"], str(folder.config))
    except UsageError as error:
        raise CheckpointError(str(error)) from error


def _unless_diverged(metrics: dict[str, Any], folder: RunFolder) -> dict[str, Any]:
    """Return the metrics, or raise when they are those of a training that went wrong."""
    training = metrics["training"]
    if training["diverged"]:
        raise DivergedError(
            f"{training['diverged']} (the weights of epoch {training['best_epoch']} are kept and "
            f"scored in {folder.path})"
        )
    return metrics


def _check_same(experiment: Experiment, config: Any, folder: RunFolder) -> None:
    known_experiment, known_config = read_plan(folder)
    if known_experiment.name != experiment.name or known_config != config:
        raise OutputExistsError(
            f"{folder.path} holds a run with other settings; name another folder with --out, "
            f"or go on with that one: nnlab resume {folder.path}"
        )


def _carry_out(
    experiment: Experiment, config: Any, folder: RunFolder, workshop: Workshop
) -> dict[str, Any]:
    workshop.observer.stage("reading the data")
    data = experiment.load(config, workshop.store, workshop.warn)
    _check_same_data(folder, data.source)
    plan = {"experiment": experiment.name, "config": dataclasses.asdict(config)}
    write_json(folder.config, plan | {"dataset": data.source.as_dict()})
    training = train(experiment, config, data, folder, workshop)
    workshop.observer.stage("scoring on the test part")
    metrics = _score(experiment, config, data, folder, training)
    workshop.observer.stage("drawing the figures")
    draw_run(experiment, folder, metrics)
    write_json(folder.metrics, metrics)
    return _unless_diverged(metrics, folder)


def _check_same_data(folder: RunFolder, source: Source) -> None:
    """A run that is resumed must see the very bytes that it began with."""
    if not folder.is_run():
        return
    begun = runs.read_json(folder.config).get("dataset", {})
    if begun.get("sha256") != source.sha256:
        raise DataError(
            f"{folder.path} began with data set {begun.get('name')} (sha256 "
            f"{begun.get('sha256')}), but now there is {source.name} ({source.sha256}); "
            "bring the first one back (--data-dir, NNLAB_DATA) to go on"
        )


def _score(
    experiment: Experiment,
    config: Any,
    data: Data,
    folder: RunFolder,
    training: Mapping[str, Any],
) -> dict[str, Any]:
    """Score what answers will come from: best.h5, in NumPy; then put the metrics inside."""
    trained = Trained(folder.best)
    scores = experiment.score(config, trained.network.predict, data)
    folder.write_evidence(scores.evidence)
    metrics = {
        "experiment": experiment.name,
        **score_record(scores, data),
        "training": dict(training),
        "config": dataclasses.asdict(config),
        "versions": trained.header.versions,
    }
    inside = {key: metrics[key] for key in ("scores", "baselines", "training")}
    header = dataclasses.replace(trained.header, metrics=inside)
    write(folder.best, header, {"model": trained.weights})
    return metrics


def score_record(scores: Scores, data: Data) -> dict[str, Any]:
    """Return the part of metrics.json that scoring a network on a data set gives."""
    return {
        "dataset": data.source.as_dict(),
        "scores": dict(scores.scores),
        "baselines": {name: dict(values) for name, values in scores.baselines.items()},
        "details": dict(scores.details),
    }
