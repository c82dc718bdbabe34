"""How much of a generated text is copied from the training text.

The results are exact. Equal pieces get equal numbers: first pieces of one character, then, by
joining pairs, of 2, 4, 8... (Karp, Miller and Rosenberg, "Rapid identification of repeated patterns
in strings, trees and arrays", STOC 1972). The corpus is read in parts, so that memory depends only
on the text.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

PART = 1 << 20  # codes of the corpus read at a time

Codes = npt.NDArray[np.integer]
Numbers = npt.NDArray[np.int64]
Pieces = tuple[Numbers, Numbers]  # number of the piece at each place of text and corpus; -1: none


def longest_copied_run(text: Codes, corpus: Codes) -> int:
    """Length of the longest piece of `text` that occurs in `corpus`.

    Args:
        text: integers (count,), such as a generated text.
        corpus: integers of the same alphabet, such as the training text.
    """
    return max((_longest(_doubled(text, part)) for part in _parts(corpus, len(text))), default=0)


def copied_share(generated: Codes, corpus: Codes, n: int = 20) -> float:
    """Share of the n-grams of a generated text that occur in the corpus, 0 to 1.

    Args:
        generated: integers (count,), at least n.
        corpus: integers of the same alphabet, such as the training text.
        n: length of the n-grams.

    Raises:
        ValueError: if the text has no n-gram.
    """
    if not 1 <= n <= len(generated):
        raise ValueError(f"expected n-grams of 1 to {len(generated)} characters, got {n}")
    copied = np.zeros(len(generated) - n + 1, np.bool_)
    for part in _parts(corpus, n):
        numbers, found = _of_length(n, _doubled(generated, part, n))
        if len(numbers):
            copied |= np.isin(numbers, found)
    return float(copied.mean())


def _parts(corpus: Codes, longest: int) -> Iterator[Codes]:
    """Cut the corpus into parts so that each piece of up to `longest` codes is inside one part."""
    step = max(PART, longest)
    for start in range(0, len(corpus), step):
        yield corpus[start : start + step + longest - 1]


def _doubled(text: Codes, part: Codes, longest: int | None = None) -> list[Pieces]:
    """The pieces of 1, 2, 4... characters, while text and part have any in common."""
    none = np.zeros(len(part), np.int64)
    found: list[Pieces] = []
    pieces = _numbered(text.astype(np.int64), part.astype(np.int64), none == 0)
    while (pieces[1] >= 0).any():
        found.append(pieces)
        length = 1 << (len(found) - 1)
        if longest is not None and 2 * length > longest:
            break
        pieces = _joined(pieces, pieces, length)
    return found


def _longest(doubled: list[Pieces]) -> int:
    if not doubled:
        return 0
    pieces, length = doubled[-1], 1 << (len(doubled) - 1)
    for power in reversed(range(len(doubled) - 1)):
        longer = _joined(pieces, doubled[power], length)
        if (longer[1] >= 0).any():
            pieces, length = longer, length + (1 << power)
    return length


def _of_length(length: int, doubled: list[Pieces]) -> Pieces:
    """The pieces of one length, joined from the powers of two in its binary form."""
    nothing = np.empty(0, np.int64)
    if len(doubled) < length.bit_length():
        return nothing, nothing
    pieces, done = doubled[length.bit_length() - 1], 1 << (length.bit_length() - 1)
    for power in reversed(range(length.bit_length() - 1)):
        if length >> power & 1:
            pieces = _joined(pieces, doubled[power], done)
            done += 1 << power
    return pieces


def _joined(first: Pieces, second: Pieces, apart: int) -> Pieces:
    """The pieces made of a first one and a second that starts `apart` characters later."""
    size = int(second[0].max(initial=0)) + 1
    pairs, usable = [], np.empty(0, np.bool_)
    for one, other in zip(first, second, strict=True):
        places = max(min(len(one), len(other) - apart), 0)
        later = other[apart : apart + places]
        pairs.append(one[:places] * size + later)
        usable = (one[:places] >= 0) & (later >= 0)
    return _numbered(pairs[0], pairs[1], usable)


def _numbered(text: Numbers, part: Numbers, usable: npt.NDArray[np.bool_]) -> Pieces:
    """Number the values of the text, and look up those of the part where it is usable."""
    values, numbers = np.unique(text, return_inverse=True)
    found = np.full(len(part), -1)
    at = np.flatnonzero(usable)
    if len(values):
        wanted = part[at]
        places = np.minimum(np.searchsorted(values, wanted), len(values) - 1)
        found[at] = np.where(values[places] == wanted, places, -1)
    return numbers, found
