"""Digits as people of several countries write them, drawn with a round pen.

Each image moves the points of a form a little, slants and stretches the whole, and draws it with a
pen of its own. As in MNIST, the ink fits into a box of 20x20 pixels, but for its soft edge, and is
centred by mass in 28x28.
"""

import numpy as np

from nnlab.datasets.samples.curves import through
from nnlab.datasets.samples.digit_strokes import FORMS, strokes

SIZE = 28
BOX = 20
CHUNK = 100
"""Images drawn at a time, so that their arrays stay in the processor's cache."""

MOVED = 0.045
"""Standard deviation by which a point moves, in heights of the digit."""
UNEVEN = 0.35
"""Largest logarithm of the power to which the height of a point is raised: larger heads or feet."""
WIDTH = (0.5, 1.0)
"""Of a digit in heights, before it is slanted."""
SLANT = 0.35
"""Largest shift of the foot to the left or right, in heights."""
PEN = (0.8, 2.2)
"""Half the width of a stroke in pixels."""
EDGE = (0.9, 1.5)
"""Width of the ink's soft edge in pixels."""


def penned_digits(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw digits; equally many of each, and of each of its forms, to within one.

    Args:
        count: Number of images.
        seed: Determines them, with the version of NumPy.

    Returns:
        images: uint8 (count, 28, 28), light ink on black.
        labels: uint8 (count,), the digits.
    """
    rng = np.random.default_rng(seed)
    images, labels = np.empty((count, SIZE, SIZE), np.uint8), np.empty(count, np.uint8)
    start = 0
    for digit, forms in enumerate(FORMS.values()):
        wanted = _share(count, len(FORMS), digit)
        for number, form in enumerate(forms):
            stop = start + _share(wanted, len(forms), number)
            labels[start:stop] = digit
            for first in range(start, stop, CHUNK):
                last = min(first + CHUNK, stop)
                images[first:last] = _drawn(form, last - first, rng)
            start = stop
    return images, labels


def _share(count: int, parts: int, part: int) -> int:
    return count // parts + (part < count % parts)


def _drawn(form: str, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw a form so many times, each time in another hand: uint8 (count, SIZE, SIZE)."""

    def between(low: float, high: float) -> np.ndarray:
        return rng.uniform(low, high, (count, 1))

    width, slant = between(*WIDTH), between(-SLANT, SLANT)
    power = np.exp(between(-UNEVEN, UNEVEN))
    paths = []
    for stroke in strokes(form):
        points = np.array(stroke) + rng.normal(0, MOVED, (count, len(stroke), 2))
        y = np.maximum(points[..., 1], 0) ** power
        x = width * points[..., 0] - slant * y
        paths.append(through(np.stack([x, y], axis=-1)))
    starts = np.concatenate([path[:, :-1] for path in paths], axis=1)
    stops = np.concatenate([path[:, 1:] for path in paths], axis=1)
    pen = between(*PEN)
    starts, stops = _placed(starts, stops, pen)
    distance = _distances(starts.astype(np.float32), stops.astype(np.float32))
    ink = 0.5 + (pen[..., None] - distance) / between(*EDGE)[..., None]
    result: np.ndarray = (255 * np.clip(ink, 0, 1)).round().astype(np.uint8)
    return result


def _placed(
    starts: np.ndarray, stops: np.ndarray, pen: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Scale pieces (count, pieces, 2) so that their ink fits into the box, centred by mass."""
    ends = np.concatenate([starts, stops], axis=1)
    extent = np.ptp(ends, axis=1).max(axis=1)
    scale = (BOX - 2 * pen[:, 0]) / extent
    lengths = np.linalg.norm(stops - starts, axis=2)[..., None]
    middle = (lengths * (starts + stops) / 2).sum(axis=1) / lengths.sum(axis=1)

    starts, stops = (
        (points - middle[:, None]) * scale[:, None, None] + (SIZE - 1) / 2
        for points in (starts, stops)
    )
    return starts, stops


def _distances(starts: np.ndarray, stops: np.ndarray) -> np.ndarray:
    """Return how far each pixel is from the nearest piece: (count, SIZE, SIZE), in pixels."""
    x = np.arange(SIZE, dtype=np.float32)[None, None, :]
    y = np.arange(SIZE, dtype=np.float32)[None, :, None]
    nearest = np.full((len(starts), SIZE, SIZE), np.inf, np.float32)
    pieces = zip(starts.swapaxes(0, 1), (stops - starts).swapaxes(0, 1), strict=True)
    for start, along in pieces:
        (from_x, from_y), (along_x, along_y) = start.T[..., None, None], along.T[..., None, None]
        right, down = x - from_x, y - from_y
        squared = np.maximum(along_x**2 + along_y**2, np.float32(1e-9))
        place = np.clip((right * along_x + down * along_y) / squared, 0, 1)
        right, down = right - place * along_x, down - place * along_y
        np.minimum(nearest, right**2 + down**2, out=nearest)
    result: np.ndarray = np.sqrt(nearest)
    return result
