"""The layouts of files of baskets: one basket per line, a table of 0 and 1, or one item per row."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from nnlab.datasets.baskets.lines import Rows, basket_in_a_cell, unique, whole_basket
from nnlab.datasets.text.columns import Columns, is_number, parse_columns
from nnlab.errors import DataError, UsageError

KINDS = ("lines", "table", "long")
MISSING = frozenset({"nan", "NaN", "NAN", "NA", "N/A", "n/a", "#N/A", "<NA>", "NULL", "null"})
"""What programs write into empty cells."""
ABSENT = frozenset({"", "0", "false", "f", "no", "n", "?", "-"} | {one.lower() for one in MISSING})
PRESENT = frozenset({"1", "true", "t", "yes", "y", "x"})

Warn = Callable[[str], None]


@dataclass(frozen=True)
class Layout:
    """How a file stores its baskets.

    Attributes:
        kind: "lines", one basket per line; "table", one basket per line and one item per column,
            where 0 and empty cells mean that the item is not in the basket; "long", one item per
            line, after columns that identify its basket (a number, or member and date, say).
            None, if not given, means "lines".
        columns: Which columns to read, as `parse_columns` takes them; None for all.
        header: Whether the first line names the columns. None means yes for a table and for columns
            chosen by name, else no.
        keep_nan: Whether "nan" and the like are items rather than empty cells.
    """

    kind: str | None = None
    columns: str | None = None
    header: bool | None = None
    keep_nan: bool = False

    @property
    def is_chosen(self) -> bool:
        """Whether the user gave a layout, and needs no warning."""
        return (self.kind, self.columns, self.header) != (None, None, None)

    @property
    def is_by_line(self) -> bool:
        """Whether there is one basket per line."""
        return self.kind in (None, "lines")


LINES = Layout()


def read_baskets(rows: Rows, layout: Layout, warn: Warn) -> Iterator[list[str]]:
    """Yield the items of each basket, each item once; an empty list for a line without items.

    Args:
        rows: The lines of the file.
        layout: How they store baskets.
        warn: Called with one line if cells such as "nan" were left out.

    Raises:
        DataError: A line is not a list of items, or a cell of a table is neither 0 nor 1.
        UsageError: There is no such column, or too few were chosen.
    """
    chosen = None
    if layout.columns is not None:
        chosen = parse_columns(layout.columns, _columns_of(rows, layout))
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


def _columns_of(rows: Rows, layout: Layout) -> list[str]:
    """Return the cells of the first line, and empty ones up to the longest of the first baskets."""
    first = list(rows.first[0]) if rows.first else []
    if layout.is_by_line:
        first += [""] * (max(map(len, rows.first), default=0) - len(first))
    return first


@dataclass
class _Cells:
    """Leaves out and counts cells that stand for empty ones, such as "nan".

    Attributes:
        missing: The texts of such cells.
        found: How often each was found.
    """

    missing: frozenset[str]
    found: dict[str, int] = field(default_factory=dict)

    def present(self, cells: list[str]) -> list[str]:
        """Leave out cells that stand for empty ones."""
        if self.missing.isdisjoint(cells):
            return cells
        for cell in self.missing.intersection(cells):
            self.found[cell] = self.found.get(cell, 0) + cells.count(cell)
        return [cell for cell in cells if cell not in self.missing]

    def warn_of_missing(self, name: str, warn: Warn) -> None:
        if self.found:
            found = ", ".join(f"{count:,} times {cell!r}" for cell, count in self.found.items())
            warn(f"{name}: left out {found} as empty cells; --keep-nan keeps them")


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
    for number, row in enumerate(lines, start=rows.first_line + header):
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
            "--layout long: expected --columns BASKET,ITEM, the columns of the basket (one or "
            f"more) and of the item; the columns of {rows.name} are {names[:200]}"
        )
    return chosen


def _of_long(rows: Iterator[list[str]], chosen: Columns, cells: _Cells) -> Iterator[list[str]]:
    """Collect the items of each basket, in the order of the baskets' first rows."""
    baskets: dict[Sequence[str], list[str]] = {}
    for row in rows:
        *basket, item = chosen.of(row)
        if item and any(basket) and cells.present([item]):
            baskets.setdefault(tuple(basket), []).append(item)
    return map(unique, baskets.values())
