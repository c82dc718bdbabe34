"""Curves of a pen."""

import numpy as np

STEPS = 9
"""Straight pieces between two points."""


def through(points: np.ndarray) -> np.ndarray:
    """Go through all points without corners (Catmull and Rom, 1974).

    Args:
        points: (..., count, 2), at least one.

    Returns:
        (..., (count - 1) * `STEPS` + 1, 2), from the first point to the last.
    """
    ends = np.concatenate([points[..., :1, :], points, points[..., -1:, :]], axis=-2)
    pieces = points.shape[-2] - 1
    before, start, stop, after = (ends[..., i : pieces + i, None, :] for i in range(4))
    t = np.linspace(0, 1, STEPS, endpoint=False)[:, None]
    path = (
        2 * start
        + (stop - before) * t
        + (2 * before - 5 * start + 4 * stop - after) * t**2
        + (3 * (start - stop) + after - before) * t**3
    ) / 2
    whole = path.reshape(*points.shape[:-2], pieces * STEPS, 2)
    return np.concatenate([whole, points[..., -1:, :]], axis=-2)
