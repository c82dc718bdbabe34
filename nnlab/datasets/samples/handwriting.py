"""Pages of handwriting: loops and strokes of a broad pen that look like letters from afar."""

from typing import TYPE_CHECKING

import numpy as np

from nnlab.datasets.samples.curves import through

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

FINE = 2
"""Pixels of the drawing per pixel of the page, for soft edges."""


def written_page(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Write a page in a random hand, cut off at the edges.

    Args:
        shape: Its height and width in pixels.
        rng: Determines the page.

    Returns:
        uint8 (height, width): 0 ink to 255 paper, with soft edges.
    """
    from PIL import Image, ImageDraw

    height, width = shape
    page = Image.new("L", (FINE * width, FINE * height), 255)
    pen = ImageDraw.Draw(page)
    size = FINE * rng.uniform(6, 18)  # of a letter without ascender
    slant, broad = rng.uniform(-0.1, 0.6), size * rng.uniform(0.08, 0.28)
    pitch = size * rng.uniform(2.6, 4.5)
    margin = FINE * rng.integers(0, max(1, width // 10))
    tilt = rng.normal(0, 0.01)
    for baseline in np.arange(rng.uniform(0, 2) * size, FINE * height + size, pitch):
        left = margin + rng.uniform(0, 2) * size
        end = FINE * width * (rng.uniform(0.3, 0.9) if rng.random() < 0.2 else 1)
        while left < end:
            points = _word(size, slant, rng)
            points += (left, baseline + tilt * left)
            _draw(pen, points, broad, rng.uniform(0.5, 1))
            left = points[:, 0].max() + size * rng.uniform(0.5, 1.2)
    small = page.resize((width, height), Image.Resampling.BOX)
    return np.asarray(small)


def _word(size: float, slant: float, rng: np.random.Generator) -> np.ndarray:
    """Return the path of the pen through a word, (points, 2): x and y, down is positive."""
    turns = [(0.0, 0.0)]
    x = 0.0
    for _ in range(rng.integers(1, 9)):
        top = rng.choice([1, 2.1], p=[0.75, 0.25]) * rng.uniform(0.85, 1.1)
        bottom = rng.choice([0, 0.9], p=[0.85, 0.15]) * rng.uniform(0.8, 1.1)
        for _ in range(rng.integers(1, 4)):  # as an l has one upstroke, and an m three
            x += rng.uniform(0.2, 0.5)
            turns.append((x, -top))
            x += rng.uniform(-0.15, 0.4)
            turns.append((x, bottom))
        x += rng.uniform(0.1, 0.4)
    path = size * through(np.array(turns))[:-1]  # without the last point, as before
    path[:, 0] -= slant * path[:, 1]
    return path


def _draw(pen: "ImageDraw", points: np.ndarray, broad: float, flow: float) -> None:
    """Draw a path, as broad as the pen on the way down and thinner elsewhere."""
    steps = np.diff(points, axis=0)
    downward = np.clip(steps[:, 1] / np.maximum(np.hypot(*steps.T), 1e-6), 0, 1)
    radii = broad * flow * (0.45 + 0.55 * downward) / 2
    for (x, y), (next_x, next_y), radius in zip(points[:-1], points[1:], radii, strict=True):
        pen.line((x, y, next_x, next_y), fill=0, width=max(1, round(2 * radius)))
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=0)
