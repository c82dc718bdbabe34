"""The confusion matrix as a figure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from nnlab.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

MOST_NUMBERED_CLASSES = 30
MOST_NAMED_CLASSES = 60
LONGEST_NAME = 24  # characters
NUMBER_WIDTH = 0.62  # of a digit, in ems
FEWEST, LEAST_RANGE = 0.8, 10  # the colours run from just under one error to ten at least


def confusion_matrix(
    matrix: npt.ArrayLike, class_names: Sequence[str], footer: str = ""
) -> "Figure":
    """Draw which class was taken for which.

    The errors are coloured on a logarithmic scale, so that one confusion is seen beside a hundred.
    The diagonal, larger by far, is grey and has no part in the colours. Numbers stand in the
    cells up to 30 classes; names at the axes up to 60, every second, third ... name beyond.

    Args:
        matrix: counts (classes, classes), row = true class, column = predicted class.
        class_names: a name for each class.
        footer: data set and seed, for the foot of the figure.

    Raises:
        ValueError: if the matrix is not square or a class has no name.
    """
    counts = np.asarray(matrix)
    classes = len(counts)
    if not classes or counts.shape != (classes, classes) or len(class_names) != classes:
        raise ValueError(
            "expected counts (classes, classes) and a name for each class, "
            f"got {counts.shape} and {len(class_names)} names"
        )
    names = [style.plain(name, LONGEST_NAME) for name in class_names]
    cell = max(min(0.6, 9.0 / classes), 2.6 / classes, 0.1)  # inches
    around = 0.8 + max(style.text_width(name, style.TEXT_SIZE) for name in names)
    side = cell * classes + around
    figure = style.new_figure(side + 1.1, side + 0.4)
    axes = figure.subplots()
    errors = int(counts.sum() - counts.trace())
    title = f"{errors:,} of {int(counts.sum()):,} misclassified"
    style.style_axes(axes, title, "predicted class", "true class", grid=None)
    most = int((counts - np.diag(counts.diagonal())).max())
    _draw_cells(axes, counts, most)
    if classes <= MOST_NUMBERED_CLASSES:
        _write_counts(axes, counts, most, cell)
    _name_classes(axes, names)
    style.footer(figure, footer)
    return figure


def _draw_cells(axes: "Axes", counts: npt.NDArray[np.integer], most: int) -> None:
    """Colour the diagonal grey and the errors, the `most` of which is darkest, by their number."""
    from matplotlib.colors import ListedColormap, LogNorm

    diagonal = np.eye(len(counts), dtype=bool)
    axes.imshow(np.ma.masked_where(~diagonal, diagonal), cmap=ListedColormap([style.LIGHT_GREY]))
    if most > 0:
        errors = np.ma.masked_where(diagonal | (counts <= 0), counts)
        norm = LogNorm(FEWEST, max(LEAST_RANGE, most))
        _draw_colour_bar(axes.imshow(errors, cmap="YlOrBr", norm=norm), most)


def _draw_colour_bar(image: "AxesImage", most: int) -> None:
    from matplotlib.ticker import FixedLocator, NullLocator, StrMethodFormatter

    bar = image.axes.figure.colorbar(image, ax=image.axes, fraction=0.045, pad=0.02)
    ticks = [digit * 10**power for power in range(10) for digit in (1, 2, 5)]
    shown = [tick for tick in ticks if tick <= max(LEAST_RANGE, most)]
    bar.ax.yaxis.set_major_locator(FixedLocator(shown))
    bar.ax.yaxis.set_minor_locator(NullLocator())
    bar.ax.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    bar.ax.tick_params(labelsize=style.TEXT_SIZE)
    bar.set_label("errors (logarithmic)", fontsize=style.LABEL_SIZE)


def _write_counts(axes: "Axes", counts: npt.NDArray[np.integer], most: int, cell: float) -> None:
    """Write each count that is not zero into its cell, as large as the longest one allows."""
    digits = len(str(counts.max()))
    size = min(style.TEXT_SIZE, 0.9 * cell * 72 / (NUMBER_WIDTH * digits))
    dark = FEWEST * (max(LEAST_RANGE, most) / FEWEST) ** 0.6  # in the upper part of the colours
    for row, column in np.argwhere(counts > 0).tolist():
        count = int(counts[row, column])
        colour = "white" if row != column and count > dark else style.BLACK
        axes.text(column, row, str(count), ha="center", va="center", fontsize=size, color=colour)


def _name_classes(axes: "Axes", names: Sequence[str]) -> None:
    step = -(-len(names) // MOST_NAMED_CLASSES)
    ticks, shown = range(0, len(names), step), list(names[::step])
    upright = max(len(name) for name in shown) > 3
    axes.set_xticks(ticks, shown, rotation=90 if upright else 0)
    axes.set_yticks(ticks, shown)
    axes.tick_params(length=0)
    if len(names) > MOST_NUMBERED_CLASSES:
        axes.tick_params(labelsize=style.TEXT_SIZE - 2)
    axes.spines[:].set_visible(False)
    edges = np.arange(len(names) + 1) - 0.5
    axes.set_xticks(edges, minor=True)
    axes.set_yticks(edges, minor=True)
    axes.grid(which="minor", color=style.LIGHT_GREY, linewidth=0.5)
    axes.tick_params(which="minor", length=0)
