"""Run a network on pages of any size, tile by tile, in bounded memory."""

import itertools
import math
from dataclasses import dataclass

import numpy as np

from nnlab.errors import UsageError
from nnlab.inference.network import Network
from nnlab.inference.receptive import Field, receptive_field

TILE = 1024
"""Height and width of the inner part of a tile, at most; memory grows with its square."""
MOST_HELD = 2**25
"""Numbers that one tile may need at once, about: 128 MiB. Wide networks get smaller tiles."""
MOST_CONTINUED = 16
"""Pixels by which a page is continued beyond its edges, at most.

A network that looks farther has seen squares with nothing around them in training, and does worse
the more of a page is made up.
"""


def run_tiled(network: Network, page: np.ndarray) -> np.ndarray:
    """Run a network on a page, as if it took the whole page at once.

    The last row and column are repeated until height and width are multiples of the pooling. (White
    there would look like an edge of the paper.) Tiles overlap by as much as the network looks
    around a pixel, and only their inner parts are kept.

    Args:
        network: Takes one page (height, width, 1) and returns one; fits any page size.
        page: (height, width), at least 1x1, in the values that the network takes: the page cleaner
            wants grey from 0 to 255. Any numeric type; computed as float32.

    Returns:
        float32 (height, width).

    Raises:
        UsageError: The page is empty, or not a two-dimensional array of numbers.
        CheckpointError: The network does not fit every page size, or its output is not finite.
    """
    return _run(network, page, receptive_field(network.graph), (0, 0))


def run_on_page(network: Network, page: np.ndarray) -> np.ndarray:
    """Run a network on a page whose edge pixels are repeated a little beyond its edges.

    Otherwise a convolution of raw pixels sees black there, which darkens the paper.

    Args:
        network: As for `run_tiled`.
        page: Likewise.

    Returns:
        float32 (height, width).

    Raises:
        UsageError: The page is empty, or not a two-dimensional array of numbers.
        CheckpointError: As by `run_tiled`.
    """
    field = receptive_field(network.graph)
    down, across = (min(reach, MOST_CONTINUED) for reach in field.reach)
    return _run(network, page, field, (down, across))


def _run(network: Network, page: np.ndarray, field: Field, margins: tuple[int, int]) -> np.ndarray:
    """Run a network on a page continued by margins, tile by tile."""
    _check(page)
    tile = _tile(network)
    sides = zip(page.shape, margins, field.grid, field.reach, strict=True)
    down, across = (_spans(*side, tile) for side in sides)
    tiles = network.resized((down[0].size, across[0].size, 1))
    result = np.empty(page.shape, np.float32)
    for rows, columns in itertools.product(down, across):
        seen = page[np.ix_(rows.seen, columns.seen)][None, :, :, None]
        clean = tiles.answer(seen, total=len(down) * len(across))[0, :, :, 0]
        result[rows.kept, columns.kept] = clean[rows.inner, columns.inner]
    return result


@dataclass(frozen=True)
class _Span:
    """A tile along one axis.

    Attributes:
        seen: Rows of the page in this tile; rows beyond an edge repeat the row at the edge.
        kept: Rows of the page that are taken from it.
        inner: Where these are in the tile.
    """

    seen: np.ndarray
    kept: slice
    inner: slice

    @property
    def size(self) -> int:
        """How many rows the tile has."""
        return len(self.seen)


def _tile(network: Network) -> int:
    """Return the height and width of the inner part of a tile that the network has memory for."""
    ((height, width, _),) = network.input_shapes.values()
    return min(TILE, math.isqrt(MOST_HELD * height * width // network.most_held))


def _spans(side: int, margin: int, grid: int, reach: int, tile: int) -> list[_Span]:
    """Cut one side of a page, continued by a margin, into equal overlapping tiles on the grid."""
    length = math.ceil((side + 2 * margin) / grid) * grid
    around = math.ceil(reach / grid) * grid
    count = max(1, math.ceil((length - 2 * around) / max(tile, grid)))
    size = math.ceil((length + 2 * around * (count - 1)) / count / grid) * grid
    spans = []
    for number in range(count):
        start = min(number * (size - 2 * around), length - size)
        end = start + size
        first = start + around * (start > 0)  # the edges of the continued page need no margins
        last = end - around * (end < length)
        first, last = (min(max(at, margin), margin + side) for at in (first, last))
        seen = np.clip(np.arange(start, end) - margin, 0, side - 1)
        kept, inner = slice(first - margin, last - margin), slice(first - start, last - start)
        spans.append(_Span(seen, kept, inner))
    return spans


def _check(page: np.ndarray) -> None:
    if page.ndim != 2 or not page.size or page.dtype.kind not in "biuf":
        raise UsageError(
            f"expected a grey page (height, width) of numbers, got {page.dtype} {page.shape}"
        )
