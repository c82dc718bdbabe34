"""Which part of a plane to draw if a few points are far away."""

from typing import Any

import numpy as np
import numpy.typing as npt

SHARE = 0.99  # smallest share of the points that each axis shows
OUTLIERS = 1.4  # the rest is cut off if it would make the plane this many times wider
LONGEST_TO_SHORTEST = 3.0  # above this ratio of the sides, the axes have different scales
ROOM = 0.03  # margin beyond the outermost points, as a share of the axis

Range = tuple[float, float]


def axis_ranges(points: npt.NDArray[Any]) -> tuple[Range, Range]:
    """The part of the plane to draw: all points, or 99 % of them if the rest is far away.

    Both axes have the same length, so that distances can be compared, unless one side of the plane
    is more than three times as long as the other.

    Args:
        points: finite floats (count, 2).

    Returns:
        First and last x, first and last y.
    """
    if not len(points):
        return (0.0, 1.0), (0.0, 1.0)
    low, high = points.min(axis=0).astype(np.float64), points.max(axis=0).astype(np.float64)
    tail = (1 - SHARE) / 2
    inner_low, inner_high = np.quantile(points, (tail, 1 - tail), axis=0)
    for axis in range(2):
        if high[axis] - low[axis] > OUTLIERS * (inner_high[axis] - inner_low[axis]) > 0:
            low[axis], high[axis] = inner_low[axis], inner_high[axis]
    spans = np.where(high > low, high - low, 0.0)
    if spans.max() <= 0:
        spans[:] = 1.0
    elif spans.min() * LONGEST_TO_SHORTEST >= spans.max():
        spans[:] = spans.max()
    spans = np.where(spans > 0, spans, spans.max())
    middle = (low + high) / 2
    (left, bottom), (right, top) = (
        (middle - (0.5 + ROOM) * spans).tolist(),
        (middle + (0.5 + ROOM) * spans).tolist(),
    )
    return (left, right), (bottom, top)


def outside(points: npt.NDArray[Any], x: Range, y: Range) -> npt.NDArray[np.bool_]:
    """Which of the points, (count, 2), are outside the ranges."""
    low, high = np.array([x, y]).T
    result: npt.NDArray[np.bool_] = ((points < low) | (points > high)).any(axis=1)
    return result
