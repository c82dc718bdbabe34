"""What the settings of a sweep are worth, side by side."""

import dataclasses
import statistics
from collections.abc import Sequence
from typing import Any

from nnlab.experiments.contract import AnyExperiment
from nnlab.metrics import mean_interval
from nnlab.sweeps.choice import choose, differing, validation_estimate
from nnlab.sweeps.results import Results


def summarise(experiment: AnyExperiment, settings: Sequence[Results]) -> dict[str, Any]:
    """Return the contents of a sweep's summary.json, JSON-able.

    Args:
        experiment: What was trained.
        settings: At least one.

    Returns:
        `settings`, an object each: name, folder, the options that differ, number of finished runs
        `n`, mean and interval of scores and validation, mean seconds, and the runs; `best`: the
        name of the best setting by validation, or None; `note`: how it was chosen, or why not.
    """
    best, note = choose(experiment, settings)
    options = differing([results.setting.config for results in settings])
    return {
        "experiment": experiment.name,
        "best": best,
        "note": note,
        "settings": [_record(experiment, results, options) for results in settings],
    }


def _record(experiment: AnyExperiment, results: Results, options: Sequence[str]) -> dict[str, Any]:
    finished = list(results.in_order().values())
    averaged = finished if experiment.averages else []
    validation = validation_estimate(results) if averaged else None
    return {
        "name": results.setting.name,
        "folder": str(results.group.path),
        "options": {name: getattr(results.setting.config, name) for name in options},
        "n": len(finished),
        "scores": {
            name: mean_interval(
                [metrics["scores"][name] for metrics in averaged], share=name in experiment.shares
            ).as_dict()
            for name in (averaged[0]["scores"] if averaged else ())
        },
        "validation": validation
        and {
            "measure": averaged[0]["training"]["validation"]["measure"],
            **validation.as_dict(),
        },
        "seconds": _mean_seconds(finished),
        "runs": [_run_record(results, name) for name in results.trials],
    }


def _run_record(results: Results, name: str) -> dict[str, Any]:
    metrics = results.finished.get(name)
    why = results.diverged.get(name) or results.failed.get(name, "")
    state = "finished" if metrics else "diverged" if name in results.diverged else "failed"
    training = metrics["training"] if metrics else {}
    validation = training.get("validation")
    return {
        "name": name,
        "folder": str(results.group.member(name).path),
        "state": state,
        "error": why,
        "config": dataclasses.asdict(results.trials[name]),
        "scores": metrics["scores"] if metrics else {},
        "validation": validation and validation["best"],
        **{key: training.get(key) for key in ("epochs", "best_epoch", "seconds")},
    }


def _mean_seconds(finished: Sequence[dict[str, Any]]) -> float | None:
    if not finished:
        return None
    return statistics.fmean(metrics["training"]["seconds"] for metrics in finished)
