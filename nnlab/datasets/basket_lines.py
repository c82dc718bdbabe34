"""Lines of items with commas between them, quoted as in csv files where a name holds a comma.

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
MAX_LINE = 10**6


def parse_basket(text: str) -> list[str]:
    """Read the items of one basket.

    Args:
        text: Items with commas between them: 'soda, "rolls, fresh"'.

    Returns:
        Each item once, in order, without blanks around it and in Unicode's composed form (NFC):
        "soda, frankfurter, soda" gives soda and frankfurter; "" and " , " give none.

    Raises:
        UsageError: A quoted item does not end, or goes on after its closing quote.
    """
    try:
        return _items(text, SEPARATORS[0], reprlib.repr(text))
    except DataError as error:
        raise UsageError(str(error)) from error


def basket_lines(pieces: Iterable[str], name: str) -> Iterator[list[str]]:
    """Read a basket a line.

    Args:
        pieces: A text, cut anywhere, with line feeds.
        name: What errors call it.

    Yields:
        The items of each line, as `parse_basket` returns them; none for an empty line. Where the
        first lines hold tabs or semicolons and no comma, those separate the items.

    Raises:
        DataError: A line is no list of items, or beyond all measure: names the line.
    """
    lines = _lines(pieces, name)
    first = list(islice(lines, LINES_LOOKED_AT))
    separator = _separator(first)
    for number, line in enumerate(chain(first, lines), start=1):
        yield _items(line, separator, f"{name}, line {number}")


def _lines(pieces: Iterable[str], name: str) -> Iterator[str]:
    number, rest = 0, ""
    for piece in pieces:
        *whole, rest = (rest + piece).split("\n")
        number += len(whole)
        yield from whole
        if len(rest) > MAX_LINE:
            raise DataError(
                f"{name}, line {number + 1}: longer than {MAX_LINE:,} characters; "
                "expected a basket a line"
            )
    if rest:
        yield rest


def _separator(lines: Sequence[str]) -> str:
    """Return what separates items: of a comma, tab and semicolon the first that occurs."""
    bare = [re.sub('"[^"]*"', "", line) for line in lines]
    found = (mark for mark in SEPARATORS if any(mark in line for line in bare))
    return next(found, SEPARATORS[0])


def _items(line: str, separator: str, place: str) -> list[str]:
    line = unicodedata.normalize("NFC", line)
    fields = _quoted_fields(line, separator, place) if '"' in line else line.split(separator)
    return [item for item in dict.fromkeys(field.strip() for field in fields) if item]


def _quoted_fields(line: str, separator: str, place: str) -> Iterator[str]:
    line, pattern, start = line + separator, _field_pattern(separator), 0
    while start < len(line):
        found = pattern.match(line, start)
        if found is None:
            raise DataError(
                f"{place}: expected a closing quote and {separator!r} after it; a quote inside a "
                f"quoted item is written twice; found {reprlib.repr(line[start:-1])}"
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
