"""Images in rows, each with words under it."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nnlab.plots import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = 8
MOST_IMAGES = 40
LONGEST_NAME = 16  # characters
NARROWEST = 6.0  # inches, as all sizes below
IMAGE = 0.95
GAP = 0.16
LINE = 0.17  # of a caption
TITLE_LINE = 0.24


def misclassified_images(
    images: npt.NDArray[Any],
    labels: npt.ArrayLike,
    predictions: npt.ArrayLike,
    probabilities: npt.ArrayLike,
    class_names: Sequence[str],
    footer: str = "",
) -> "Figure":
    """Draw the misclassified images, those first that the network was surest of; at most 40.

    Args:
        images: the images that were misclassified, (count, height, width[, channels]), uint8 or
            floats from 0 to 1.
        labels: their true classes.
        predictions: what they were taken for.
        probabilities: the probability that the network gave to each prediction, 0 to 1.
        class_names: a name for each class.
        footer: data set and seed, for the foot of the figure.

    Returns:
        The figure; if there is no image, it says so.
    """
    certainty = np.asarray(probabilities, dtype=np.float64)
    surest = np.argsort(-certainty, kind="stable")
    names = [style.plain(name, LONGEST_NAME) for name in class_names]
    arrow = "\n→ " if any(len(name) > 5 for name in names) else " → "
    captions = [
        f"{names[label]}{arrow}{names[prediction]}\n{100 * probability:.1f} %"
        for label, prediction, probability in zip(
            np.asarray(labels, dtype=np.int64)[surest],
            np.asarray(predictions, dtype=np.int64)[surest],
            certainty[surest],
            strict=True,
        )
    ]
    return image_grid(
        [images[i] for i in surest],
        captions,
        "Misclassified, most confident first: true class → prediction, probability",
        footer,
        nothing="No image was misclassified.",
    )


def image_grid(
    images: Sequence[npt.NDArray[Any]] | npt.NDArray[Any],
    captions: Sequence[str],
    title: str = "",
    footer: str = "",
    columns: int = COLUMNS,
    nothing: str = "There is no image.",
) -> "Figure":
    """Draw images in rows, each with its caption (one line or more) under it; at most 40.

    Args:
        images: (height, width) or (height, width, 1) grey, (height, width, 3) colour; uint8, or
            floats from 0 to 1.
        captions: as many as there are images.
        title: Above the grid; it says so if there are more than 40 images.
        footer: data set and seed, for the foot of the figure.
        columns: images in a row.
        nothing: what the figure says if there is no image.

    Raises:
        ValueError: if there is not a caption for each image.
    """
    if len(images) != len(captions):
        raise ValueError(f"expected a caption an image, got {len(images)} and {len(captions)}")
    if len(images) > MOST_IMAGES:
        title = f"{title} ({MOST_IMAGES} of {len(images):,})"
    images = images[:MOST_IMAGES]
    texts = [
        [style.plain(line) for line in caption.split("\n")] for caption in captions[:MOST_IMAGES]
    ]
    lines = max((len(text) for text in texts), default=0)
    widest = max((style.text_width(line, style.TEXT_SIZE) for t in texts for line in t), default=0)
    column, row = max(IMAGE, widest) + GAP, IMAGE + LINE * lines + GAP
    columns = min(columns, len(images))
    width = max(2 * style.MARGIN + column * columns, NARROWEST)
    heading = style.wrapped(title, width - 2 * style.MARGIN, style.TITLE_SIZE)
    top = style.MARGIN + TITLE_LINE * len(heading) + GAP / 2
    rows = math.ceil(len(images) / columns) if columns else 1
    height = top + row * rows + style.footer_height(footer, width)

    figure = style.new_figure(width, height, arranged=False)
    _write(figure, style.MARGIN, style.MARGIN, "\n".join(heading), style.TITLE_SIZE, "left")
    if not columns:
        _write(figure, width / 2, top + row / 3, style.plain(nothing), style.TITLE_SIZE, "center")
    left = (width - column * columns) / 2
    for place, (image, text) in enumerate(zip(images, texts, strict=True)):
        x = left + column * (place % columns + 0.5)
        y = top + row * (place // columns)
        _show(figure, image, x - IMAGE / 2, y)
        _write(figure, x, y + IMAGE + 0.04, "\n".join(text), style.TEXT_SIZE, "center")
    style.footer(figure, footer)
    return figure


def _show(figure: "Figure", image: npt.NDArray[Any], x: float, y: float) -> None:
    """Show an image with its left upper corner at (x, y) inches from that of the figure."""
    width, height = figure.get_size_inches()
    axes = figure.add_axes((x / width, 1 - (y + IMAGE) / height, IMAGE / width, IMAGE / height))
    pixels = image[..., 0] if image.ndim == 3 and image.shape[2] == 1 else image
    white = 255 if np.issubdtype(image.dtype, np.integer) else 1
    axes.imshow(pixels, cmap="gray", vmin=0, vmax=white, interpolation="nearest")
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_color(style.LIGHT_GREY)


def _write(figure: "Figure", x: float, y: float, text: str, size: float, align: str) -> None:
    """Write text whose top is at (x, y) inches from the left upper corner of the figure."""
    width, height = figure.get_size_inches()
    figure.text(x / width, 1 - y / height, text, fontsize=size, ha=align, va="top")
