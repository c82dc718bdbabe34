"""Baskets that a trained network is asked about: from a text to the numbers of its items."""

import reprlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from nnlab.datasets.baskets.lines import SEPARATORS, parse_basket, unquoted
from nnlab.errors import UsageError, near

SHOWN = 5
"""How many unknown items of a basket an error names."""
_IN_WORDS = {",": "commas", "\t": "tabs", ";": "semicolons"}


class Asked(NamedTuple):
    """A basket.

    Attributes:
        known: The numbers of its items.
        unknown: The items that the network does not know.
    """

    known: list[int]
    unknown: list[str]


class Catalogue:
    """The items that a network knows.

    Args:
        items: What they are called.
        separator: What separated them in the training file; commas do as well, unless an item
            holds one.
    """

    def __init__(self, items: Sequence[str], separator: str) -> None:
        self.numbers = {item: number for number, item in enumerate(items)}
        self._folded: dict[str, list[int]] = {}
        for item, number in self.numbers.items():
            self._folded.setdefault(item.casefold(), []).append(number)
        self._separator = separator
        self._other = separator if any("," in item for item in items) else SEPARATORS[0]

    def read(self, given: str) -> Asked:
        """Return the items of a basket; the case of letters matters only where two items differ.

        Raises:
            UsageError: A quoted item does not end.
        """
        if given.strip() in self.numbers:
            return Asked([self.numbers[given.strip()]], [])
        used = self._separator in unquoted(given)
        items = parse_basket(given, self._separator if used else self._other)
        found = {item: self._number(item) for item in items}
        known = [number for number in found.values() if number is not None]
        unknown = [item for item, number in found.items() if number is None]
        return Asked(list(dict.fromkeys(known)), unknown)

    def unknown_error(self, given: str, unknown: Sequence[str]) -> UsageError:
        """Return the error that names unknown items and those that are near."""
        named = ", ".join(f"{item!r} ({_near(item, self.numbers)})" for item in unknown[:SHOWN])
        more = f" and {len(unknown) - SHOWN} more" if len(unknown) > SHOWN else ""
        return UsageError(
            f"basket {reprlib.repr(given)}: unknown item {named}{more}; separate items by "
            f"{_IN_WORDS[self._separator]}, or add --ignore-unknown"
        )

    def _number(self, item: str) -> int | None:
        if item in self.numbers:
            return self.numbers[item]
        alike = self._folded.get(item.casefold(), [])
        return alike[0] if len(alike) == 1 else None


def _near(item: str, known: Iterable[str]) -> str:
    """Name the nearest items, whatever their case."""
    lowered: dict[str, str] = {}
    for name in known:
        lowered.setdefault(name.lower(), name)
    close = near(item.lower(), sorted(lowered))
    return "similar: " + ", ".join(lowered[one] for one in close) if close else "nothing similar"
