"""What a caller may put at the top of the page: a table with a verdict a row, and pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

from nnlab.experiments.contract import Table
from nnlab.report.page_figures import Picture


@dataclass(frozen=True)
class Verdict:
    """What is to be thought of a row.

    Attributes:
        text: In a word or two, such as `reproduced`.
        holds: Whether it is good news; None where it cannot be told.
        note: What to know with it, shown below the heading of the row; empty for nothing.
    """

    text: str
    holds: bool | None = None
    note: str = ""


@dataclass(frozen=True)
class Section:
    """Something of the caller's own, above the runs.

    Attributes:
        title: The heading; it stands in the table of contents, too.
        intro: A paragraph at its top; empty for none.
        table: A table; its title becomes the caption.
        verdicts: One for each row, shown as a last column; empty for no such column.
        pictures: Figures below the table.
    """

    title: str
    intro: str = ""
    table: Table | None = None
    verdicts: Sequence[Verdict] = ()
    pictures: Sequence[Picture] = ()

    def __post_init__(self) -> None:
        rows = self.table.rows if self.table else ()
        if self.verdicts and len(self.verdicts) != len(rows):
            counts = f"{len(self.verdicts)} verdicts for {len(rows)} rows"
            raise ValueError(
                f"section {self.title!r}: expected a verdict for each row, got {counts}"
            )
