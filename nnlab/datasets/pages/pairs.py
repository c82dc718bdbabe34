"""Pairs of a stained and a clean page: splitting, packing, and cutting patches for training."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nnlab.datasets.pages.layers import paper_and_ink

WHITE = 255


@dataclass(frozen=True, eq=False)
class PagePair:
    """A page, stained and clean.

    Attributes:
        noisy: uint8 (height, width), 0 to 255.
        clean: uint8 (height, width), of the same height and width.
        name: What to call it.
        kind: The kind of noise, such as "coffee"; empty if unknown.
    """

    noisy: np.ndarray
    clean: np.ndarray
    name: str
    kind: str = ""

    @cached_property
    def text(self) -> str:
        """Checksum of the clean page: equal for the same text in the same font."""
        size = str(self.clean.shape).encode()
        return hashlib.sha256(size + self.clean.tobytes()).hexdigest()


def split_by_text(
    pairs: Sequence[PagePair], sizes: Sequence[int], seed: int
) -> tuple[tuple[PagePair, ...], ...]:
    """Split pages at random so that all pairs with the same clean page are in the same part.

    Args:
        pairs: Pages, in any order, which each part keeps.
        sizes: Number of different clean pages in each part; a last part gets the rest.
        seed: Seed of the split.

    Returns:
        The parts, one more than there are sizes.
    """
    texts = list(dict.fromkeys(pair.text for pair in pairs))
    order = np.random.default_rng(seed).permutation(len(texts))
    bounds = np.searchsorted(np.cumsum(sizes), np.arange(len(texts)), side="right")
    part_of = {texts[index]: int(part) for index, part in zip(order, bounds, strict=True)}
    return tuple(
        tuple(pair for pair in pairs if part_of[pair.text] == part)
        for part in range(len(sizes) + 1)
    )


def packed(
    pages: Sequence[PagePair], smallest: int = 1, layers: bool = False
) -> dict[str, np.ndarray]:
    """Store pages of any sizes one after another in flat arrays.

    Args:
        pages: Any number.
        smallest: Height and width to which smaller pages are extended with paper.
        layers: Add what each page consists of.

    Returns:
        noisy: uint8 (pixels,), row by row, page after page.
        clean: Likewise.
        shapes: int64 (pages, 2), height and width.
        paper: With `layers`, like noisy, without print.
        ink: With `layers`, like noisy, the ink of the print.
    """
    full = [_padded(page, smallest) for page in pages]
    found = {"noisy": [pair[0] for pair in full], "clean": [pair[1] for pair in full]}
    if layers:
        both = [paper_and_ink(*pair) for pair in full]
        found |= {"paper": [pair[0] for pair in both], "ink": [pair[1] for pair in both]}
    shapes = np.array([pair.shape[1:] for pair in full], np.int64).reshape(-1, 2)
    return {**{name: _end_to_end(arrays) for name, arrays in found.items()}, "shapes": shapes}


def _end_to_end(pages: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.empty(0, np.uint8), *(page.ravel() for page in pages)])


def unpacked(pixels: np.ndarray, shapes: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the pages (height, width) that `packed` has stored."""
    start = 0
    for height, width in shapes:
        yield pixels[start : start + height * width].reshape(height, width)
        start += height * width


def places(shapes: np.ndarray, size: int, stride: int) -> np.ndarray:
    """Return where to cut squares from packed pages, in a grid on each page.

    Args:
        shapes: int64 (pages, 2), height and width, at least `size`.
        size: The side of a square in pixels.
        stride: Spacing of the grid; its last row and column end at the page's edges.

    Returns:
        int64 (squares, 6): index of the page's first pixel, page width, top and left of the square,
        and the largest possible top and left on that page.
    """
    found, first = [], 0
    for height, width in shapes:
        lowest, rightmost = height - size, width - size
        found += [
            (first, width, top, left, lowest, rightmost)
            for top in _starts(lowest, stride)
            for left in _starts(rightmost, stride)
        ]
        first += height * width
    return np.array(found, np.int64).reshape(-1, 6)


def _padded(page: PagePair, size: int) -> np.ndarray:
    """Return the noisy and the clean page, at least size x size: uint8 (2, height, width)."""
    height, width = page.noisy.shape
    full = np.empty((2, max(height, size), max(width, size)), np.uint8)
    full[0] = np.median(page.noisy)  # most of a page is paper
    full[1] = WHITE
    full[:, :height, :width] = page.noisy, page.clean
    return full


def _starts(last: int, stride: int) -> list[int]:
    return [*range(0, last, stride), last]
