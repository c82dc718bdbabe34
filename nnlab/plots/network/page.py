"""The page around a network drawing, with a title above and a footer below."""

from typing import TYPE_CHECKING

from nnlab.plots import style
from nnlab.plots.network.glyphs import Canvas, Point

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE_LINE = 0.24  # all sizes are in inches
NARROWEST = 5.0


def new_page(size: Point, title: str, footer: str) -> tuple["Figure", Canvas]:
    """A figure for a drawing of the given width and height, and the canvas to draw it on."""
    width = max(size[0], NARROWEST)
    heading = style.wrapped(title, width - 2 * style.MARGIN, style.TITLE_SIZE)
    top = style.MARGIN + TITLE_LINE * len(heading)
    bottom = style.footer_height(footer, width)
    height = top + size[1] + bottom
    figure = style.new_figure(width, height, arranged=False)
    figure.text(
        style.MARGIN / width,
        1 - style.MARGIN / height,
        "\n".join(heading),
        fontsize=style.TITLE_SIZE,
        va="top",
    )
    style.footer(figure, footer)
    axes = figure.add_axes((0, bottom / height, 1, size[1] / height))
    left = (width - size[0]) / 2
    axes.set(xlim=(-left, width - left), ylim=(size[1], 0))
    axes.set_axis_off()
    return figure, Canvas(axes)
