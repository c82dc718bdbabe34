"""The embedded sample: letters and digits drawn from fonts and distorted like handwriting.

The pixels of an image are mapped into the distance field of a glyph: rotated, slanted, stretched,
and displaced by a smooth random field that imitates an unsteady hand (elastic distortion: Simard,
Steinkraus and Platt, "Best Practices for Convolutional Neural Networks", 2003). As in MNIST, the
ink fits into a box of 20x20 pixels and is centred by mass in 28x28.

    glyph_images("0123456789", 10_000, seed=0) -> images of ten classes, 1,000 of each
    glyph_images("abc", 9, seed=0)             -> labels 0, 1 and 2, three of each, shuffled
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nnlab.datasets.samples.distance_fields import FIELD, GLYPH, distance_fields

SIZE = 28
BOX = 20
VIEW = 1.8
"""Side of the first view of a glyph, in units of its longer side; large enough for all the ink."""
KNOTS = 5
"""The elastic field consists of KNOTS x KNOTS Gaussian bumps."""
CHUNK = 500
"""Images drawn at a time, so that their arrays stay in the processor's cache."""

MAX_TURN = np.radians(12)
MAX_SLANT = 0.3
STRETCH = 0.15
WOBBLE = 0.042
THICKNESS = (-0.004, 0.04)
BLUR = (0.07, 0.14)
STRENGTH = (0.85, 1.1)
GRAIN = 0.1


@dataclass(frozen=True)
class _Hand:
    """How each image of a batch is drawn; lengths are in units of the glyph's longer side.

    Attributes:
        affine: float32 (count, 2, 2), from the image's directions (y, x) to the glyph's.
        wobble: float32 (count, 2, KNOTS, KNOTS), heights of the elastic field's bumps.
        thickness: float32 (count, 1, 1), distance that the ink extends beyond the outline.
        blur: float32 (count, 1, 1), width of the ink's soft edge.
        strength: float32 (count, 1, 1), brightness of the ink; above 1 it is saturated.
    """

    affine: np.ndarray
    wobble: np.ndarray
    thickness: np.ndarray
    blur: np.ndarray
    strength: np.ndarray


