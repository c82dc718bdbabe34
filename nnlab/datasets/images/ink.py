"""Separating a character from its background, from specks, and from surroundings of the paper."""

import numpy as np

from nnlab.datasets.images.background import background_of
from nnlab.datasets.images.components import label_components
from nnlab.errors import DataError

LEAST_CONTRAST = 20.0
"""Smallest difference between ink and background in grey levels."""
NOISE_SIGMAS = 5.0
"""The same in standard deviations of the noise."""
INK_LEVEL = 0.4
"""Share of the strongest ink that counts as ink."""
LEAST_PART = 0.05
"""Parts with a smaller share of the largest part's ink are specks."""


def ink_of(picture: np.ndarray) -> np.ndarray:
    """Separate the character from its background, specks and surroundings.

    Returns:
        float32 of the shape of `picture`: the difference of ink from the background, 0 elsewhere.

    Raises:
        DataError: There is no ink.
    """
    background = background_of(picture)
    darker = 255 * (background - picture) / np.maximum(background, 32)  # as on white paper
    lighter = picture - background
    radius = max(picture.shape) // 250
    found = [_strongest_parts(smoothed(side, radius)) for side in (darker, lighter)]
    weight, ink = max(found, key=lambda weighed: weighed[0])
    if weight == 0:
        raise DataError(
            "no ink found: expected one character, darker or lighter than its background"
        )
    return ink


def smoothed(values: np.ndarray, radius: int) -> np.ndarray:
    """Average over squares of 2 * radius + 1 pixels."""
    if radius == 0:
        return values
    side = 2 * radius + 1
    sums = np.pad(values, (radius + 1, radius), mode="edge").cumsum(0, np.float64).cumsum(1)
    columns = sums[side:] - sums[:-side]
    result: np.ndarray = ((columns[:, side:] - columns[:, :-side]) / side**2).astype(np.float32)
    return result


def _strongest_parts(difference: np.ndarray) -> tuple[float, np.ndarray]:
    """Keep the connected parts that can belong to a character.

    Parts that touch the picture's edge are shadows or a table, unless there are no others.

    Args:
        difference: float32 (height, width), positive where there may be ink.

    Returns:
        The weight of the strongest part, 0 if there is none; and the ink of the parts kept.
    """
    noise = 1.4826 * float(np.median(np.abs(difference)))
    ink = np.maximum(difference, 0)
    few = min(ink.size, max(4, ink.size // 4000))
    peak = float(np.partition(ink.reshape(-1), -few)[-few:].mean())
    if peak < max(LEAST_CONTRAST, NOISE_SIGMAS * noise):
        return 0.0, np.zeros_like(ink)
    level = max(INK_LEVEL * peak, 3 * noise)
    labels, count = label_components(ink >= level)
    weights = np.bincount(labels.reshape(-1), ink.reshape(-1), count + 1)
    weights[0] = 0
    inner = weights.copy()
    inner[np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])] = 0
    least = LEAST_PART * float(weights.max())
    kept, weight = (inner, float(inner.max())) if inner.max() >= least else (weights, least)
    parts = np.flatnonzero(kept >= LEAST_PART * kept.max())
    return weight, ink * (_grown(np.isin(labels, parts)) & (ink >= level / 2))


def _grown(mask: np.ndarray) -> np.ndarray:
    """Add the neighbours of all marked pixels."""
    padded = np.pad(mask, 1)
    tall = padded[:-2] | padded[1:-1] | padded[2:]
    result: np.ndarray = tall[:, :-2] | tall[:, 1:-1] | tall[:, 2:]
    return result
