"""Which setting of a sweep is the best: the one with the best validation, never the best test."""

from collections.abc import Mapping, Sequence
from typing import Any

from nnlab.experiments.contract import AnyExperiment
from nnlab.metrics import Estimate
from nnlab.options import flag_name
from nnlab.report.entries import is_chance
from nnlab.results import RunMetrics
from nnlab.sweeps.results import Results

LOSS_SETTINGS = ("loss", "label_smoothing")
"""Settings with which losses do not compare."""


def choose(experiment: AnyExperiment, settings: Sequence[Results]) -> tuple[str | None, str]:
    """Return the name of the setting with the best mean validation, and a sentence about it.

    The test set has no say: the best of many by test would flatter. Settings with runs that
    failed or diverged are left out; of equals the first is taken. Where validations do not compare
    there is no best, and the sentence says why.
    """
    whole = [results for results in settings if results.is_whole()]
    if len(settings) < 2 or not whole:
        return None, ""
    options = differing([vars(results.setting.config) for results in settings])
    if all(map(is_chance, options)):
        return None, "No best setting: they differ in seeds alone."
    metrics = [one for results in whole for one in results.finished.values()]
    validation = metrics[0].training.validation
    means = {
        results.setting.name: estimate.mean
        for results in whole
        if (estimate := validation_estimate(results))
    }
    reason = _incomparable(experiment, metrics) or _validated_otherwise(experiment, whole)
    if reason or validation is None:
        return None, f"No best setting: {reason}."
    sign = 1 if validation.higher_is_better else -1
    best = max(whole, key=lambda results: sign * means[results.setting.name])
    note = f"Best by validation {validation.measure.replace('_', ' ')}, not by the test set."
    if len(whole) < len(settings):
        note += " Settings with runs that failed or diverged cannot be the best."
    return best.setting.name, note


def differing(configs: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the options in which Configs, as mappings, differ."""
    return [name for name in configs[0] if len({repr(config[name]) for config in configs}) > 1]


def validation_estimate(results: Results) -> Estimate | None:
    """Return the best validation value of a setting's runs, their mean; None without any."""
    found = [metrics.training.validation for metrics in results.finished.values()]
    known = [validation for validation in found if validation]
    if not found or len(known) != len(found):
        return None
    return results.experiment.estimate(known[0].measure, [one.best for one in known])


def _incomparable(experiment: AnyExperiment, metrics: Sequence[RunMetrics[Any]]) -> str:
    """Say why the validations of runs do not compare; nothing if they do."""
    validations = [one.training.validation for one in metrics if one.training.validation]
    if not experiment.averages:
        return "the runs of a setting are different by design, and their mean says nothing"
    if len(validations) < len(metrics):
        return "without held-out examples there is no validation to choose by"
    measures = {validation.measure for validation in validations}
    if len(measures) > 1:
        return f"validated by different measures: {', '.join(sorted(measures))}"
    if len({one.dataset.sha256 for one in metrics}) > 1:
        return "trained on different data"
    losses = {tuple(one.config.get(name) for name in LOSS_SETTINGS) for one in metrics}
    if measures == {"loss"} and len(losses) > 1:
        return "validated by different losses"
    return ""


def _validated_otherwise(experiment: AnyExperiment, settings: Sequence[Results]) -> str:
    """Say in which options settings differ so that their validations do not compare."""
    configs = [results.setting.config for results in settings]
    depending = {name for config in configs for name in experiment.validated_by(config)}
    flags = [
        flag_name(name) for name in differing([vars(one) for one in configs]) if name in depending
    ]
    if not flags:
        return ""
    return f"they differ in what changes the meaning of validation: {', '.join(flags)}"
