"""Scanned pages beside what became of them, and how far from the true page that is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from nnlab.plots import style

if TYPE_CHECKING:
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

HEADINGS = ("noisy", "cleaned", "true", "cleaned − true")
LONGEST_CAPTION = 150  # characters
FULL = 0.5  # difference that is drawn in full colour
PAGE = 2.6  # inches of a page's width, as all sizes below
TALLEST = 3.6
GAP = 0.1
LINE = 0.22
TITLE_LINE = 0.24


class CleanedPage(NamedTuple):
    """One row of the figure; images (height, width), uint8 or floats from 0 to 1.

    Attributes:
        caption: Above the row, such as the kind of noise and the error before and after.
        noisy: The page as it was scanned.
        cleaned: What became of it.
        truth: What should have.
    """

    caption: str
    noisy: npt.NDArray[Any]
    cleaned: npt.NDArray[Any]
    truth: npt.NDArray[Any]


def cleaned_pages(pages: Sequence[CleanedPage], title: str = "", footer: str = "") -> "Figure":
    """Draw each page noisy, cleaned, true, and the difference of the last two, one row a page.

    The difference is white where there is none, blue where the page is too dark, orange where it is
    too light, in full colour from 0.5 on.

    Args:
        pages: the rows; their sizes may differ from row to row.
        title: above the figure.
        footer: data set and seed, for the foot of the figure.
    """
    width = 2 * style.MARGIN + 4 * PAGE + 3 * GAP
    heading = style.wrapped(title, width - 2 * style.MARGIN, style.TITLE_SIZE)
    top = style.MARGIN + TITLE_LINE * len(heading) + GAP
    heights = [_size(page.noisy)[1] for page in pages] or [0.0]
    rows = 2 * LINE + sum(height + LINE + GAP for height in heights)
    height = top + rows + style.footer_height(footer, width) + style.MARGIN
    figure = style.new_figure(width, height, arranged=False)
    _write(figure, style.MARGIN, style.MARGIN, "\n".join(heading), style.TITLE_SIZE)
    y = top
    for column, words in enumerate(HEADINGS):
        _write(figure, _left(column), y, words if pages else "", style.LABEL_SIZE)
    if pages:
        words = f"blue: too dark, orange: too light, full at {FULL:g}"
        _write(figure, _left(3), y + LINE * 0.8, words, style.FOOTER_SIZE, style.GREY)
    else:
        _write(figure, style.MARGIN, y, "There is no page.", style.LABEL_SIZE)
    y += 2 * LINE
    for page, tall in zip(pages, heights, strict=False):
        caption = style.plain(page.caption, LONGEST_CAPTION)
        _write(figure, style.MARGIN, y, caption, style.TEXT_SIZE)
        y += LINE
        _row(figure, page, y)
        y += tall + GAP
    style.footer(figure, footer)
    return figure


def _row(figure: "Figure", page: CleanedPage, y: float) -> None:
    noisy, cleaned, truth = (_grey(one) for one in page[1:])
    grey: dict[str, Any] = {"cmap": "gray", "vmin": 0, "vmax": 1}
    difference: dict[str, Any] = {"cmap": _two_colours(), "vmin": -FULL, "vmax": FULL}
    for column, image in enumerate((noisy, cleaned, truth)):
        _show(figure, image, column, y, grey)
    _show(figure, cleaned - truth, 3, y, difference)


def _show(
    figure: "Figure", image: npt.NDArray[Any], column: int, y: float, look: dict[str, Any]
) -> None:
    """Show an image in a column, its top at y inches from that of the figure."""
    width, height = figure.get_size_inches()
    across, down = _size(image)
    place = (_left(column) / width, 1 - (y + down) / height, across / width, down / height)
    axes = figure.add_axes(place)
    # pages have more pixels than the figure: without smoothing, strokes of letters would vanish
    axes.imshow(image, interpolation="antialiased", aspect="auto", **look)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_color(style.LIGHT_GREY)


def _size(image: npt.NDArray[Any]) -> tuple[float, float]:
    """Width and height in inches that an image is drawn in."""
    height, width = image.shape
    scale = min(PAGE / width, TALLEST / height)
    return width * scale, height * scale


def _left(column: int) -> float:
    return style.MARGIN + column * (PAGE + GAP)


def _grey(image: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Float32 from 0 to 1."""
    white = 255 if np.issubdtype(image.dtype, np.integer) else 1
    return image.astype(np.float32) / np.float32(white)


def _two_colours() -> "Colormap":
    from matplotlib.colors import LinearSegmentedColormap

    ends = [style.BLUE, "#FFFFFF", style.VERMILION]
    return LinearSegmentedColormap.from_list("difference", ends)


def _write(
    figure: "Figure", x: float, y: float, text: str, size: float, colour: str = style.BLACK
) -> None:
    """Write text whose left top is at (x, y) inches from the left upper corner of the figure."""
    width, height = figure.get_size_inches()
    figure.text(x / width, 1 - y / height, text, fontsize=size, color=colour, va="top")
