"""One run from its settings to its figures."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from nnlab import experiments
from nnlab.checkpoint import write
from nnlab.console import visible
from nnlab.datasets.store.provenance import Source
from nnlab.errors import CheckpointError, DataError, DivergedError, OutputExistsError, UsageError
from nnlab.experiments.contract import AnyExperiment, Data, Scores
from nnlab.files import write_json
from nnlab.options import from_mapping
from nnlab.records import plain, versioned
from nnlab.results import Metrics, RunMetrics, TrainingRecord
from nnlab.runs import folder as runs
from nnlab.runs.answering import Trained
from nnlab.runs.figures import draw_run
from nnlab.runs.folder import RunFolder
from nnlab.runs.occupying import clear, locked
from nnlab.runs.pinning import pinned
from nnlab.runs.training import Training
from nnlab.runs.workshop import Workshop
from nnlab.training.settings import TrainingSettings


def run(
    experiment: AnyExperiment,
    config: TrainingSettings,
    folder: RunFolder,
    workshop: Workshop,
    *,
    dataset: Source | None = None,
    replace: bool = False,
) -> RunMetrics[Any]:
    """Carry one run to its end; a folder with part of the same run is gone on with.

    Args:
        experiment: What to train.
        config: Its Config.
        folder: An existing folder, empty or with a run of the same settings.
        workshop: The surroundings.
        dataset: The data set to take where `config` chooses none.
        replace: Whether a run in the folder goes, once the new one is ready to begin.

    A finished run is not repeated. It is scored again if a program that a score needs was missing
    then and is installed now.

    Raises:
        OutputExistsError: The folder holds something else.
        DivergedError: The loss went wrong; what was best has been scored all the same.
        InterruptedRun: Saved, to be resumed.
    """
    if folder.is_run() and not replace:
        _check_same(experiment, config, folder)
        if folder.is_finished():
            if can_measure_more(experiment, folder):
                _score_again(experiment, config, folder, workshop)
            return _finished(experiment, folder)
    with locked(folder.path):
        try:
            return _carry_out(experiment, config, folder, workshop, dataset, replace)
        finally:
            workshop.observer.run_finished()


def resume(folder: RunFolder, workshop: Workshop) -> tuple[AnyExperiment, RunMetrics[Any]]:
    """Go on with the run in `folder`, exactly where it stopped; see `run`."""
    experiment, config, _ = read_plan(folder)
    return experiment, run(experiment, config, folder, workshop)


def can_measure_more(experiment: AnyExperiment, folder: RunFolder) -> bool:
    """Tell whether scoring a finished run again would measure something that was left out."""
    return experiment.can_measure_more(folder.read_metrics(experiment.Details))


def _score_again(
    experiment: AnyExperiment, config: TrainingSettings, folder: RunFolder, workshop: Workshop
) -> None:
    """Score a finished run once more, without training; what cannot be scored stays as it is."""
    try:
        with locked(folder.path):
            begun = read_plan(folder)[2]
            wanted = pinned(experiment, config, begun)
            data = experiment.load(wanted, workshop.store, workshop.warn)
            _check_same_data(folder, begun, data.source)
            training = folder.read_metrics(experiment.Details).training
            _conclude(experiment, config, data, folder, training, workshop)
    except (CheckpointError, DataError) as error:
        workshop.warn(f"{folder.path} keeps its scores; it cannot be scored again: {error}")


def read_plan(folder: RunFolder) -> tuple[AnyExperiment, Any, Source]:
    """Return the experiment, the Config and the data set of the run in `folder`.

    Raises:
        CheckpointError: config.json is damaged.
    """
    plan = runs.read_json(folder.config)
    try:
        if not isinstance(plan, dict):
            raise CheckpointError("expected an object")
        experiment = experiments.get(str(plan.get("experiment")))
        config = from_mapping(experiment.Config, plan.get("config"), "config")  # type: ignore[arg-type]
        return experiment, config, Source.from_dict(plan.get("dataset"))
    except (CheckpointError, UsageError) as error:
        raise CheckpointError(f"{folder.config} is not the plan of a run: {error}") from error


def _finished(experiment: AnyExperiment, folder: RunFolder) -> RunMetrics[Any]:
    """Return the metrics, or raise if they are those of a training that went wrong."""
    metrics = folder.read_metrics(experiment.Details)
    training = metrics.training
    if training.diverged:
        raise DivergedError(
            f"{training.diverged.what} (the weights of epoch {training.best_epoch} are kept in "
            f"{folder.path})"
        )
    return metrics


def _check_same(experiment: AnyExperiment, config: TrainingSettings, folder: RunFolder) -> None:
    known_experiment, known_config, _ = read_plan(folder)
    if known_experiment.name != experiment.name or known_config != config:
        raise OutputExistsError(
            f"{folder.path} holds a run with other settings; name another folder with --out, "
            f"or resume that run: nnlab resume {folder.path}"
        )


def _carry_out(
    experiment: AnyExperiment,
    config: TrainingSettings,
    folder: RunFolder,
    workshop: Workshop,
    dataset: Source | None,
    replace: bool,
) -> RunMetrics[Any]:
    """Do the work; nothing is written or removed before data and settings have proved good."""
    begun = read_plan(folder)[2] if folder.is_run() and not replace else None
    workshop.observer.stage("reading the data")
    known = begun or dataset
    wanted = pinned(experiment, config, known) if known else config
    data = experiment.load(wanted, workshop.store, workshop.warn)
    if data.summary:
        workshop.observer.stage(visible(f"{data.source.name}: {data.summary}"))
    if begun:
        _check_same_data(folder, begun, data.source)
    training = Training(experiment, config, data, workshop)
    if replace:
        clear(folder.path)
    plan = {"experiment": experiment.name, "config": dataclasses.asdict(config)}
    write_json(folder.config, plan | {"dataset": data.source.as_dict()})
    _conclude(experiment, config, data, folder, training.run(folder), workshop)
    return _finished(experiment, folder)


def _conclude(
    experiment: AnyExperiment,
    config: TrainingSettings,
    data: Data,
    folder: RunFolder,
    training: TrainingRecord,
    workshop: Workshop,
) -> None:
    """Score the best weights, draw the figures, and write what makes a run finished."""
    workshop.observer.stage("scoring on the test part")
    metrics = _score(experiment, config, data, folder, training)
    workshop.observer.stage("drawing the figures")
    draw_run(experiment, folder, metrics)
    write_json(folder.metrics, versioned(metrics))


def _check_same_data(folder: RunFolder, begun: Source, now: Source) -> None:
    """A run that is resumed must see the very bytes that it began with."""
    if begun.sha256 != now.sha256:
        raise DataError(
            f"{folder.path} began with data set {begun.name} (sha256 {begun.sha256}), but now "
            f"finds {now.name} ({now.sha256}); restore the first to resume"
        )


def _score(
    experiment: AnyExperiment,
    config: TrainingSettings,
    data: Data,
    folder: RunFolder,
    training: TrainingRecord,
) -> RunMetrics[Any]:
    """Score what answers will come from: best.h5, in NumPy; then put the metrics inside."""
    trained = Trained(folder.best)
    scores = experiment.score(trained.model, data)
    folder.write_evidence(scores.evidence)
    settings = dataclasses.asdict(config)
    metrics = RunMetrics(
        **vars(measured(experiment, scores, data, settings)),
        training=training,
        versions=trained.header.versions,
    )
    inside = plain({"scores": scores.scores, "baselines": scores.baselines, "training": training})
    facts = {**trained.header.facts, **scores.facts}
    header = dataclasses.replace(trained.header, metrics=inside, facts=facts)
    write(folder.best, header, {"model": trained.weights})
    return metrics


def measured(
    experiment: AnyExperiment, scores: Scores[Any], data: Data, config: Mapping[str, Any]
) -> Metrics[Any]:
    """Return what scoring a network on a data set gives, for metrics.json or by itself."""
    return Metrics(
        experiment=experiment.name,
        dataset=data.source,
        scores=dict(scores.scores),
        baselines={name: dict(values) for name, values in scores.baselines.items()},
        details=scores.details,
        config=dict(config),
        unmeasured=dict(scores.unmeasured),
    )
