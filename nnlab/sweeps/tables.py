"""The summary of a sweep as a table, a row a setting, and as a CSV file, a row a run."""

import csv
from pathlib import Path
from typing import Any

from nnlab.experiments.contract import Table
from nnlab.files import replacing
from nnlab.metrics import Estimate
from nnlab.report.comparison import cell_text
from nnlab.sweeps.choice import differing
from nnlab.sweeps.summary import SettingRecord, SweepSummary

BAD = ("diverged", "failed")


def summary_table(summary: SweepSummary) -> Table:
    """Return a row a setting; columns that would be empty are left out."""
    settings = summary.settings
    measures = [one.validation.measure for one in settings if one.validation]
    columns: dict[str, list[str]] = {}
    for option in settings[0].options:
        columns[option] = [cell_text(one.options[option]) for one in settings]
    columns["runs"] = [str(one.n) for one in settings]
    for score in dict.fromkeys(name for one in settings for name in one.scores):
        columns[score] = [_in_words(one.scores.get(score)) for one in settings]
    for measure in dict.fromkeys(measures):
        columns[f"validation {measure}"] = [_validation(one, measure) for one in settings]
    columns["seconds"] = [_seconds(one.seconds) for one in settings]
    for state in BAD:
        counts = [sum(run.state == state for run in one.runs) for one in settings]
        if any(counts):
            columns[state] = list(map(str, counts))
    if summary.best:
        marks = ["best" if one.name == summary.best else "" for one in settings]
        columns["by validation"] = marks
    title = f"{summary.experiment}: scores on the test set"
    title += ", mean and 95 % interval over runs" * any(one.n > 1 for one in settings)
    rows = list(zip(*columns.values(), strict=True))
    return Table(title, [name.replace("_", " ") for name in columns], rows, summary.note)


def write_csv(summary: SweepSummary, path: Path) -> None:
    """Write a row a run: setting, options that differ, scores, validation, time, folder."""
    runs = [(one.name, run) for one in summary.settings for run in one.runs]
    options = differing([run.config for _, run in runs])
    scores = list(dict.fromkeys(name for _, run in runs for name in run.scores))
    last = ("validation", "epochs", "best_epoch", "seconds", "error", "folder")
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["setting", "run", "state", *options, *scores, *last])
        for setting, run in runs:
            row: list[Any] = [setting, run.name, run.state]
            row += [run.config[name] for name in options]
            row += [run.scores.get(name) for name in scores]
            writer.writerow([*row, *(getattr(run, name) for name in last)])


def _validation(one: SettingRecord, measure: str) -> str:
    validation = one.validation
    return _in_words(validation if validation and validation.measure == measure else None)


def _in_words(estimate: Estimate | None) -> str:
    return "" if estimate is None else estimate.in_words()


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.1f}"
