"""Where to write labels that would lie on one another."""

import numpy as np
import numpy.typing as npt

STEPS = 1000
NEAR = 0.6180339887498949  # golden ratio: its multiples point in directions that never repeat

Floats = npt.NDArray[np.float64]


def placed_apart(
    anchors: npt.ArrayLike, sizes: npt.ArrayLike, low: npt.ArrayLike, high: npt.ArrayLike
) -> Floats:
    """Push boxes apart until none lies on another, as near to their anchors as that leaves them.

    Nothing is drawn at random. Where there is too little room, some overlap in the end.

    Args:
        anchors: where the centres of the boxes should be, (count, 2), inches or the like.
        sizes: width and height of each box, (count, 2).
        low: left lower corner of the room, (2,).
        high: right upper corner of it, (2,).

    Returns:
        float64 (count, 2): centres of the boxes, which lie within the room if they fit.
    """
    half = np.asarray(sizes, np.float64).reshape(-1, 2) / 2
    least, most = np.asarray(low) + half, np.asarray(high) - half
    most = np.maximum(least, most)
    # boxes at the very same place have to know which way to go
    angles = 2 * np.pi * NEAR * np.arange(len(half))
    nudge = 1e-3 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    centres = np.clip(np.asarray(anchors, np.float64).reshape(-1, 2) + nudge, least, most)
    for _ in range(STEPS):
        push = _pushes(centres, half)
        if not push.any():
            break
        centres = np.clip(centres + push, least, most)
    return centres


def _pushes(centres: Floats, half: Floats) -> Floats:
    """How each box should move: away from those it lies on, the shorter way, (count, 2)."""
    apart = centres[:, None] - centres[None]  # (count, count, 2), antisymmetric
    overlap = half[:, None] + half[None] - np.abs(apart)
    touching = (overlap > 1e-9).all(axis=2) & ~np.eye(len(half), dtype=np.bool_)
    along = np.eye(2)[overlap.argmin(axis=2)]
    direction = np.where(apart >= 0, 1.0, -1.0)
    pushes = 0.52 * overlap * along * direction * touching[:, :, None]
    result: Floats = pushes.sum(axis=1)
    return result
