"""Lines of items separated by commas, quoted as in CSV files if a name contains a comma.

whole milk, rolls/buns,,whole milk  -> whole milk | rolls/buns
"rolls, fresh",7" vinyl,"5"" nails"  -> rolls, fresh | 7" vinyl | 5" nails
"""

import functools
import re
import reprlib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from nnlab.errors import DataError, UsageError

SEPARATORS = (",", "\t", ";")
LINES_LOOKED_AT = 20
ROWS_LOOKED_AT = 500
MAX_LINE = 10**6
_SEPARATOR_LINE = re.compile(r'"?sep=([,;\t])"?\s*')
"""The first line in which spreadsheets may state the separator of cells."""


def parse_basket(text: str, separator: str = SEPARATORS[0]) -> list[str]:
    """Read the items of one basket.

    Args:
        text: Items with separators between them: 'soda, "rolls, fresh"'.
        separator: The separator.

    Returns:
        Each item once, in order, without surrounding spaces and in Unicode's composed form (NFC):
        "soda, frankfurter, soda" gives soda and frankfurter; "" and " , " give none.

    Raises:
        UsageError: A quoted item has no closing quote, or text after it.
    """
    try:
        return unique(_cells(text, separator, reprlib.repr(text)))
    except DataError as error:
        raise UsageError(str(error)) from error


class Rows:
    """The lines of a file as rows of cells, without surrounding spaces, composed (NFC).

    Args:
        pieces: A text with line feeds, cut anywhere.
        name: What errors call it.

    Attributes:
        name: What errors call the file.
        separator: The separator of cells: comma, tab or semicolon, whichever most of the first
            lines contain.
        item_separator: The separator of items in a basket: the same, unless each whole basket is in
            one cell.
        first: The first rows, for inspection.
        first_line: The number of the line that they begin on: below a line that names the
            separator, and below blank ones.

    Raises:
        DataError: A line is not a list of items, or is far too long; the message names the line.
    """

    def __init__(self, pieces: Iterable[str], name: str) -> None:
        self.name = name
        lines = _lines(pieces, name)
        first = list(islice(lines, LINES_LOOKED_AT))
        stated = _SEPARATOR_LINE.fullmatch(first[0]) if first else None
        skipped = 1 if stated else 0
        while skipped < len(first) and not first[skipped].strip():
            skipped += 1  # a header may stand below blank lines
        first = first[skipped:]
        self.first_line = 1 + skipped
        self.separator = stated[1] if stated else separator_in(first) or SEPARATORS[0]
        self.item_separator = self.separator
        self._rows = (
            _cells(line, self.separator, f"{name}, line {number}")
            for number, line in enumerate(chain(first, lines), start=self.first_line)
        )
        self.first = list(islice(self._rows, ROWS_LOOKED_AT))

    def __iter__(self) -> Iterator[list[str]]:
        """Yield all rows; only once."""
        return chain(self.first, self._rows)


def basket_in_a_cell(rows: Sequence[Sequence[str]]) -> str | None:
    """Return the separator of items if each basket is in one cell, else None.

    For the rows ["milk,tea"] and ["tea,rum,milk"], quoted in the file, it is a comma.
    """
    cells = [[cell for cell in row if cell] for row in rows]
    if not cells or any(len(row) > 1 for row in cells):
        return None
    whole = [row[0] for row in cells if row]
    for mark in SEPARATORS:
        if 2 * sum(mark in cell for cell in whole) > len(whole):
            return mark
    return None


def whole_basket(row: Iterable[str], separator: str) -> list[str]:
    """Read a basket from a single cell: "milk,tea", "{milk;tea}" or "['milk', 'tea']"."""
    parts = chain.from_iterable(cell.strip("[](){} ").split(separator) for cell in row)
    return [part.strip().strip("'\"") for part in parts]


def unique(cells: Iterable[str]) -> list[str]:
    """Return each cell once, in order, without empty ones."""
    return [item for item in dict.fromkeys(cells) if item]


def separator_in(lines: Iterable[str]) -> str | None:
    """Return the separator of items: comma, tab or semicolon, whichever most lines have.

    Separators inside double quotes do not count.
    """
    bare = [unquoted(line) for line in lines]
    counts = {mark: sum(mark in line for line in bare) for mark in SEPARATORS}
    mark = max(counts, key=lambda mark: counts[mark])  # the first of equals
    return mark if counts[mark] else None


def unquoted(line: str) -> str:
    """Return a line without its text in double quotes."""
    return re.sub('"[^"]*"', "", line)


def _lines(pieces: Iterable[str], name: str) -> Iterator[str]:
    number, rest = 0, ""
    for piece in pieces:
        *whole, rest = (rest + piece).split("\n")
        number += len(whole)
        yield from whole
        if len(rest) > MAX_LINE:
            raise DataError(
                f"{name}, line {number + 1}: longer than {MAX_LINE:,} characters; "
                "expected one basket per line"
            )
    if rest:
        yield rest


def _cells(line: str, separator: str, place: str) -> list[str]:
    line = unicodedata.normalize("NFC", line)
    fields = _quoted_fields(line, separator, place) if '"' in line else line.split(separator)
    return [field.strip() for field in fields]


def _quoted_fields(line: str, separator: str, place: str) -> Iterator[str]:
    line, pattern, start = line + separator, _field_pattern(separator), 0
    while start < len(line):
        found = pattern.match(line, start)
        if found is None:
            broken = "; nnlab cannot read items with line breaks" if line.count('"') % 2 else ""
            raise DataError(
                f"{place}: expected a closing quote followed by {separator!r}, found "
                f"{reprlib.repr(line[start:-1])}; double any quote inside a quoted item{broken}"
            )
        quoted, plain = found.groups()
        yield plain if quoted is None else quoted.replace('""', '"')
        start = found.end()


@functools.cache
def _field_pattern(separator: str) -> re.Pattern[str]:
    blanks = rf"[^\S{separator}]*+"
    quoted = rf'"((?:[^"]++|"")*+)"{blanks}'
    plain = rf'((?!")[^{separator}]*+)'
    return re.compile(rf"{blanks}(?:{quoted}|{plain}){separator}")
