"""The modern presets beside the report's: what was claimed, what came out, the best baseline."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from nnlab import experiments
from nnlab.experiments.contract import Table
from nnlab.options import flag_value
from nnlab.report.sections import Section
from nnlab.reproduction.claims import Comparison, Plan, load_claims, load_comparisons
from nnlab.reproduction.summaries import read_summary
from nnlab.reproduction.verdicts import baseline_in_words, in_words
from nnlab.runs import folder as runs
from nnlab.runs.folder import GroupFolder
from nnlab.runs.group import read_plan

TITLE = "The networks of 2018 compared with modern ones"
COLUMNS = (
    "",
    "claim of 2018",
    "report preset",
    "modern preset",
    "best baseline",
    "best published",
    "minutes",
)
COMMANDS = "Trained with"
INTRO = (
    "Means over runs, with a 95 % interval: over the runs, or over the test set if there is only "
    "one run. The baseline is measured on the test set of the modern network. Minutes are the mean "
    "training times of one network of the report preset and of one of the modern preset."
)
TOUR = (
    "A tour: a few epochs, mostly on embedded samples. It shows which numbers nnlab measures; the "
    "values mean nothing."
)
MISSING = "not measured"
SAMPLE = "on an embedded sample"
ERRORS = (KeyError, TypeError, ValueError)
"""What reading a summary raises that has no such number, as those of other versions."""


@dataclass(frozen=True)
class Row:
    """One number of both presets, in words.

    Attributes:
        what: What is measured.
        claimed: What the report says.
        report: Result of the report preset, with its test set if that is another one.
        modern: Result of the modern preset.
        baseline: Name and result of the best baseline.
        published: The best result that others published.
        report_minutes: Mean training time of a network of the report preset.
        modern_minutes: That of a modern network.
        report_command: What repeats the trainings of the report preset.
        modern_command: What repeats those of the modern preset.
    """

    what: str
    claimed: str
    report: str
    modern: str
    baseline: str
    published: str
    report_minutes: str
    modern_minutes: str
    report_command: str
    modern_command: str

    @property
    def cells(self) -> tuple[str, ...]:
        """What stands in the `COLUMNS` of a table."""
        minutes = " / ".join(one or "-" for one in (self.report_minutes, self.modern_minutes))
        numbers = (self.report, self.modern, self.baseline, self.published)
        return (self.what, self.claimed, *numbers, minutes)

    @property
    def commands(self) -> list[str]:
        """What repeats the trainings that are finished."""
        return [one for one in (self.report_command, self.modern_command) if one]

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
        report, modern = (
            _Finished.of(plans[name], folder, quick)
            for name in (comparison.report, comparison.modern)
        )
        if modern is None:
            continue
        rows.append(
            Row(
                what=comparison.text,
                claimed=comparison.claimed,
                report=report.words(comparison, comparison.caveat) if report else MISSING,
                modern=modern.words(comparison),
                baseline=modern.baseline(comparison),
                published=comparison.published,
                report_minutes=report.minutes if report else "",
                modern_minutes=modern.minutes,
                report_command=report.command if report else "",
                modern_command=modern.command,
            )
        )
    return rows


def tables(rows: Sequence[Row], quick: bool) -> list[Table]:
    """Return the numbers and the commands, for a terminal; none without rows."""
    if not rows:
        return []
    commands = dict.fromkeys(command for row in rows for command in row.commands)
    return [
        Table(TITLE, COLUMNS, [row.cells for row in rows], TOUR if quick else INTRO),
        Table(COMMANDS, ("",), [(command,) for command in commands]),
    ]


def sections(rows: Sequence[Row], quick: bool) -> list[Section]:
    """Return one table with numbers and commands, for the page; none without rows."""
    if not rows:
        return []
    cells = [(*row.cells, "; ".join(row.commands)) for row in rows]
    intro = TOUR if quick else INTRO
    return [Section(TITLE, intro, Table("Presets", (*COLUMNS, COMMANDS.lower()), cells))]


@dataclass(frozen=True)
class _Finished:
    """The finished runs of a plan.

    Attributes:
        plan: The plan.
        group: Their folder.
        summary: Its summary.json.
        quick: Whether they are those of a tour.
    """

    plan: Plan
    group: GroupFolder
    summary: Mapping[str, Any]
    quick: bool

    @classmethod
    def of(cls, plan: Plan, folder: Path, quick: bool) -> Self | None:
        """Read those below a folder; None if there are none."""
        group = GroupFolder(folder / plan.name)
        if not group.is_group() or not group.summary.exists():
            return None
        return cls(plan, group, read_summary(group), quick)

    def words(self, comparison: Comparison, caveat: str = "") -> str:
        """Write the number with its interval, and what a reader has to know of its test set."""
        one = comparison
        try:
            words = in_words(one.value, self.summary, one.form, one.unit, self._interval(one))
        except ERRORS:
            return MISSING
        if self.summary.get("dataset", {}).get("sample") and not self.quick:
            caveat = f"{caveat}, {SAMPLE}" if caveat else SAMPLE
        return f"{words} {caveat}".rstrip()

    def _interval(self, comparison: Comparison) -> Mapping[str, float] | None:
        """Return the interval over the test set, if there is only one run and it has one."""
        if not comparison.interval or len(self.summary["runs"]) > 1:
            return None
        found: Any = runs.read_json(self.group.member(next(iter(self.summary["runs"]))).metrics)
        for name in comparison.interval.split("."):
            found = found.get(name) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else None

    def baseline(self, comparison: Comparison) -> str:
        """Write the name and the number of the best baseline."""
        one = comparison
        if not one.baseline:
            return ""
        try:
            return baseline_in_words(one.baseline, self.summary, one.better, one.form, one.unit)
        except ERRORS:
            return MISSING

    @property
    def command(self) -> str:
        """What trains as many of such networks."""
        options = {**self.plan.options, **(self.plan.quick if self.quick else {})}
        experiment = experiments.get(self.plan.experiment)
        config = experiment.configure(options, self.plan.name)
        begun = read_plan(self.group)[1]  # some may have diverged
        count = max(1, len(begun) // len(experiment.trials(config, 1)))
        more = {} if count == experiment.default_runs else {"runs": count}
        flags = (flag_value(name, value) for name, value in {**options, **more}.items())
        return " ".join(["nnlab", self.plan.experiment, *flags])

    @property
    def minutes(self) -> str:
        """The mean training time of one network."""
        details = experiments.get(self.plan.experiment).Details
        members = map(self.group.member, self.summary["runs"])
        seconds = [member.read_metrics(details).training.seconds for member in members]
        return f"{sum(seconds) / len(seconds) / 60:.1f}"
