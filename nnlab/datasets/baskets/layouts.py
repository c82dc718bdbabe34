"""How a file holds baskets: one per line, a table of 0 and 1, or rows of one item each."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from nnlab.datasets.baskets.lines import Rows, basket_in_a_cell, unique, whole_basket
from nnlab.datasets.text.columns import Columns, is_number, parse_columns
from nnlab.errors import DataError, UsageError

KINDS = ("lines", "table", "long")
MISSING = frozenset({"nan", "NaN", "NAN", "NA", "N/A", "n/a", "#N/A", "<NA>", "NULL", "null"})
"""What tools write into cells that hold nothing."""
ABSENT = frozenset({"", "0", "false", "f", "no", "n", "?", "-"} | {one.lower() for one in MISSING})
PRESENT = frozenset({"1", "true", "t", "yes", "y", "x"})

Warn = Callable[[str], None]


@dataclass(frozen=True)
class Layout:
    """How a file holds its baskets.

    Attributes:
        kind: "lines", a basket per line; "table", an item per column and a basket per line, where 0
            and empty cells are what is not in it; "long", an item per line, of the basket whose
            number (or member and date, say) stands in the columns before it. None: nobody said,
            so "lines".
        columns: Which columns to read, as `parse_columns` takes them; None for all of them.
        header: Whether the first line names the columns. None: it does in a table, and where
            columns were chosen by names.
        keep_nan: Whether "nan" and the like are items; else they are cells without one.
    """

    kind: str | None = None
    columns: str | None = None
    header: bool | None = None
    keep_nan: bool = False

    @property
    def is_chosen(self) -> bool:
        """Whether somebody said how the file holds baskets, and need not be warned."""
        return (self.kind, self.columns, self.header) != (None, None, None)

    @property
    def is_by_line(self) -> bool:
        """Whether each line is a basket."""
        return self.kind in (None, "lines")


LINES = Layout()


def read_baskets(rows: Rows, layout: Layout, warn: Warn) -> Iterator[list[str]]:
    """Yield the items of each basket, each item once; none for a line without any.

    Args:
        rows: The lines of the file.
        layout: How they hold baskets.
        warn: Called with one line if cells such as "nan" were left out.

    Raises:
        DataError: A line is no list of items, or a cell of a table is neither 0 nor 1.
        UsageError: There is no such column, or too few were chosen.
    """
    chosen = None
    if layout.columns:
        chosen = parse_columns(layout.columns, rows.first[0] if rows.first else ())
    if layout.kind == "table":
        return _of_table(rows, chosen, layout.header is not False)
    body = iter(rows)
    if layout.header or (chosen and chosen.named and layout.header is None):
        next(body, None)
    cells = _Cells(frozenset() if layout.keep_nan else MISSING)
    if layout.kind == "long":
        baskets = _of_long(body, _basket_and_item(chosen, rows), cells)
    else:
        read = chosen.of if chosen else list
        mark = basket_in_a_cell([read(row) for row in rows.first])
        rows.item_separator = mark or rows.separator
        found = (whole_basket(read(row), mark) if mark else read(row) for row in body)
        baskets = (unique(cells.present(basket)) for basket in found)
    return _followed_by(baskets, lambda: cells.warn_of_missing(rows.name, warn))


@dataclass
class _Cells:
    """Cells of which some, such as "nan", stand for nothing; those are counted.

    Attributes:
        missing: Which.
        found: How many there were of each.
    """

    missing: frozenset[str]
    found: dict[str, int] = field(default_factory=dict)

    def present(self, cells: list[str]) -> list[str]:
        """Leave out what stands for nothing."""
        if self.missing.isdisjoint(cells):
            return cells
        for cell in self.missing.intersection(cells):
            self.found[cell] = self.found.get(cell, 0) + cells.count(cell)
        return [cell for cell in cells if cell not in self.missing]

    def warn_of_missing(self, name: str, warn: Warn) -> None:
        if self.found:
            found = ", ".join(f"{count:,} times {cell!r}" for cell, count in self.found.items())
            warn(f"{name}: left out {found}, which stand for empty cells; --keep-nan keeps them")


def _followed_by(baskets: Iterable[list[str]], conclude: Callable[[], None]) -> Iterator[list[str]]:
    yield from baskets
    conclude()


def _of_table(rows: Rows, chosen: Columns | None, header: bool) -> Iterator[list[str]]:
    lines = iter(rows)
    first = rows.first[0] if rows.first else []
    names = first if header else [str(number + 1) for number in range(len(first))]
    if header:
        next(lines, None)
    chosen = chosen or Columns((), 0, named=False)
    names = chosen.of(names)
    for number, row in enumerate(lines, start=2 if header else 1):
        cells = chosen.of(row)
        place = f"{rows.name}, line {number}"
        if len(cells) > len(names):
            raise DataError(f"{place}: expected {len(names)} columns, got {len(cells)}")
        yield unique(
            name for name, cell in zip(names, cells, strict=False) if _is_in(cell, name, place)
        )


def _is_in(cell: str, name: str, place: str) -> bool:
    lowered = cell.lower()
    if lowered in ABSENT or lowered in PRESENT:
        return lowered in PRESENT
    if is_number(cell):
        return float(cell.replace(",", ".")) != 0
    raise DataError(
        f"{place}: expected 0 or 1 for {name!r}, got {cell[:40]!r}; "
        "choose the columns of items with --columns, such as --columns 2-"
    )


def _basket_and_item(chosen: Columns | None, rows: Rows) -> Columns:
    if chosen is None and rows.first and len(rows.first[0]) == 2:
        return Columns((0, 1), None, named=False)
    if chosen is None or len(chosen.numbers) < 2 or chosen.rest is not None:
        names = ", ".join(rows.first[0]) if rows.first else "none"
        raise UsageError(
            "--layout long: expected --columns BASKET,ITEM, the column of the basket (or several) "
            f"and that of the item; the columns of {rows.name} are {names[:200]}"
        )
    return chosen


def _of_long(rows: Iterator[list[str]], chosen: Columns, cells: _Cells) -> Iterator[list[str]]:
    """Put together the items of each basket, baskets in the order of their first row."""
    baskets: dict[Sequence[str], list[str]] = {}
    for row in rows:
        *basket, item = chosen.of(row)
        if item and any(basket) and cells.present([item]):
            baskets.setdefault(tuple(basket), []).append(item)
    return map(unique, baskets.values())
