"""The n-grams of one length in a text of characters, and how often each occurs.

An n-gram is packed into one uint64, its oldest character in the highest bits: sorted, the n-grams
of one context stand side by side.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.integer]
Keys = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class NgramCounts:
    """The n-grams of one length in a text, and how often each occurs.

    Attributes:
        characters: size of the alphabet.
        order: their length, the predicted character included.
        grams: the n-grams, packed, uint64, increasing.
        counts: of each, at least 1.
        first: the first `order` characters of the text, fewer of a shorter text.

    Raises:
        ValueError: if these conditions do not hold.
    """

    characters: int
    order: int
    grams: Keys
    counts: Counts
    first: Keys

    def __post_init__(self) -> None:
        if len(self.grams) != len(self.counts) or not (self.counts > 0).all():
            raise ValueError("expected a count of at least 1 for each n-gram")
        if not (self.grams[1:] > self.grams[:-1]).all():
            raise ValueError("expected increasing n-grams")
        for place in range(self.order):
            codes = self.grams >> np.uint64(place * self.bits)
            if place < self.order - 1:
                codes &= np.uint64((1 << self.bits) - 1)
            checked(codes, self.characters)
        checked(self.first, self.characters)

    @classmethod
    def of(cls, codes: Codes, characters: int, order: int) -> "NgramCounts":
        """Count the n-grams of a text.

        Args:
            codes: the text, integers (count,), 0 to characters - 1.
            characters: size of the alphabet, in the text or not.
            order: length of the n-grams. It is reduced if they do not fit into 64 bits; 6
                characters fit for alphabets of up to 1,024.

        Raises:
            ValueError: if a code is out of range, or there is no alphabet or no order.
        """
        if characters < 1 or order < 1:
            raise ValueError(
                "expected at least one character and an order of at least 1, "
                f"got {characters} characters and order {order}"
            )
        bits = bits_of(characters)
        order = min(order, longest_order(characters))
        text = checked(codes, characters)
        grams, counts = np.unique(keys_of(text, order, bits), return_counts=True)
        return cls(characters, order, grams, counts, text[:order])

    @property
    def bits(self) -> int:
        """Bits that a character takes in a key."""
        return bits_of(self.characters)


def longest_order(characters: int) -> int:
    """Return how many characters of an alphabet of such a size fit into a key."""
    return 64 // bits_of(characters)


def bits_of(characters: int) -> int:
    """Return how many bits of a key a character of such an alphabet takes."""
    return max((characters - 1).bit_length(), 1)


def checked(codes: npt.ArrayLike, characters: int) -> Keys:
    """Return codes as parts of keys.

    Raises:
        ValueError: if a code is out of range.
    """
    values = np.asarray(codes)
    if values.size and not (values.min() >= 0 and values.max() < characters):
        raise ValueError(
            f"expected codes 0 to {characters - 1}, got {values.min()} to {values.max()}"
        )
    return values.astype(np.uint64)


def keys_of(text: Keys, length: int, bits: int) -> Keys:
    """Return the n-grams of a text, packed, one for each place where `length` characters end."""
    places = max(len(text) - length + 1, 0)
    keys = np.zeros(places, np.uint64)
    for offset in range(length):
        keys <<= np.uint64(bits)
        keys |= text[offset : offset + places]
    return keys
