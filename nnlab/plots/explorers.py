"""Interactive parts of the page: points in a plane, wrong answers, pages before and after cleaning.

Each is made from arrays in the files of a run. The files are untrusted, so the arrays are checked.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab.plots.plane_ranges import axis_ranges
from nnlab.wording import counted

Array = npt.NDArray[Any]

MOST_POINTS = 3_000
MOST_IMAGES = 600
MOST_SPRITE_PIXELS = 2**20
LONGEST_SIDE = 1_200
"""Pixels of the longer side of a scanned page; larger pages are reduced."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A grey image of an explorer.

    Attributes:
        pixels: uint8 (height, width).
        alt: What it shows, in words.
    """

    pixels: Array
    alt: str


@dataclass(frozen=True)
class Explorer:
    """An interactive part of the page.

    Attributes:
        kind: Names the template and script that show it: plane, misclassified or pages.
        data: What the script reads; JSON-able, without NaN.
        pictures: A sprite of all small images, or the noisy, the cleaned and the true page.
        note: What is shown and what is left out.
    """

    kind: str
    data: Mapping[str, Any]
    pictures: Sequence[Picture]
    note: str = ""


def plane(
    names: Sequence[str], points: Array, labels: Array, thumbnails: Array | None = None
) -> Explorer:
    """Let the reader go from point to point and see the image of each.

    Args:
        names: The classes.
        points: float (points, 2).
        labels: int (points,), indices into `names`.
        thumbnails: uint8 (images, height, width), the images of the first points.

    Raises:
        ValueError: The arrays have another type or shape, or do not match.
    """
    _check("points", points, 2, "f")
    _check_classes("labels", labels, names)
    images = labels[:0] if thumbnails is None else thumbnails
    if thumbnails is not None:
        _check("thumbnails", thumbnails, 3, "u")
    if points.shape != (len(labels), 2) or len(images) > len(points):
        raise ValueError("the numbers of points, labels and thumbnails do not match")
    x, y = axis_ranges(points[np.isfinite(points).all(axis=1)])
    count = min(_most_cells(images), len(images))
    inside = ((points >= (x[0], y[0])) & (points <= (x[1], y[1]))).all(axis=1)
    rows = np.flatnonzero(inside)[:MOST_POINTS]
    rows = np.concatenate([rows[rows < count], rows[rows >= count]])
    pictured = int((rows < count).sum())
    data = {
        "names": list(names),
        "x": x,
        "y": y,
        "points": [
            [float(f"{points[row, 0]:.4g}"), float(f"{points[row, 1]:.4g}"), int(labels[row])]
            for row in rows
        ],
        **_cells(images, pictured),
    }
    sprite = [_sprite(images[rows[:pictured]], "The images of the points")] if pictured else []
    explored = f"{pictured:,} test images" if pictured else f"{len(rows):,} test images, as points"
    return Explorer("plane", data, sprite, f"{explored} of {len(points):,}.")


def misclassified(
    names: Sequence[str], images: Array, labels: Array, predictions: Array, probabilities: Array
) -> Explorer:
    """Let the reader browse the misclassified images, the most confident errors first.

    Args:
        names: The classes.
        images: uint8 (images, height, width).
        labels: int (images,), indices into `names`.
        predictions: Likewise.
        probabilities: float (images,), of the predictions.

    Raises:
        ValueError: The arrays have another type or shape, or differ in length.
    """
    _check("images", images, 3, "u")
    _check_classes("labels", labels, names)
    _check_classes("predictions", predictions, names)
    _check("probabilities", probabilities, 1, "f")
    if len({len(some) for some in (images, labels, predictions, probabilities)}) > 1:
        raise ValueError("the numbers of misclassified images, labels and predictions differ")
    rows = np.argsort(-probabilities, kind="stable")[: _most_cells(images)]
    shown = [
        [int(labels[row]), int(predictions[row]), round(100 * float(probabilities[row]), 1)]
        for row in rows
    ]
    if not all(math.isfinite(one[2]) for one in shown):
        raise ValueError("a probability is not a finite number")
    data = {"names": list(names), "images": shown, **_cells(images, len(rows))}
    sprite = [_sprite(images[rows], "All misclassified images")] if len(rows) else []
    note = f"{counted(len(images), 'error')} in total"
    if len(rows) < len(images):
        note += f"; the {len(rows):,} most confident are shown"
    return Explorer("misclassified", data, sprite, f"{note}.")


def pages(kind: str, noisy: Array, cleaned: Array, true: Array, note: str) -> Explorer:
    """Let the reader slide the cleaned page over the noisy one, and see the true one.

    Args:
        kind: The kind of noise, such as "coffee".
        noisy: uint8 (height, width), like the other two.
        cleaned: The page as cleaned by the network.
        true: The page as printed.
        note: What was measured.

    Raises:
        ValueError: The pages have another type or shape, or differ in size.
    """
    named = {"Noisy page": noisy, "Cleaned page": cleaned, "Ground truth": true}
    for name, page in named.items():
        _check(name.lower(), page, 2, "u")
    if len({page.shape for page in named.values()}) > 1 or not noisy.size:
        raise ValueError("the noisy, the cleaned and the true page differ in size")
    step = math.ceil(max(noisy.shape) / LONGEST_SIDE)
    pictures = [
        Picture(np.ascontiguousarray(page[::step, ::step]), f"{name}: {kind}")
        for name, page in named.items()
    ]
    return Explorer("pages", {"kind": kind}, pictures, note)


def _check(name: str, array: Array, dimensions: int, kind: str) -> None:
    if array.ndim != dimensions or array.dtype.kind != kind or (kind == "u" and array.itemsize > 1):
        raise ValueError(f"{name!r} is {array.dtype} {array.shape}")


def _check_classes(name: str, array: Array, names: Sequence[str]) -> None:
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise ValueError(f"{name!r} is {array.dtype} {array.shape}")
    if len(array) and not 0 <= int(array.min()) <= int(array.max()) < len(names):
        raise ValueError(f"{name!r} has classes without a name")


def _most_cells(images: Array) -> int:
    """Return how many images of this size fit on the page."""
    return min(MOST_IMAGES, MOST_SPRITE_PIXELS // max(math.prod(images.shape[1:]), 1))


def _cells(images: Array, count: int) -> dict[str, Any]:
    """Return where the script finds an image in the sprite."""
    height, width = images.shape[1:] if count else (0, 0)
    return {"count": count, "columns": _columns(count), "cell": [width, height]}


def _columns(count: int) -> int:
    return math.ceil(math.sqrt(count))


def _sprite(images: Array, alt: str) -> Picture:
    """Return all images in one, row by row."""
    count, height, width = images.shape
    columns = _columns(count)
    rows = math.ceil(count / columns)
    cells = np.zeros((rows * columns, height, width), np.uint8)
    cells[:count] = images
    sheet = cells.reshape(rows, columns, height, width).swapaxes(1, 2)
    return Picture(sheet.reshape(rows * height, columns * width), alt)
