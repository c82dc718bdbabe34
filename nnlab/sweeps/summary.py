"""How well the settings of a sweep do, side by side: the contents of its summary.json."""

import dataclasses
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.experiments.contract import AnyExperiment
from nnlab.metrics import Estimate
from nnlab.results import RunMetrics
from nnlab.runs.group import by_name
from nnlab.sweeps.choice import choose, differing, validation_estimate
from nnlab.sweeps.results import Results


@dataclass(frozen=True)
class RunRecord:
    """One run: where it is, what became of it, and what it scored if it finished.

    `state` is finished, diverged or failed, and `error` says why.
    """

    name: str
    folder: str
    state: str
    error: str
    config: dict[str, Any]
    scores: dict[str, float]
    validation: float | None
    epochs: int | None
    best_epoch: int | None
    seconds: float | None


@dataclass(frozen=True)
class ValidationEstimate(Estimate):
    """The mean of the measure that chose the best epochs."""

    measure: str


@dataclass(frozen=True)
class SettingRecord:
    """One setting and its runs.

    Attributes:
        name: Its name.
        folder: The group of its runs.
        options: Those in which the settings differ.
        n: How many runs finished.
        scores: Means over them, with intervals; none where a mean says nothing.
        validation: None where the runs have none, or a mean says nothing.
        seconds: Mean training time; None if no run finished.
        runs: All of them.
    """

    name: str
    folder: str
    options: dict[str, Any]
    n: int
    scores: dict[str, Estimate]
    validation: ValidationEstimate | None
    seconds: float | None
    runs: list[RunRecord]


@dataclass(frozen=True)
class SweepSummary:
    """All settings.

    Attributes:
        experiment: Its name.
        best: The name of the best setting by validation, or None.
        note: How it was chosen, or why there is none.
        settings: At least one.
        csv: The CSV file that was written, if any.
    """

    experiment: str
    best: str | None
    note: str
    settings: list[SettingRecord]
    csv: str | None = None


def summarise(experiment: AnyExperiment, settings: Sequence[Results]) -> SweepSummary:
    """Put the settings of a sweep side by side; there is at least one."""
    best, note = choose(experiment, settings)
    options = differing([vars(results.setting.config) for results in settings])
    records = [_record(experiment, results, options) for results in settings]
    return SweepSummary(experiment.name, best, note, records)


def _record(experiment: AnyExperiment, results: Results, options: Sequence[str]) -> SettingRecord:
    finished = list(results.finished.values())
    averaged = finished if experiment.averages else []
    return SettingRecord(
        name=results.setting.name,
        folder=str(results.group.path),
        options={name: getattr(results.setting.config, name) for name in options},
        n=len(finished),
        scores={
            name: experiment.estimate(name, values)
            for name, values in by_name([metrics.scores for metrics in averaged]).items()
        },
        validation=_validation(results, averaged),
        seconds=statistics.fmean(metrics.training.seconds for metrics in finished)
        if finished
        else None,
        runs=[_run_record(results, name) for name in results.trials],
    )


def _validation(results: Results, averaged: Sequence[RunMetrics[Any]]) -> ValidationEstimate | None:
    estimate = validation_estimate(results) if averaged else None
    if estimate is None or averaged[0].training.validation is None:
        return None
    return ValidationEstimate(**vars(estimate), measure=averaged[0].training.validation.measure)


def _run_record(results: Results, name: str) -> RunRecord:
    outcome = results.outcomes[name]
    metrics = outcome.metrics
    training = metrics.training if metrics else None
    return RunRecord(
        name=name,
        folder=str(results.group.member(name).path),
        state=outcome.state,
        error=outcome.error,
        config=dataclasses.asdict(results.trials[name]),
        scores=metrics.scores if metrics else {},
        validation=training.validation.best if training and training.validation else None,
        epochs=training.epochs if training else None,
        best_epoch=training.best_epoch if training else None,
        seconds=training.seconds if training else None,
    )
