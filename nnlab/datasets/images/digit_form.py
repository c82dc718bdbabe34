"""Converting a picture of a character (a scan, a drawing or a photo) to the form of MNIST.

As in MNIST (LeCun et al. 1998, section III.A), the ink fits into a box of 20x20 pixels without
distortion, with its centre of mass in the centre of 28x28 pixels. Uneven light, noise and specks of
a photo are removed first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.datasets.images.characters_apart import characters_apart
from nnlab.datasets.images.fitting import fitted
from nnlab.datasets.images.ink import INK_LEVEL, LEAST_CONTRAST, ink_of
from nnlab.datasets.images.tight_pictures import bordered

WORKING_SIDE = 512
"""Longer side in pixels to which a larger picture is reduced first."""
DARK_BORDER = 48
"""Grey level up to which a border counts as black."""
FAINT = 8
"""Grey level up to which a pixel of a picture in the form may be noise."""
OFF_CENTRE = 0.04
"""Share of the picture by which a character in the form may be off centre."""
MNIST_BOX = 0.85
"""Share of the picture that MNIST's characters do not exceed: 20 of 28 pixels, and some noise."""
EMNIST_BOX = 0.78
"""Share that the longer side of EMNIST's characters exceeds: 22 to 26 of 28 pixels."""


@dataclass(frozen=True, eq=False)
class Character:
    """One character of a picture.

    Attributes:
        image: uint8, in the data set's form.
        box: Left, top, right and bottom in pixels of the picture; right and bottom are exclusive.
    """

    image: np.ndarray
    box: tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class Form:
    """A picture in a data set's form.

    Attributes:
        image: uint8, the picture as a whole.
        characters: The characters side by side in it, from left to right; at least one.
    """

    image: np.ndarray
    characters: Sequence[Character]


def in_parts(picture: np.ndarray, shape: tuple[int, int] = (28, 28)) -> Form:
    """Convert a picture to the form of a data set, as a whole and character by character.

    A picture already in that form (size, light ink, black border) is returned unchanged, and its
    negative inverted. In any other, the border shows the background, whose brightness may vary
    smoothly; ink is whatever is darker or lighter.

    Args:
        picture: uint8 (height, width).
        shape: Target height and width.

    Returns:
        Images of `shape`, light ink on black, the strongest 255, fitted into 20/28 of the shape
        and centred by mass.

    Raises:
        DataError: The picture is blank.
    """
    for same in (picture, 255 - picture):
        if _has_form(same, shape):
            found = characters_apart(same)
            boxes = [_box(ink, 1, (0, 0)) for ink in found]
            images = [same] if len(found) == 1 else [fitted(_as_float(ink), shape) for ink in found]
            return Form(same, _characters(images, boxes, picture.shape))
    reduced, factor = _reduced(picture)
    padded = bordered(reduced)
    ink = ink_of(_as_float(padded.pixels))
    found = characters_apart(ink)
    scale = factor / padded.times
    corner = (padded.width * scale,) * 2
    whole = fitted(ink, shape)
    images = [whole] if len(found) == 1 else [fitted(one, shape) for one in found]
    boxes = [_box(one, scale, corner) for one in found]
    return Form(whole, _characters(images, boxes, picture.shape))


def has_characters(images: np.ndarray) -> bool:
    """Return whether a data set's images (count, height, width) are light ink on black."""
    border = np.concatenate(
        [images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]], axis=1
    )
    return bool(np.median(border) <= DARK_BORDER)


def resized(picture: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Scale a picture to `shape` and change nothing else, for data sets without characters."""
    from PIL import Image

    if picture.shape == tuple(shape):
        return picture
    image = Image.fromarray(picture).resize((shape[1], shape[0]), Image.Resampling.BOX)
    return np.asarray(image)


def _has_form(picture: np.ndarray, shape: tuple[int, int]) -> bool:
    if picture.shape != tuple(shape):
        return False
    border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    level = np.median(border)
    if level > DARK_BORDER or picture.max() < level + 2 * LEAST_CONTRAST:
        return False
    return _is_placed(picture)


def _is_placed(picture: np.ndarray) -> bool:
    """Return whether light ink has the size and position of MNIST or EMNIST characters.

    MNIST's characters fit into 20/28 of the picture and are centred by mass; EMNIST's are larger
    and exactly centred by their bounding box.
    """
    by_mass, by_box, fits, large = True, True, True, False
    for axis in (0, 1):
        profile = picture.sum(axis=1 - axis, dtype=np.float64)
        strongest = picture.max(axis=1 - axis)
        size = len(profile)
        middle = float(profile @ np.arange(size)) / float(profile.sum())
        by_mass &= abs(middle - size / 2) <= size * OFF_CENTRE
        first, last = _ends(strongest > FAINT)
        fits &= last - first < size * MNIST_BOX
        first, last = _ends(strongest > 0)
        by_box &= abs(first + last + 1 - size) <= 1 and last - first < size - 1
        large |= last - first + 1 >= size * EMNIST_BOX
    return bool((by_mass and fits) or (by_box and large))


def _ends(marked: np.ndarray) -> tuple[int, int]:
    places = np.flatnonzero(marked)
    return int(places[0]), int(places[-1])


def _reduced(picture: np.ndarray) -> tuple[np.ndarray, int]:
    """Average blocks of pixels until the picture has its working size.

    Returns:
        uint8; and the side of the blocks.
    """
    from PIL import Image

    factor = -(-max(picture.shape) // WORKING_SIDE)
    image = Image.fromarray(picture)
    return np.asarray(image.reduce(factor) if factor > 1 else image), factor


def _as_float(ink: np.ndarray) -> np.ndarray:
    return ink.astype(np.float32)


def _box(ink: np.ndarray, scale: float, corner: tuple[float, float]) -> list[float]:
    """Return left, top, right and bottom of the ink in pixels of the original picture."""
    strong = ink >= INK_LEVEL * ink.max()
    (top, bottom), (left, right) = (_ends(strong.any(axis=axis)) for axis in (1, 0))
    ends = (left, top, right + 1, bottom + 1)
    return [end * scale - corner[place % 2] for place, end in enumerate(ends)]


def _characters(
    images: Sequence[np.ndarray], boxes: Iterable[Sequence[float]], shape: tuple[int, ...]
) -> list[Character]:
    height, width = shape
    found = []
    for image, box in zip(images, boxes, strict=True):
        left, top = (max(0, int(np.floor(value))) for value in box[:2])
        right, bottom = min(width, int(np.ceil(box[2]))), min(height, int(np.ceil(box[3])))
        found.append(Character(image, (left, top, right, bottom)))
    return found
