"""Scaling ink into a box and centring it by mass, as in MNIST."""

import numpy as np

from nnlab.datasets.images.ink import INK_LEVEL

LEAST_STROKE = 2.0
"""Width to which thinner strokes are thickened, in pixels of the result; MNIST's are 2 to 3."""
OVERSAMPLING = 4
"""Scale, relative to the result, at which strokes are measured."""


def fitted(ink: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Fit ink into 20/28 of `shape` and centre it by mass.

    Args:
        ink: float32 (height, width), 0 where there is no ink.
        shape: Target height and width.

    Returns:
        uint8 `shape`, the strongest ink 255.
    """
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    cropped = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    box = (max(1, shape[0] * 20 // 28), max(1, shape[1] * 20 // 28))
    return _centred(_fitted(cropped, box), shape)


def _fitted(ink: np.ndarray, box: tuple[int, int]) -> np.ndarray:
    """Scale the ink, cropped to its edges, into a box: float32, at most as large as the box."""
    large = _resized(ink, (box[0] * OVERSAMPLING, box[1] * OVERSAMPLING))
    stroke = _stroke_width(large >= INK_LEVEL * large.max())
    lacking = round((LEAST_STROKE * OVERSAMPLING - stroke) / 2)
    return _resized(_thickened(large, lacking) if lacking > 0 else large, box)


def _resized(values: np.ndarray, box: tuple[int, int]) -> np.ndarray:
    """Scale to fit into a box without distortion, averaging when shrinking."""
    from PIL import Image

    height, width = values.shape
    scale = min(box[0] / height, box[1] / width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(Image.fromarray(values).resize(size, Image.Resampling.BILINEAR))


def _stroke_width(mask: np.ndarray) -> float:
    """Estimate the width of strokes in pixels: twice their area divided by their outline."""
    padded = np.pad(mask, 1)
    inner = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    outline = int(np.count_nonzero(mask & ~inner))
    return 2 * int(np.count_nonzero(mask)) / max(outline, 1)


def _thickened(ink: np.ndarray, radius: int) -> np.ndarray:
    """Spread the ink by `radius` pixels to all sides."""
    wide = np.pad(ink, 2 * radius)
    for axis in (0, 1):
        windows = np.lib.stride_tricks.sliding_window_view(wide, 2 * radius + 1, axis=axis)
        wide = windows.max(axis=-1)
    return wide


def _centred(ink: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Place the ink in `shape` with its centre of mass in the middle, the strongest ink 255."""
    image = np.zeros(shape, np.float32)
    window = []
    for axis, (size, room) in enumerate(zip(ink.shape, shape, strict=True)):
        profile = ink.sum(axis=1 - axis)
        middle = float(profile @ np.arange(size)) / float(profile.sum())
        start = min(max(round((room - 1) / 2 - middle), 0), room - size)
        window.append(slice(start, start + size))
    image[tuple(window)] = ink
    return (image * (255 / float(image.max()))).round().astype(np.uint8)
