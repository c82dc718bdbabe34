"""What several runs say together, as tables."""

from typing import Any

from nnlab.experiments.contract import AnyExperiment, Table
from nnlab.metrics import Estimate
from nnlab.results import Summary


def summary_tables(experiment: AnyExperiment, summary: Summary[Any]) -> list[Table]:
    """Return what several runs say together: means, then what the experiment makes of them."""
    means = [_score_table(summary)] if summary.scores else []
    return [*means, *experiment.summary_tables(summary)]


def _score_table(summary: Summary[Any]) -> Table:
    rows = [
        (name, f"{score.mean:.4f}", _number(score.sd), _interval(score), str(score.n))
        for name, score in summary.scores.items()
    ]
    rows += [
        (f"{score} of {baseline}", f"{value:.4f}", "", "", "")
        for baseline, scores in summary.baselines.items()
        for score, value in scores.items()
    ]
    title = f"Over all runs, on {summary.dataset.name}"
    return Table(title, ("", "mean", "sd", "95 % interval", "runs"), rows)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _interval(score: Estimate) -> str:
    return "" if score.low is None else f"{score.low:.4f} to {score.high:.4f}"
