"""What a caller may put at the top of the page: a table with a verdict a row."""

from collections.abc import Sequence
from dataclasses import dataclass

from nnlab.experiment import Table


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
    """A table of the caller's own, above the runs.

    Attributes:
        title: The heading; it stands in the table of contents, too.
        intro: A paragraph above the table; empty for none.
        table: The table; its title becomes the caption.
        verdicts: One for each row, shown as a last column; empty for no such column.
    """

    title: str
    intro: str
    table: Table
    verdicts: Sequence[Verdict] = ()

    def __post_init__(self) -> None:
        if self.verdicts and len(self.verdicts) != len(self.table.rows):
            counts = f"{len(self.verdicts)} verdicts for {len(self.table.rows)} rows"
            raise ValueError(
                f"section {self.title!r}: expected a verdict for each row, got {counts}"
            )