@lru_cache(maxsize=2)  # the runs of a group need the same images
def glyph_images(alphabet: str, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw images of characters, the same ones for the same arguments and library versions.

    Args:
        alphabet: The characters, one class each, 256 at most; such as "0123456789".
        count: Number of images, equal for all classes to within one.
        seed: Seed of the images.

    Returns:
        images: uint8 (count, 28, 28), light ink on black; read-only.
        labels: uint8 (count,), indices into `alphabet`; read-only.

    Raises:
        DataError: No font has all of the characters, or one of them has no ink.
    """
    if not 1 <= len(alphabet) <= 256:
        raise ValueError(f"expected an alphabet of 1 to 256 characters, got {len(alphabet)}")
    fields = distance_fields(alphabet)
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(count) % len(alphabet)).astype(np.uint8)
    fonts = rng.integers(len(fields), size=count)
    images = np.empty((count, SIZE, SIZE), np.uint8)
    for start in range(0, count, CHUNK):
        part = slice(start, start + CHUNK)
        images[part] = _draw(fields[fonts[part], labels[part]], rng)
    for array in (images, labels):
        array.setflags(write=False)
    return images, labels


def _draw(fields: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw each field (count, FIELD, FIELD) once, in a different hand: uint8 (count, 28, 28)."""
    count = len(fields)
    hand = _random_hand(count, rng)
    centred = (np.arange(SIZE, dtype=np.float32) - (SIZE - 1) / 2) * np.ones((count, 1), np.float32)
    first_look = centred * np.float32(VIEW / SIZE)
    middle, extent = _place(_ink(fields, first_look, first_look, hand), first_look)
    step = extent / BOX
    ink = _ink(fields, middle[0] + centred * step, middle[1] + centred * step, hand)
    grain = rng.standard_normal(ink.shape, np.float32) * np.float32(GRAIN)
    result: np.ndarray = (
        (np.clip(ink * (hand.strength + grain), 0, 1) * 255).round().astype(np.uint8)
    )
    return result


def _random_hand(count: int, rng: np.random.Generator) -> _Hand:
    def between(low: float, high: float) -> np.ndarray:
        return rng.uniform(low, high, (count, 1, 1)).astype(np.float32)

    turn = rng.uniform(-MAX_TURN, MAX_TURN, count)
    slant = rng.uniform(-MAX_SLANT, MAX_SLANT, count)
    narrow = np.exp(rng.uniform(-STRETCH, STRETCH, count))
    cos, sin = np.cos(turn), np.sin(turn)
    rotation = np.stack([cos, -sin, sin, cos], axis=1).reshape(count, 2, 2)
    stretch = np.stack([np.ones(count), np.zeros(count), slant, narrow], axis=1)
    return _Hand(
        affine=(stretch.reshape(count, 2, 2) @ rotation).astype(np.float32),
        wobble=rng.normal(0, WOBBLE, (count, 2, KNOTS, KNOTS)).astype(np.float32),
        thickness=between(*THICKNESS),
        blur=between(*BLUR),
        strength=between(*STRENGTH),
    )


def _ink(fields: np.ndarray, y: np.ndarray, x: np.ndarray, hand: _Hand) -> np.ndarray:
    """Return the ink at the points of each image's grid.

    Args:
        fields: float32 (count, FIELD, FIELD).
        y: float32 (count, height), the rows' coordinates.
        x: float32 (count, width), the columns' coordinates.
        hand: How to draw.

    Returns:
        float32 (count, height, width), 0 to 1.
    """
    bent = _bumps(y)[:, None] @ hand.wobble @ _bumps(x)[:, None].swapaxes(-1, -2)
    rows, columns = y[:, :, None], x[:, None, :]
    a = hand.affine[:, :, :, None, None]
    glyph_y = a[:, 0, 0] * rows + a[:, 0, 1] * columns + bent[:, 0]
    glyph_x = a[:, 1, 0] * rows + a[:, 1, 1] * columns + bent[:, 1]
    distance = _interpolate(fields, glyph_y, glyph_x)
    result: np.ndarray = np.clip(0.5 + (distance + hand.thickness) / hand.blur, 0, 1)
    return result


def _bumps(position: np.ndarray) -> np.ndarray:
    """Return the height of each bump at `position` (count, points): (count, points, KNOTS)."""
    knots = np.linspace(-0.6, 0.6, KNOTS, dtype=np.float32)
    spacing = knots[1] - knots[0]
    result: np.ndarray = np.exp(-0.5 * ((position[:, :, None] - knots) / spacing) ** 2)
    return result


def _interpolate(fields: np.ndarray, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Interpolate the fields bilinearly; beyond the edge, the value at the edge is used."""
    scale, origin = np.float32(GLYPH), np.float32((FIELD - 1) / 2)
    y = np.clip(y * scale + origin, 0, FIELD - 1.001)
    x = np.clip(x * scale + origin, 0, FIELD - 1.001)
    top, left = y.astype(np.int32), x.astype(np.int32)
    down, right = y - top, x - left
    start = np.arange(len(fields), dtype=np.int32)[:, None, None] * FIELD**2
    corner = start + top * FIELD + left
    flat = fields.reshape(-1)
    upper = flat[corner] * (1 - right) + flat[corner + 1] * right
    corner += FIELD
    lower = flat[corner] * (1 - right) + flat[corner + 1] * right
    result: np.ndarray = upper * (1 - down) + lower * down
    return result


def _place(ink: np.ndarray, grid: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find where the ink is in the first view.

    Returns:
        Centre of mass (y, x), float32 (2, count, 1), and the ink's longer side (count, 1).
    """
    step = grid[0, 1] - grid[0, 0]
    profiles = (ink.sum(axis=2), ink.sum(axis=1))
    mass = np.maximum(profiles[0].sum(axis=1), 1e-6)
    middle = np.array([(profile * grid).sum(axis=1) / mass for profile in profiles])
    inked = [(line.max(axis=2 - axis) > 0.3) for axis, line in ((0, ink), (1, ink))]
    extents = [step * _span(rows) for rows in inked]
    return middle[:, :, None], np.maximum(*extents)[:, None]


def _span(marked: np.ndarray) -> np.ndarray:
    """Return the number of columns of (count, size) from the first marked one to the last."""
    size = marked.shape[1]
    result: np.ndarray = size - marked.argmax(axis=1) - marked[:, ::-1].argmax(axis=1)
    return result
