"""The modern presets beside the report's: what was claimed, what came out, the best baseline."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nnlab import experiments
from nnlab.experiments.contract import Table
from nnlab.options import flag_value
from nnlab.report.sections import Section
from nnlab.reproduction.claims import Comparison, Plan, load_claims, load_comparisons
from nnlab.reproduction.verdicts import baseline_in_words, in_words
from nnlab.runs import folder as runs
from nnlab.runs.folder import GroupFolder

TITLE = "The networks of 2018 compared with modern ones"
COLUMNS = ("", "claim of 2018", "report preset", "modern preset", "best baseline", "minutes")
INTRO = (
    "Means over runs, with a 95 % interval if there are several. The baseline is measured on the "
    "test set of the modern network. Minutes are the mean training time of one modern network."
)
TOUR = (
    "A tour: a few epochs, mostly on embedded samples. It shows which numbers nnlab measures; the "
    "values mean nothing."
)
MISSING = "not measured"
ERRORS = (KeyError, TypeError, ValueError)
"""What reading a summary raises that has no such number, as those of other versions."""


@dataclass(frozen=True)
class Row:
    """One number of both presets.

    Attributes:
        what: What is measured.
        claimed: What the report says.
        report: Result of the report preset as text, with its test set if that is another one.
        modern: Result of the modern preset as text.
        baseline: Name and result of the best baseline.
        minutes: Mean training time of a modern network, as text.
        command: What repeats the trainings.
    """

    what: str
    claimed: str
    report: str
    modern: str
    baseline: str
    minutes: str
    command: str

    def as_dict(self) -> dict[str, str]:
        """Return the row as a dict for JSON."""
        return asdict(self)


def compared(folder: Path, quick: bool) -> list[Row]:
    """Return a row for each comparison whose modern runs are finished.

    Args:
        folder: Contains one group per plan.
        quick: Whether they are those of a tour.

    Raises:
        CheckpointError: Files of a group are damaged.
    """
    plans = {plan.name: plan for plan in load_claims()[0]}
    rows = []
    for comparison in load_comparisons():
        modern = _summary(folder, comparison.modern)
        if modern is None:
            continue
        plan = plans[comparison.modern]
        rows.append(
            Row(
                what=comparison.text,
                claimed=comparison.claimed,
                report=_words(comparison, _summary(folder, comparison.report), comparison.caveat),
                modern=_words(comparison, modern),
                baseline=_baseline(comparison, modern),
                minutes=_minutes(GroupFolder(folder / plan.name), modern),
                command=_command(plan, len(modern["runs"]), quick),
            )
        )
    return rows


def tables(rows: Sequence[Row], quick: bool) -> list[Table]:
    """Return the numbers and the commands, for a terminal; none without rows."""
    if not rows:
        return []
    *names, _ = Row.__dataclass_fields__
    numbers = [tuple(getattr(row, name) for name in names) for row in rows]
    commands = dict.fromkeys(row.command for row in rows)
    return [
        Table(TITLE, COLUMNS, numbers, TOUR if quick else ""),
        Table("Trained with", ("",), [(command,) for command in commands]),
    ]


def sections(rows: Sequence[Row], quick: bool) -> list[Section]:
    """Return one table with numbers and commands, for the page; none without rows."""
    if not rows:
        return []
    cells = [tuple(row.as_dict().values()) for row in rows]
    intro = TOUR if quick else INTRO
    return [Section(TITLE, intro, Table("Presets", (*COLUMNS, "command"), cells))]


def _summary(folder: Path, plan: str) -> Mapping[str, Any] | None:
    group = GroupFolder(folder / plan)
    found: Mapping[str, Any] | None = None
    if group.is_group() and group.summary.exists():
        found = runs.read_json(group.summary)
    return found


def _words(comparison: Comparison, summary: Mapping[str, Any] | None, caveat: str = "") -> str:
    if summary is None:
        return MISSING
    one = comparison
    try:
        words = in_words(one.value, summary, one.form, one.unit)
    except ERRORS:
        return MISSING
    return f"{words} {caveat}".rstrip()


def _baseline(comparison: Comparison, summary: Mapping[str, Any]) -> str:
    one = comparison
    if not one.baseline:
        return ""
    try:
        return baseline_in_words(one.baseline, summary, one.better, one.form, one.unit)
    except ERRORS:
        return MISSING


def _command(plan: Plan, count: int, quick: bool) -> str:
    """Write the command that trains as many of such networks."""
    given = {**plan.options, **(plan.quick if quick else {})}
    options = "".join(f" {flag_value(name, value)}" for name, value in given.items())
    return f"nnlab {plan.experiment}{options}" + (f" --runs {count}" if count > 1 else "")


def _minutes(group: GroupFolder, summary: Mapping[str, Any]) -> str:
    details = experiments.get(summary["experiment"]).Details
    seconds = [
        group.member(name).read_metrics(details).training.seconds for name in summary["runs"]
    ]
    return f"{sum(seconds) / len(seconds) / 60:.1f}"
