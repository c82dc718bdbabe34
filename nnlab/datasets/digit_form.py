"""A picture of a character, brought to the form of MNIST: from a scan, a drawing, or a photo.

As in MNIST (LeCun et al. 1998, section III.A) the ink fits a box of 20x20 pixels, its aspect kept,
and its centre of mass is the centre of 28x28. What a photo adds, uneven light, noise and specks, is
taken away first.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from nnlab.datasets.background import background_of
from nnlab.datasets.components import label_components
from nnlab.datasets.pictures import read_picture, valid_pictures
from nnlab.datasets.tight_pictures import bordered
from nnlab.errors import DataError, NnlabError

WORKING_SIDE = 512
"""Longer side in pixels that a larger picture is reduced to before anything else."""
DARK_BORDER = 48
"""Grey level up to which a border counts as black."""
FAINT = 8
"""Grey level up to which a pixel of such a picture may be noise."""
OFF_CENTRE = 0.04
"""Share of the picture by which a character in the form may lie beside the middle."""
MNIST_BOX = 0.85
"""Share of the picture that MNIST's characters stay within: 20 of 28 pixels, and some noise."""
EMNIST_BOX = 0.78
"""Share that EMNIST's exceed on their longer side: 22 to 26 of 28 pixels."""
LEAST_CONTRAST = 20.0
"""Grey levels by which ink must differ from the background."""
NOISE_SIGMAS = 5.0
"""Standard deviations of the noise by which it must differ."""
INK_LEVEL = 0.4
"""Share of the strongest ink that counts as ink."""
LEAST_PART = 0.05
"""Parts with a smaller share of the largest part's ink are specks."""
LEAST_STROKE = 2.0
"""Width that thinner strokes are brought to, in pixels of the result; MNIST's are 2 to 3."""
OVERSAMPLING = 4
"""How much larger than the result the character is while its strokes are measured."""


