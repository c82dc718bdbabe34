"""What a reader of the page can explore: places in the plane, wrong answers, cleaned pages.

Each explorer is made of a run's evidence alone, and evidence is anyone's: it is checked first.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.errors import DataError
from nnlab.report.page_figures import Picture, image
from nnlab.runs.folder import RunFolder

MOST_POINTS = 3_000
MOST_IMAGES = 600
MOST_SPRITE_PIXELS = 2**20
LONGEST_SIDE = 1_200
"""Pixels of a page of paper; larger ones are shown smaller."""


@dataclass(frozen=True)
class Explorer:
    """An interactive part of the page.

    Attributes:
        kind: Which template and which script show it: plane, misclassified or pages.
        data: What the script reads, JSON-able, without NaN.
        pictures: A sprite of all small images, or the noisy, the cleaned and the true page.
        note: What is shown and what is left out.
    """

    kind: str
    data: Mapping[str, Any]
    pictures: Sequence[Picture]
    note: str = ""


def explorers(folder: RunFolder, metrics: Mapping[str, Any]) -> list[Explorer]:
    """Return what can be explored of a finished run.

    Raises:
        DataError: Its evidence is missing, damaged, or does not fit its metrics.
    """
    make = _MAKERS.get(str(metrics.get("experiment")))
    if make is None:
        return []
    arrays = folder.read_evidence()
    try:
        return make(arrays, metrics["details"])
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        reason = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
        raise DataError(
            f"{folder.evidence}: expected the evidence of {metrics['experiment']}, but {reason}"
        ) from error


def _plane(arrays: Mapping[str, np.ndarray], details: Mapping[str, Any]) -> list[Explorer]:
    from nnlab.experiments.embed.figures.plane_ranges import axis_ranges

    names = _names(details)
    points, labels = _checked(arrays, "points", 2, "f"), _classes(arrays, "labels", names)
    images = _checked(arrays, "thumbnails", 3, "u") if "thumbnails" in arrays else labels[:0]
    if points.shape != (len(labels), 2) or len(images) > len(points):
        raise ValueError("points, labels and thumbnails do not belong together")
    x, y = axis_ranges(points[np.isfinite(points).all(axis=1)])
    count = min(_most_cells(images), len(images))
    inside = ((points >= (x[0], y[0])) & (points <= (x[1], y[1]))).all(axis=1)
    rows = np.flatnonzero(inside)[:MOST_POINTS]
    rows = np.concatenate([rows[rows < count], rows[rows >= count]])
    pictured = int((rows < count).sum())
    data = {
        "names": names,
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
    return [Explorer("plane", data, sprite, f"{explored} of {len(points):,}.")]


def _misclassified(arrays: Mapping[str, np.ndarray], details: Mapping[str, Any]) -> list[Explorer]:
    names = _names(details)
    images = _checked(arrays, "misclassified_images", 3, "u")
    labels = _classes(arrays, "misclassified_labels", names)
    predictions = _classes(arrays, "misclassified_predictions", names)
    probabilities = _checked(arrays, "misclassified_probabilities", 1, "f")
    if len({len(some) for some in (images, labels, predictions, probabilities)}) > 1:
        raise ValueError("the misclassified images, labels and predictions differ in number")
    rows = np.argsort(-probabilities, kind="stable")[: _most_cells(images)]
    shown = [
        [int(labels[row]), int(predictions[row]), round(100 * float(probabilities[row]), 1)]
        for row in rows
    ]
    if not all(math.isfinite(one[2]) for one in shown):
        raise ValueError("a probability is no number")
    data = {"names": names, "images": shown, **_cells(images, len(rows))}
    sprite = [_sprite(images[rows], "All misclassified images")] if len(rows) else []
    few = f"The {len(rows):,} that the network was surest of, of" if len(rows) < len(images) else ""
    return [Explorer("misclassified", data, sprite, f"{few} {len(images):,} in all.".strip())]


def _pages(arrays: Mapping[str, np.ndarray], details: Mapping[str, Any]) -> list[Explorer]:
    made = []
    for number, one in enumerate(details["shown"]):
        names = ("noisy", "cleaned", "true")
        pages = [_checked(arrays, f"{name}_{number}", 2, "u") for name in names]
        if len({page.shape for page in pages}) > 1 or not pages[0].size:
            raise ValueError(f"the pages noisy_{number}, cleaned_{number} and true_{number} differ")
        step = math.ceil(max(pages[0].shape) / LONGEST_SIDE)
        kind = str(one["kind"])
        pictures = [
            image(np.ascontiguousarray(page[::step, ::step]), f"{name} page: {kind}")
            for name, page in zip(("Noisy", "Cleaned", "True"), pages, strict=True)
        ]
        note = f"RMSE {one['before']:.3f} before, {one['after']:.3f} after"
        made.append(Explorer("pages", {"kind": kind}, pictures, note))
    return made


_MAKERS: dict[str, Callable[[Mapping[str, np.ndarray], Mapping[str, Any]], list[Explorer]]] = {
    "embed": _plane,
    "classify": _misclassified,
    "perm-test": _misclassified,
    "denoise": _pages,
}


def _names(details: Mapping[str, Any]) -> list[str]:
    return [str(name) for name in details["class_names"]]


def _checked(arrays: Mapping[str, np.ndarray], name: str, dimensions: int, kind: str) -> np.ndarray:
    array = arrays[name]
    if array.ndim != dimensions or array.dtype.kind != kind or (kind == "u" and array.itemsize > 1):
        raise ValueError(f"{name!r} is {array.dtype} {array.shape}")
    return array


def _classes(arrays: Mapping[str, np.ndarray], name: str, names: Sequence[str]) -> np.ndarray:
    array = arrays[name]
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise ValueError(f"{name!r} is {array.dtype} {array.shape}")
    if len(array) and not 0 <= int(array.min()) <= int(array.max()) < len(names):
        raise ValueError(f"{name!r} has classes without a name")
    return array


def _most_cells(images: np.ndarray) -> int:
    """Return how many images of this size the page takes."""
    return min(MOST_IMAGES, MOST_SPRITE_PIXELS // max(math.prod(images.shape[1:]), 1))


def _cells(images: np.ndarray, count: int) -> dict[str, Any]:
    """Return where the script finds an image in the sprite."""
    height, width = images.shape[1:] if count else (0, 0)
    return {"count": count, "columns": _columns(count), "cell": [width, height]}


def _columns(count: int) -> int:
    return math.ceil(math.sqrt(count))


def _sprite(images: np.ndarray, alt: str) -> Picture:
    """Return all images in one, row by row."""
    count, height, width = images.shape
    columns = _columns(count)
    rows = math.ceil(count / columns)
    cells = np.zeros((rows * columns, height, width), np.uint8)
    cells[:count] = images
    sheet = cells.reshape(rows, columns, height, width).swapaxes(1, 2)
    return image(sheet.reshape(rows * height, columns * width), alt)
