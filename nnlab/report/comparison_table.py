"""What a comparison says in numbers: a table, or an object of JSON."""

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab import experiments
from nnlab.experiments.contract import Table
from nnlab.metrics import Estimate, mean_interval
from nnlab.plots.comparison import Curve
from nnlab.records import plain
from nnlab.report.comparison import Comparison, curves, labels
from nnlab.report.entries import Entry, Member


def tables(comparison: Comparison) -> list[Table]:
    """Return a table for each experiment; only where there are several does a title name it."""
    parts = comparison.by_experiment()
    if len(parts) == 1:
        return [table(comparison)]
    return [titled(name, table(part)) for name, part in parts.items()]


def titled(experiment: str, one: Table) -> Table:
    """Return a table whose title begins with the name of the experiment."""
    return dataclasses.replace(one, title=f"{experiment}: {one.title[:1].lower()}{one.title[1:]}")


def table(comparison: Comparison) -> Table:
    """Return a row an entry: what it is called, where it differs, and how it came out."""
    differing = comparison.differing()
    scores = shared_scores(comparison)
    groups = any(len(entry.members) > 1 for entry in comparison.entries)
    diverged = any(_divergence(entry) for entry in comparison.entries)
    settings = ["epochs wanted" if name == "epochs" else name for name in differing]
    columns = ["run", *settings, "epochs", "best epoch", *scores, "seconds"]
    rows = []
    for number, (entry, name) in enumerate(zip(comparison.entries, comparison.names, strict=True)):
        row = [name, *(cells[number] for cells in differing.values())]
        row += [_range([m.epochs for m in entry.members]), _range(_best_epochs(entry))]
        row += [_score(entry, score) for score in scores]
        row.append(f"{np.mean([member.seconds for member in entry.members]):.1f}")
        rows.append((*row, _divergence(entry)) if diverged else tuple(row))
    heads = [*columns, *(["diverged"] if diverged else [])]
    title = "Scores on the test set" + ", mean and 95 % interval over runs" * groups
    return Table(title, tuple(head.replace("_", " ") for head in heads), rows)


def shared_scores(comparison: Comparison) -> list[str]:
    """Return the scores that all finished runs have, in the order of the first."""
    every = [m.scores for e in comparison.entries if e.finished for m in e.members if m.scores]
    return [name for name in (every[0] if every else ()) if all(name in scores for scores in every)]


def remarks(comparison: Comparison) -> list[str]:
    """Say what the table and the figure leave out."""
    said = []
    for entry in comparison.entries:
        if entry.left_out:
            said.append(
                f"{entry.path}: without {', '.join(entry.left_out)}: diverged or unfinished"
            )
        if not entry.finished:
            said.append(f"{entry.path} is not finished: its curve so far, and no scores")
    return said


def as_dict(comparison: Comparison) -> dict[str, Any]:
    """Return the comparison for `--json`; a score of a single run has no interval."""
    differing = comparison.differing()
    scores = {name: shared_scores(part) for name, part in comparison.by_experiment().items()}
    names_of_curves = labels(comparison)
    drawn = curves(comparison) if comparison.column else None
    record: dict[str, Any] = plain(
        {
            "measure": comparison.column or None,
            "runs": [
                {
                    "run": str(entry.path),
                    "name": name,
                    "label": names_of_curves[number],
                    "experiment": entry.first.experiment,
                    "dataset": entry.first.dataset.name,
                    "differing": {key: cells[number] for key, cells in differing.items()},
                    "finished": entry.finished,
                    "scores": {
                        score: _estimate(entry, score)
                        for score in (scores[entry.first.experiment] if entry.finished else ())
                    },
                    "members": [_member_record(member) for member in entry.members],
                    "left_out": list(entry.left_out),
                    "curve": drawn and _curve_record(drawn[number]),
                }
                for number, (entry, name) in enumerate(
                    zip(comparison.entries, comparison.names, strict=True)
                )
            ],
        }
    )
    return record


def _estimate(entry: Entry, score: str) -> Estimate:
    values = [member.scores[score] for member in entry.members if member.scores]
    name = entry.first.experiment
    known = experiments.exists(name)  # it may be another version's
    return experiments.get(name).estimate(score, values) if known else mean_interval(values)


def _score(entry: Entry, score: str) -> str:
    return _estimate(entry, score).in_words() if entry.finished else ""


def _range(counts: list[int]) -> str:
    if not counts:
        return ""
    low, high = min(counts), max(counts)
    return str(low) if low == high else f"{low} to {high}"


def _best_epochs(entry: Entry) -> list[int]:
    return [member.training.best_epoch for member in entry.members if member.training]


def _divergence(entry: Entry) -> str:
    epochs = [member.divergence.epoch for member in entry.members if member.divergence]
    return f"in epoch {_range(epochs)}" if epochs else ""


def _member_record(member: Member) -> dict[str, Any]:
    training = member.training
    return {
        "name": member.path.name,
        "epochs": member.epochs,
        "best_epoch": training.best_epoch if training else None,
        "seconds": member.seconds,
        "diverged": member.divergence,
        "finished": member.metrics is not None,
    }


def _curve_record(curve: Curve) -> dict[str, Any]:
    return {
        "epochs": list(curve.epochs),
        "mean": _numbers(curve.mean),
        "low": None if curve.low is None else _numbers(curve.low),
        "high": None if curve.high is None else _numbers(curve.high),
    }


def _numbers(values: npt.NDArray[np.float64]) -> list[float | None]:
    return [float(value) if np.isfinite(value) else None for value in values]