def to_digit_form(picture: np.ndarray, shape: tuple[int, int] = (28, 28)) -> np.ndarray:
    """Bring a picture of one character to the form of a data set.

    A picture that has the form already (size, light ink, black border) comes back untouched, and
    its negative comes back inverted. In any other, what the border shows is background, its light
    allowed to change smoothly; ink is what differs from it, darker or lighter.

    Args:
        picture: uint8 (height, width).
        shape: Height and width wanted.

    Returns:
        uint8 `shape`, light ink on black, the strongest 255, fitted into 20/28 of the shape and
        centred by mass.

    Raises:
        DataError: The picture is blank.
    """
    for same in (picture, 255 - picture):
        if _has_form(same, shape):
            return same
    ink = _character(_reduced(bordered(picture)))
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    cropped = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    box = (max(1, shape[0] * 20 // 28), max(1, shape[1] * 20 // 28))
    return _centred(_fitted(cropped, box), shape)


def has_characters(images: np.ndarray) -> bool:
    """Tell whether a data set's images (count, height, width) are light ink on a black border."""
    border = np.concatenate(
        [images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]], axis=1
    )
    return bool(np.median(border) <= DARK_BORDER)


def resized(picture: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Scale a picture to `shape` and change nothing else: for data sets of no characters."""
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
    """Tell whether light ink lies in its picture as in MNIST or EMNIST.

    MNIST's characters fit 20/28 of the picture and are centred by mass; EMNIST's are larger and
    centred by their box, exactly.
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


def _reduced(picture: np.ndarray) -> np.ndarray:
    """Average blocks of pixels until the picture has its working size: float32, 0 to 255."""
    from PIL import Image

    factor = -(-max(picture.shape) // WORKING_SIDE)
    image = Image.fromarray(picture)
    return np.asarray(image.reduce(factor) if factor > 1 else image).astype(np.float32)


def in_form(
    inputs: Iterable[str], shape: tuple[int, int], characters: bool
) -> Iterator[tuple[Path, np.ndarray] | NnlabError]:
    """Yield each picture that the inputs stand for, in a data set's form; an error for a bad one.

    Args:
        inputs: Names of files and folders.
        shape: Height and width of the set's images.
        characters: Whether they are light ink on black, as MNIST's.
    """
    to_form = to_digit_form if characters else resized
    for path in valid_pictures(inputs):
        if isinstance(path, NnlabError):
            yield path
            continue
        try:
            picture = read_picture(path)
        except NnlabError as error:
            yield error
            continue
        try:
            yield path, to_form(picture, shape)
        except DataError as error:
            yield DataError(f"{path}: {error}")


def _character(picture: np.ndarray) -> np.ndarray:
    """Separate the character from its background, its own specks and its surroundings.

    Returns:
        float32 like `picture`: how far the ink differs from the background, 0 elsewhere.

    Raises:
        DataError: There is no ink.
    """
    background = background_of(picture)
    darker = 255 * (background - picture) / np.maximum(background, 32)  # as on white paper
    lighter = picture - background
    radius = max(picture.shape) // 250
    found = [_strongest_parts(_smoothed(side, radius)) for side in (darker, lighter)]
    weight, ink = max(found, key=lambda weighed: weighed[0])
    if weight == 0:
        raise DataError(
            "no ink found: expected one character, darker or lighter than its background"
        )
    return ink


def _smoothed(values: np.ndarray, radius: int) -> np.ndarray:
    """Average over squares of 2 * radius + 1 pixels."""
    if radius == 0:
        return values
    side = 2 * radius + 1
    sums = np.pad(values, (radius + 1, radius), mode="edge").cumsum(0, np.float64).cumsum(1)
    columns = sums[side:] - sums[:-side]
    return ((columns[:, side:] - columns[:, :-side]) / side**2).astype(np.float32)


def _strongest_parts(difference: np.ndarray) -> tuple[float, np.ndarray]:
    """Keep the connected parts that can be a character.

    What touches the picture's edge is a shadow or a table, unless there is nothing else.

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
    return tall[:, :-2] | tall[:, 1:-1] | tall[:, 2:]


def _fitted(ink: np.ndarray, box: tuple[int, int]) -> np.ndarray:
    """Scale the ink, cropped to its edges, into a box: float32, as large as the box at most."""
    large = _resized(ink, (box[0] * OVERSAMPLING, box[1] * OVERSAMPLING))
    stroke = _stroke_width(large >= INK_LEVEL * large.max())
    lacking = round((LEAST_STROKE * OVERSAMPLING - stroke) / 2)
    return _resized(_thickened(large, lacking) if lacking > 0 else large, box)


def _resized(values: np.ndarray, box: tuple[int, int]) -> np.ndarray:
    """Scale to fit a box, aspect kept, averaging where it shrinks."""
    from PIL import Image

    height, width = values.shape
    scale = min(box[0] / height, box[1] / width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(Image.fromarray(values).resize(size, Image.Resampling.BILINEAR))


def _stroke_width(mask: np.ndarray) -> float:
    """Estimate the width of strokes in pixels: twice their area over their outline's length."""
    padded = np.pad(mask, 1)
    inner = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    outline = int(np.count_nonzero(mask & ~inner))
    return 2 * int(np.count_nonzero(mask)) / max(outline, 1)


def _thickened(ink: np.ndarray, radius: int) -> np.ndarray:
    """Let the ink spread by `radius` pixels to all sides."""
    wide = np.pad(ink, 2 * radius)
    for axis in (0, 1):
        windows = np.lib.stride_tricks.sliding_window_view(wide, 2 * radius + 1, axis=axis)
        wide = windows.max(axis=-1)
    return wide


def _centred(ink: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Put the ink into `shape` with its centre of mass in the middle, the strongest ink at 255."""
    image = np.zeros(shape, np.float32)
    window = []
    for axis, (size, room) in enumerate(zip(ink.shape, shape, strict=True)):
        profile = ink.sum(axis=1 - axis)
        middle = float(profile @ np.arange(size)) / float(profile.sum())
        start = min(max(round((room - 1) / 2 - middle), 0), room - size)
        window.append(slice(start, start + size))
    image[tuple(window)] = ink
    return (image * (255 / float(image.max()))).round().astype(np.uint8)
