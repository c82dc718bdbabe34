"""What all figures share: colours, sizes, a footer that names the data, and saving."""

import math
import os
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nnlab.files import replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito (2008), "Color Universal Design": distinct under all common colour blindness
BLACK = "#000000"
ORANGE = "#E69F00"
SKY_BLUE = "#56B4E9"
GREEN = "#009E73"
YELLOW = "#F0E442"
BLUE = "#0072B2"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"
OKABE_ITO = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY_BLUE, YELLOW, BLACK)

GREY = "#6B6B6B"
LIGHT_GREY = "#E4E4E4"

TITLE_SIZE = 12.0  # all text sizes are in points
LABEL_SIZE = 10.0
TEXT_SIZE = 9.0
FOOTER_SIZE = 8.0

DPI = 150
FOOTER_LINE = 0.16  # inches
MARGIN = 0.12  # inches between the edge of a figure and its footer or title
CHARACTER_WIDTH = 0.58  # average, in ems


@contextmanager
def house_style() -> Iterator[None]:
    """Draw as matplotlib does by itself, whatever the user's matplotlibrc says.

    Settings matter when a figure is made and again when it is saved.
    """
    from matplotlib.style import context

    with context("default"):
        yield


def new_figure(width: float, height: float, arranged: bool = True) -> "Figure":
    """An empty white figure, sizes in inches.

    An `arranged` figure shrinks its axes until no label is cut off; in others the caller places the
    axes.
    """
    from matplotlib.figure import Figure

    layout: Literal["constrained"] | None = "constrained" if arranged else None
    figure = Figure(figsize=(width, height), dpi=DPI, layout=layout, facecolor="white")
    _arrange(figure, w_pad=0.1, h_pad=0.1)
    return figure


def _arrange(figure: "Figure", **settings: Any) -> None:
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    layout = figure.get_layout_engine()
    if isinstance(layout, ConstrainedLayoutEngine):
        layout.set(**settings)


def style_axes(
    axes: "Axes",
    title: str = "",
    x: str = "",
    y: str = "",
    grid: Literal["x", "y", "both"] | None = "y",
) -> None:
    """Give axes a title, labels and nnlab's style: a light grid and two spines."""
    axes.set_title(plain(title), fontsize=TITLE_SIZE, loc="left")
    axes.set_xlabel(plain(x), fontsize=LABEL_SIZE)
    axes.set_ylabel(plain(y), fontsize=LABEL_SIZE)
    axes.tick_params(labelsize=TEXT_SIZE, color=GREY)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(GREY)
    axes.set_axisbelow(True)
    if grid is not None:
        axes.grid(axis=grid, color=LIGHT_GREY, linewidth=0.8)


def footer_height(text: str, width: float) -> float:
    """Height in inches of the footer `text` in a figure `width` inches wide."""
    lines = len(_footer_lines(text, width))
    return MARGIN * 1.5 + FOOTER_LINE * lines if lines else 0.0


def footer(figure: "Figure", text: str) -> None:
    """Write what the figure was made from (data set, seeds, run) below it, in small grey type.

    The text is wrapped to the width of the figure. Arranged axes make room for it; in other figures
    the caller must leave `footer_height` free.
    """
    width, height = figure.get_size_inches()
    lines = _footer_lines(text, width)
    if lines:
        figure.text(
            MARGIN / width,
            MARGIN / height,
            "\n".join(lines),
            fontsize=FOOTER_SIZE,
            color=GREY,
            ha="left",
            va="bottom",
        ).set_in_layout(False)
        reserved = footer_height(text, width) / height
        _arrange(figure, rect=(0, reserved, 1, 1 - reserved))


def _footer_lines(text: str, width: float) -> list[str]:
    return wrapped(text, width - 2 * MARGIN, FOOTER_SIZE)


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Break text set in `size` points into lines of at most `width` inches."""
    characters = math.floor(width * 72 / (size * CHARACTER_WIDTH))
    return textwrap.wrap(plain(text), max(characters, 10))


def save(figure: "Figure", path: str | os.PathLike[str]) -> None:
    """Write the figure as PNG with 150 dots per inch; if that fails, an old file is unchanged.

    Raises:
        NnlabError: The disk is full, or the folder is not writable.
    """
    content = png(figure)
    with replacing(Path(path)) as temporary:
        temporary.write_bytes(content)


@house_style()
def png(figure: "Figure") -> bytes:
    """Return the figure as PNG with 150 dots per inch."""
    image = BytesIO()
    figure.savefig(image, format="png", dpi=DPI)
    return image.getvalue()


def plain(text: str, longest: int | None = None) -> str:
    """Make any text (class names, file names) safe to draw.

    Collapses spaces, escapes dollar signs (which would start a formula), replaces characters that
    the font lacks with a question mark in a diamond, and cuts the middle out of a text of more than
    `longest` characters.
    """
    known = _characters()
    words = " ".join(str(text).split())
    if longest is not None and len(words) > longest:
        tail = longest // 3  # long names often differ at the end
        words = words[: longest - tail - 1].rstrip() + "…" + words[len(words) - tail :].lstrip()
    drawable = (letter if ord(letter) in known else "\N{REPLACEMENT CHARACTER}" for letter in words)
    return "".join(drawable).replace(r"\$", "$").replace("$", r"\$")  # escapes nothing twice


@cache
def _characters() -> frozenset[int]:
    """Code points of the characters in the font."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    return frozenset(get_font(findfont(FontProperties())).get_charmap())


@cache
def text_width(text: str, size: float) -> float:
    """Width in inches of a line of text, as `plain` makes it, set in `size` points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    shown = text.strip().replace(r"\$", "$")
    font = FontProperties(size=size)
    points, _, _ = text_to_path.get_text_width_height_descent(shown, font, ismath=False)
    return float(points) / 72
