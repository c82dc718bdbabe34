"""Separating characters that are side by side in one picture.

A gap of empty columns separates two characters if both are tall and have enough ink. Parts above
each other are strokes of one character, and a short part beside a tall one is a piece of it.
"""

from itertools import pairwise

import numpy as np

from nnlab.datasets.images.components import label_components

FAINTEST = 0.15
"""Share of the strongest ink that still joins two strokes."""
LEAST_HEIGHT = 0.6
"""Share of the tallest group's height below which a group is not a separate character."""
LEAST_INK = 0.1
"""Share of the heaviest group's ink below which it is not one."""
LEAST_GAP = 0.02
"""Smallest gap between two characters, as a share of the tallest group's height."""


def characters_apart(ink: np.ndarray) -> list[np.ndarray]:
    """Separate characters that stand side by side.

    Args:
        ink: float32 (height, width), 0 where there is no ink.

    Returns:
        The ink of each character, from left to right, in arrays of the same shape. Specks and
        pieces that are not separate characters go to the nearest one.
    """
    mask = ink >= FAINTEST * ink.max()
    groups = [(columns, *_measured(ink, mask, columns)) for columns in _filled(mask.any(axis=0))]
    tallest = max(height for _, height, _ in groups)
    heaviest = max(weight for *_, weight in groups)
    whole = [
        columns
        for columns, height, weight in groups
        if height >= LEAST_HEIGHT * tallest and weight >= LEAST_INK * heaviest
    ]
    gaps = [right.start - left.stop for left, right in pairwise(whole)]
    if not gaps or min(gaps) < LEAST_GAP * tallest:
        return [ink]
    cuts = [(left.stop + right.start) // 2 for left, right in pairwise(whole)]
    places = np.arange(ink.shape[1])
    return [
        np.where((places >= low) & (places < high), ink, ink.dtype.type(0))
        for low, high in pairwise([0, *cuts, ink.shape[1]])
    ]


def _filled(columns: np.ndarray) -> list[slice]:
    """Return the runs of columns with ink."""
    edges = np.flatnonzero(np.diff(columns.astype(np.int8), prepend=0, append=0))
    return [
        slice(int(start), int(stop)) for start, stop in zip(edges[::2], edges[1::2], strict=True)
    ]


def _measured(ink: np.ndarray, mask: np.ndarray, columns: slice) -> tuple[int, float]:
    """Return the height of the tallest connected part in these columns, and their total ink."""
    labels, count = label_components(mask[:, columns])
    heights = [
        np.ptp(np.flatnonzero((labels == one).any(axis=1))) + 1 for one in range(1, count + 1)
    ]
    return int(max(heights)), float(ink[:, columns].sum())
