"""What the plane looks like from within: images decoded at the points of a grid."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nnlab.plots import style
from nnlab.plots.plane_ranges import Range

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "What the network draws at each place of the plane"
TILES = 20  # in a row, and rows
LONGER_SIDE = 7.0  # inches, as all sizes below
LEFT, BOTTOM, TOP, RIGHT = 0.85, 0.6, 0.5, 0.3
TICK = 0.7  # between two ticks at least


def grid_points(x: Range, y: Range) -> npt.NDArray[np.float32]:
    """The points at which `decoder_grid` shows images: the middle of each tile.

    Args:
        x: from and to, of the plane (such as `plane_ranges.axis_ranges` gives them).
        y: likewise; it grows upwards.

    Returns:
        float32 (20, 20, 2), the top row first.
    """
    across = x[0] + (np.arange(TILES) + 0.5) / TILES * (x[1] - x[0])
    up = y[0] + (TILES - 0.5 - np.arange(TILES)) / TILES * (y[1] - y[0])
    return np.stack(np.meshgrid(across, up), axis=-1).astype(np.float32)


def decoder_grid(tiles: npt.NDArray[Any], x: Range, y: Range, footer: str = "") -> "Figure":
    """Draw images side by side where they lie in the plane.

    Args:
        tiles: (rows, columns, height, width), uint8, or floats from 0 to 1 (what lies outside is
            cut off), decoded at `grid_points` of the same ranges.
        x: from and to, of the plane.
        y: likewise; it grows upwards.
        footer: data set and seed, for the foot of the figure.

    Raises:
        ValueError: if the images are not a grid of images.
    """
    from matplotlib.ticker import MaxNLocator

    if tiles.ndim != 4 or not tiles.size:
        raise ValueError(f"expected images (rows, columns, height, width), got {tiles.shape}")
    rows, columns, height, width = tiles.shape
    mosaic = tiles.transpose(0, 2, 1, 3).reshape(rows * height, columns * width)
    tall, wide = LONGER_SIDE * np.array(mosaic.shape) / max(mosaic.shape)
    heading = style.text_width(TITLE, style.TITLE_SIZE)
    page_width = LEFT + max(wide, heading) + RIGHT
    foot = style.footer_height(footer, page_width)
    page_height = TOP + tall + BOTTOM + foot
    figure = style.new_figure(page_width, page_height, arranged=False)
    axes = figure.add_axes(
        (LEFT / page_width, (BOTTOM + foot) / page_height, wide / page_width, tall / page_height)
    )
    white = 255 if np.issubdtype(tiles.dtype, np.integer) else 1
    axes.imshow(
        mosaic, cmap="gray", vmin=0, vmax=white, extent=(*x, *y), aspect="auto", origin="upper"
    )
    style.style_axes(axes, TITLE, "code 1", "code 2", grid=None)
    axes.xaxis.set_major_locator(MaxNLocator(max(int(wide / TICK), 1)))
    axes.yaxis.set_major_locator(MaxNLocator(max(int(tall / TICK), 1)))
    style.footer(figure, footer)
    return figure
