"""One run from its settings to its figures."""

import dataclasses
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab import experiments
from nnlab.checkpoint import write
from nnlab.console import visible
from nnlab.datasets.store.provenance import Source
from nnlab.errors import CheckpointError, DataError, DivergedError, OutputExistsError, UsageError
from nnlab.experiments.contract import AnyExperiment, Data, Scores
from nnlab.files import write_json
from nnlab.options import alike, flag_name, flag_value, from_mapping, without_effect
from nnlab.records import plain, versioned
from nnlab.results import IN_CHECKPOINT, Metrics, RunMetrics, TrainingRecord
from nnlab.runs import folder as runs
from nnlab.runs.answering import Trained
from nnlab.runs.figures import draw_run
from nnlab.runs.folder import RunFolder
from nnlab.runs.occupying import clear, locked
from nnlab.runs.own_data import starting_folder_hinted
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
    """Carry one run to its end, or resume it if the folder holds part of it.

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
    wanted = _Run(experiment, config, folder, workshop)
    if folder.is_run() and not replace:
        wanted.check_same()
        if folder.is_finished():
            if can_measure_more(experiment, folder):
                wanted.score_again()
            return wanted.outcome()
    with locked(folder.path):
        try:
            wanted.carry_out(dataset, replace)
            return wanted.outcome()
        finally:
            workshop.observer.run_finished()


def resume(folder: RunFolder, workshop: Workshop) -> tuple[AnyExperiment, RunMetrics[Any]]:
    """Go on with the run in `folder`, exactly where it stopped; see `run`."""
    experiment, config, _ = read_plan(folder)
    return experiment, run(experiment, config, folder, workshop)


def can_measure_more(experiment: AnyExperiment, folder: RunFolder) -> bool:
    """Tell whether scoring a finished run again would measure something that was left out."""
    return experiment.can_measure_more(folder.read_metrics(experiment.Details))


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


@dataclass(frozen=True)
class _Run:
    """A run that is wanted: what to train, how, where and with what around it."""

    experiment: AnyExperiment
    config: TrainingSettings
    folder: RunFolder
    workshop: Workshop

    def check_same(self) -> None:
        """Refuse a folder whose run has other settings."""
        experiment, config, _ = read_plan(self.folder)
        same = config == self.config or (alike(config, self.config) and self._ended_well())
        if experiment.name != self.experiment.name or not same:
            raise OutputExistsError(
                f"{self.folder.path} holds a run {self._difference(experiment, config)}; name "
                "another folder with --out, or resume that run: "
                f"nnlab resume {shlex.quote(str(self.folder.path))}"
            )

    def _difference(self, experiment: AnyExperiment, config: TrainingSettings) -> str:
        if experiment.name != self.experiment.name:
            return f"of {experiment.name}"
        theirs, ours = dataclasses.asdict(config), dataclasses.asdict(self.config)
        idle = without_effect(type(self.config))
        other = sorted((name for name in ours if theirs[name] != ours[name]), key=idle.__contains__)
        first = other[0]  # rather one that changes the result
        there, here = (
            f"without {flag_name(first)}" if one[first] is None else flag_value(first, one[first])
            for one in (theirs, ours)
        )
        return f"with other settings (there {there}, here {here})"

    def _ended_well(self) -> bool:
        """Tell whether nothing is left to train, so that threads, say, make no difference."""
        if not self.folder.is_finished():
            return False
        return not self.folder.read_metrics(self.experiment.Details).training.diverged

    def carry_out(self, dataset: Source | None, replace: bool) -> None:
        """Do the work; nothing is written or removed before data and settings have proved good."""
        begun = read_plan(self.folder)[2] if self.folder.is_run() and not replace else None
        self.workshop.observer.stage("reading the data")
        data = self._load(begun or dataset)
        if data.summary:
            self.workshop.observer.stage(visible(f"{data.source.name}: {data.summary}"))
        if begun:
            self._check_same_data(begun, data.source)
        training = Training(self.experiment, self.config, data, self.workshop)
        if replace:
            clear(self.folder.path)
        plan = {"experiment": self.experiment.name, "config": dataclasses.asdict(self.config)}
        write_json(self.folder.config, plan | {"dataset": data.source.as_dict()})
        self._conclude(data, training.run(self.folder))

    def score_again(self) -> None:
        """Score a finished run once more, without training; what cannot be stays as it is."""
        try:
            with locked(self.folder.path):
                begun = read_plan(self.folder)[2]
                data = self._load(begun)
                self._check_same_data(begun, data.source)
                self._conclude(data, self.folder.read_metrics(self.experiment.Details).training)
        except (CheckpointError, DataError) as error:
            self.workshop.warn(
                f"{self.folder.path} keeps its scores; it cannot be scored again: {error}"
            )

    def outcome(self) -> RunMetrics[Any]:
        """Return the metrics, or raise if they are those of a training that diverged."""
        metrics = self.folder.read_metrics(self.experiment.Details)
        training = metrics.training
        if training.diverged:
            raise DivergedError(
                f"{training.diverged.what} (the weights of epoch {training.best_epoch} are kept "
                f"in {self.folder.path})"
            )
        return metrics

    def _load(self, known: Source | None) -> Data:
        if known is None:
            return self.experiment.load(self.config, self.workshop.store, self.workshop.warn)
        config = pinned(self.experiment, self.config, known)
        with starting_folder_hinted(config):
            return self.experiment.load(config, self.workshop.store, self.workshop.warn)

    def _check_same_data(self, begun: Source, now: Source) -> None:
        """A run that is resumed must see the very bytes that it began with."""
        if begun.sha256 != now.sha256:
            raise DataError(
                f"{self.folder.path} began with data set {begun.name} (sha256 {begun.sha256}), but "
                f"now finds {now.name} ({now.sha256}); restore the first to resume"
            )

    def _conclude(self, data: Data, training: TrainingRecord) -> None:
        """Score the best weights, draw the figures, and write what makes a run finished."""
        self.workshop.observer.stage("scoring on the test set")
        metrics = self._score(data, training)
        self.workshop.observer.stage("drawing the figures")
        draw_run(self.experiment, self.folder, metrics)
        write_json(self.folder.metrics, versioned(metrics))

    def _score(self, data: Data, training: TrainingRecord) -> RunMetrics[Any]:
        """Score what answers will come from: best.h5; then put the metrics inside."""
        trained = Trained(self.folder.best)
        fitted = self.experiment.fitted_facts(trained.model, data)
        facts = {**trained.header.facts, **fitted}
        scores = self.experiment.score(dataclasses.replace(trained.model, facts=facts), data)
        self.folder.write_evidence(scores.evidence)
        metrics = RunMetrics(
            **vars(measured(self.experiment, scores, data, dataclasses.asdict(self.config))),
            training=training,
            versions=trained.header.versions,
        )
        inside = {name: getattr(metrics, name) for name in IN_CHECKPOINT}
        facts |= scores.facts
        header = dataclasses.replace(trained.header, metrics=plain(inside), facts=facts)
        write(self.folder.best, header, {"model": trained.weights})
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
