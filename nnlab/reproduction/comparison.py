"""The modern presets beside the report's: what was claimed, what came out, and the best rival."""

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

TITLE = "The networks of 2018 beside modern ones"
COLUMNS = ("", "claim of 2018", "report preset", "modern preset", "best rival", "minutes")
INTRO = (
    "Means over runs, with 95 % intervals where there are several. The rival is the best method "
    "without such a network, measured on the test set of the modern one. Minutes are those of one "
    "training of the modern network, on this machine."
)
TOUR = "A tour: a few epochs, mostly on embedded samples. It shows what can be measured, no more."
MISSING = "not measured"
ERRORS = (KeyError, TypeError, ValueError)
"""What reading a summary raises that has no such number, as those of other versions."""


@dataclass(frozen=True)
class Row:
    """One number of both presets.

    Attributes:
        what: What is measured.
        claimed: What the report says.
        report: What its preset came to, in words, and on what, if that differs.
        modern: What the modern preset came to, in words.
        rival: The best rival, in words.
        minutes: Mean duration of a training of the modern network, in words.
        command: What trains it.
    """

    what: str
    claimed: str
    report: str
    modern: str
    rival: str
    minutes: str
    command: str

    def as_dict(self) -> dict[str, str]:
        """Return it as JSON has it."""
        return asdict(self)


def compared(folder: Path, quick: bool) -> list[Row]:
    """Return a row for each comparison of which the modern runs are finished.

    Args:
        folder: That of the groups, by the names of the plans.
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
                rival=_rival(comparison, modern),
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


def _rival(comparison: Comparison, summary: Mapping[str, Any]) -> str:
    one = comparison
    try:
        return baseline_in_words(one.rival, summary, one.better, one.form, one.unit)
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
