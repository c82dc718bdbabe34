"""Run a network on pages of any size, tile by tile, in bounded memory."""

import itertools
import math
from collections.abc import Iterator

import numpy as np

from nnlab.errors import UsageError
from nnlab.inference.network import Network
from nnlab.inference.receptive import Field, receptive_field

TILE = 256  # height and width of what is kept of a tile, about; memory grows with its square

Span = tuple[int, int, int, int]  # of a tile: start and end; of what is kept of it: start and end


def run_tiled(network: Network, page: np.ndarray) -> np.ndarray:
    """Run a network on a page, as if it took the whole page at once.

    A page is continued by its last row and column to a size that the network's pools divide: so no
    edge appears in the paper that is not there, as one would with white. The tiles overlap by
    margins in which a tile lacks what it would have to see; these are cut off.

    Args:
        network: From one page (height, width, 1) to one; the size that it was made for is of no
            account.
        page: (height, width), at least 1x1, in the values that the network takes: the page cleaner
            wants grey from 0 to 255. Any numeric type; computed as float32.

    Returns:
        float32 (height, width).

    Raises:
        UsageError: The page is none.
        CheckpointError: The network takes no pages of any size, or its output is not finite.
    """
    _check(page)
    field = receptive_field(network.graph)
    height, width = page.shape
    below, right = (-side % grid for side, grid in zip(page.shape, field.grid, strict=True))
    page = np.pad(page, [(0, below), (0, right)], "edge") if below or right else page
    down, across = (_spans(axis, page.shape[axis], field) for axis in (0, 1))
    tiles = network.resized((down[0][1] - down[0][0], across[0][1] - across[0][0], 1))
    result = np.empty(page.shape, np.float32)
    for (top, bottom, first, last), (left, end, begin, stop) in itertools.product(down, across):
        tile = page[None, top:bottom, left:end, None]
        clean = tiles.answer(tile, of=len(down) * len(across))[0, :, :, 0]
        kept = clean[first - top : last - top, begin - left : stop - left]
        result[first:last, begin:stop] = kept
    return result[:height, :width]


def run_on_page(network: Network, page: np.ndarray) -> np.ndarray:
    """Run a network on a page that goes on beyond its edges as it does at them.

    Convolutions take what lies beyond an edge for black, which darkens the paper there.

    Args:
        network: As for `run_tiled`.
        page: Likewise.

    Returns:
        float32 (height, width).

    Raises:
        UsageError: The page is none.
        CheckpointError: As by `run_tiled`.
    """
    _check(page)
    margins = receptive_field(network.graph).reach
    wider = np.pad(page, [(margin, margin) for margin in margins], "edge")
    height, width = page.shape
    top, left = margins
    return run_tiled(network, wider)[top : top + height, left : left + width]


def _spans(axis: int, length: int, field: Field) -> list[Span]:
    """Cut one side of a page into overlapping tiles of one length, all on the grid."""
    grid = field.grid[axis]
    around, kept = (math.ceil(size / grid) * grid for size in (field.reach[axis], TILE))
    size = min(kept + 2 * around, length)
    starts = [*range(0, length - size, kept), length - size]
    return list(_kept(starts, size, length, around))


def _kept(starts: list[int], size: int, length: int, margin: int) -> Iterator[Span]:
    """Tell what is kept of each tile: all but its margins, which no page's edge needs."""
    for start in starts:
        end = start + size
        yield start, end, start + margin * (start > 0), end - margin * (end < length)


def _check(page: np.ndarray) -> None:
    if page.ndim != 2 or not page.size or page.dtype.kind not in "biuf":
        raise UsageError(
            f"expected a page of grey numbers (height, width), got {page.dtype} {page.shape}"
        )
