"""Choosing columns of a table: "1,3", "2-", or the names in its first line."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from nnlab.errors import UsageError, nearest

_RANGE = re.compile(r"(\d{1,9})(?:(-)(\d{1,9})?)?")
_EASY = re.compile(r"[\w.:/-]+")
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?(?:e[-+]?\d+)?", re.IGNORECASE)


class Columns(NamedTuple):
    """Chosen columns.

    Attributes:
        numbers: Their numbers, from 0, without those of an open range.
        rest: The first column of an open range, or None.
        named: Whether they were chosen by name, so that the first line is a header.
    """

    numbers: tuple[int, ...]
    rest: int | None
    named: bool

    def of(self, row: Sequence[str]) -> list[str]:
        """Return the chosen cells of a row, empty ones for columns that it lacks."""
        chosen = [row[number] if number < len(row) else "" for number in self.numbers]
        return chosen if self.rest is None else chosen + list(row[self.rest :])


def parse_columns(text: str, first: Sequence[str]) -> Columns:
    """Read the value of `--columns`.

    Args:
        text: Numbers from 1, ranges, or column names, separated by commas.
        first: The cells of the file's first line.

    "1,3" is the first and third column, "2-" all but the first, "user,item" those two.

    Raises:
        UsageError: A column does not exist.
    """
    words = [word.strip() for word in text.split(",")]
    by_number = all(map(_RANGE.fullmatch, words))  # numbers are never taken for names
    names = [name for name in first if name]
    if not by_number and all(word in names for word in words):
        return Columns(tuple(first.index(word) for word in words), None, named=True)
    if not by_number and any(word in names for word in words):
        wrong = next(word for word in words if word not in names)
        if _RANGE.fullmatch(wrong):
            raise UsageError(f"--columns {text}: expected names or numbers, not both")
        raise UsageError(f"--columns {text}: no column {wrong!r}; {nearest(wrong[:100], names)}")
    numbers: list[int] = []
    for place, word in enumerate(words):
        found = _RANGE.fullmatch(word)
        start = int(found[1]) if found else 0
        if not found or not 0 < start <= len(first):
            numbered = f"columns are numbered 1 to {len(first)}"
            hint = numbered if found or not names else nearest(word[:100], names)
            raise UsageError(f"--columns {text}: no column {word!r}; {hint}")
        open_end = found[2] and not found[3]
        if open_end and place == len(words) - 1:
            return Columns(tuple(numbers), start - 1, named=False)
        end = len(first) if open_end else int(found[3] or start)
        if not start <= end <= len(first):
            hint = f"columns are numbered 1 to {len(first)}"
            raise UsageError(
                f"--columns {text}: no columns {word!r}; "
                + ("write the smaller number first" if end < start else hint)
            )
        numbers += range(start - 1, end)
    return Columns(tuple(numbers), None, named=False)


def is_number(cell: str) -> bool:
    """Return whether a cell is a number, such as "12", "-3,5" or "1e9", but not "7up" or ""."""
    return bool(_NUMBER.fullmatch(cell))


def numeric_columns(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the columns, from 0, that hold numbers in at least 95 % of the rows."""
    counts = Counter(n for row in rows for n, cell in enumerate(row) if is_number(cell))
    return sorted(number for number, count in counts.items() if count >= 0.95 * len(rows))


def column_list(numbers: Sequence[int], first: Sequence[str], *, named: bool) -> str:
    """Return columns, from 0, as text for `--columns`: by name if that is easy to type."""
    names = [first[number] for number in numbers]
    if named and len(set(first)) == len(first) and all(map(_EASY.fullmatch, names)):
        return ",".join(names)
    return ",".join(str(number + 1) for number in numbers)
