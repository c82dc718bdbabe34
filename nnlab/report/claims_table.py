"""The claims of 2018 beside what came out, for the terminal and for the page."""

from collections.abc import Sequence

from nnlab.experiment import Table
from nnlab.report.sections import Section, Verdict
from nnlab.report.verdicts import CONFIRMED, REFUTED, Finding, tally

TITLE = "What the report claims, and what came out"
NOTES = "What to know with them"
COLUMNS = ("section", "claim of 2018", "measured", "runs")
INTRO = (
    "Means over runs with 95 % intervals. Confirmed: the whole interval agrees with the claim, as "
    "far as its digits go; refuted: none of it does; otherwise it cannot be told."
)


def table(findings: Sequence[Finding]) -> Table:
    """Return the claims with their verdicts, for a terminal."""
    rows = [(*_row(finding), finding.verdict) for finding in findings]
    return Table(TITLE, (*COLUMNS, "verdict"), rows, tally(findings))


def sections(findings: Sequence[Finding]) -> list[Section]:
    """Return the claims with verdicts, and what to know with them, for the page."""
    rows = [_row(finding) for finding in findings]
    verdicts = [Verdict(one.verdict, _holds(one)) for one in findings]
    notes = [(one.claim.section, one.claim.text, one.caveat) for one in findings if one.caveat]
    return [
        Section(TITLE, f"{INTRO} {tally(findings)}.", Table("Claims", COLUMNS, rows), verdicts),
        Section(NOTES, "", Table("Notes", ("section", "claim of 2018", "note"), notes)),
    ]


def _row(finding: Finding) -> tuple[str, ...]:
    return (finding.claim.section, finding.claim.text, finding.measured, str(finding.runs))


def _holds(finding: Finding) -> bool | None:
    return {CONFIRMED: True, REFUTED: False}.get(finding.verdict)
