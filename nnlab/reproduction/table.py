"""The claims of 2018 beside what came out, for the terminal and for the page."""

from collections.abc import Sequence

from nnlab.experiments.contract import Table
from nnlab.report.sections import Section, Verdict
from nnlab.reproduction.verdicts import CONFIRMED, OPEN, REFUTED, Finding, tally

TITLE = "What the report claims, and what came out"
COLUMNS = ("claim of 2018", "section", "measured", "runs")
INTRO = (
    "Means over runs, with 95 % intervals. Confirmed: the whole interval agrees with the claim, to "
    "the claim's precision. Refuted: none of the interval agrees. Cannot tell: everything else."
)

TOUR = (
    "A tour: a few epochs, mostly on embedded samples. It shows what can be measured, and says "
    "nothing about the claims."
)


def table(findings: Sequence[Finding]) -> Table:
    """Return the claims with their verdicts, for a terminal; a tour has none."""
    if not _compared(findings):
        return Table(TITLE, COLUMNS, [_row(finding) for finding in findings], TOUR)
    rows = [(*_row(finding), finding.verdict) for finding in findings]
    return Table(TITLE, (*COLUMNS, "verdict"), rows, tally(findings))


def sections(findings: Sequence[Finding]) -> list[Section]:
    """Return the claims with verdicts and with what to know of them, for the page."""
    claims = Table("Claims", COLUMNS, [_row(finding) for finding in findings])
    verdicts = [Verdict(one.verdict, _holds(one), one.caveat) for one in findings]
    intro = f"{INTRO} {tally(findings)}." if _compared(findings) else TOUR
    return [Section(TITLE, intro, claims, verdicts)]


def _compared(findings: Sequence[Finding]) -> bool:
    return any(finding.verdict in (CONFIRMED, REFUTED, OPEN) for finding in findings)


def _row(finding: Finding) -> tuple[str, ...]:
    return (finding.claim.text, finding.claim.section, finding.measured, str(finding.runs))


def _holds(finding: Finding) -> bool | None:
    return {CONFIRMED: True, REFUTED: False}.get(finding.verdict)
