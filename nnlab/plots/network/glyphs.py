"""The elements of a network drawing: volumes for tensors, boxes, arrows, words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnlab.inference.layer import Shape
from nnlab.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Point = tuple[float, float]
Align = Literal["left", "center", "right"]

SLANT = 0.32  # depth of a volume, as a share of the front's height
COLOURS = {
    "conv2d": style.ORANGE,
    "conv2d_transpose": style.ORANGE,
    "max_pooling2d": style.GREEN,
    "up_sampling2d": style.GREEN,
    "gru": style.PURPLE,
    "lstm": style.PURPLE,
    "attention": style.ORANGE,
    "attention_memory": style.ORANGE,
    "dense": style.BLUE,
    "embedding": style.BLUE,
    "reversible_embedding": style.BLUE,
    "add": style.VERMILION,
    "concatenate": style.VERMILION,
    "multiply": style.VERMILION,
}


def colour_of(kind: str) -> str:
    """The colour of a family of layers; grey for those that only reshape or scale."""
    return COLOURS.get(kind, style.GREY)


@dataclass(frozen=True)
class Volume:
    """Size of a drawn tensor in inches: `width` and `height` of the front, `depth` of the slant.

    Lengths grow with the logarithm of the axes: 3 and 30 channels look different, and 1,000 still
    fit on the page.
    """

    width: float
    height: float
    depth: float = 0.0

    @classmethod
    def of(cls, shape: Shape) -> "Volume":
        """The volume of one example: a vector is vertical, channels and features horizontal."""
        if len(shape) <= 1:
            return cls(0.16, _length(math.prod(shape), 0.12))
        *spatial, features = shape
        height = _length(spatial[0], 0.17)
        return cls(_length(features, 0.07), height, SLANT * height if len(spatial) > 1 else 0.0)

    @property
    def outer_width(self) -> float:
        """Width including the slanted side."""
        return self.width + self.depth

    @property
    def outer_height(self) -> float:
        """Height including the slanted side."""
        return self.height + self.depth * 0.7


def _length(size: int, growth: float) -> float:
    return 0.14 + growth * math.log2(size)


@dataclass(frozen=True)
class Canvas:
    """Axes measured in inches from the upper left corner: x to the right, y downwards."""

    axes: "Axes"

    def volume(self, centre: Point, size: Volume, colour: str) -> None:
        """Draw a tensor as a box, whose top and right side are visible."""
        left, top = centre[0] - size.outer_width / 2, centre[1] - size.outer_height / 2
        lift = size.outer_height - size.height
        right, front, bottom = left + size.width, top + lift, top + size.outer_height
        far = right + size.depth
        self._polygon(
            [(left, front), (right, front), (right, bottom), (left, bottom)], colour, 0.55
        )
        if size.depth:
            over = left + size.depth
            self._polygon([(left, front), (over, top), (far, top), (right, front)], colour, 0.3)
            self._polygon(
                [(right, front), (far, top), (far, bottom - lift), (right, bottom)], colour, 0.8
            )

    def box(self, centre: Point, width: float, height: float, colour: str) -> None:
        """Draw a rounded box in a light tint of its colour."""
        from matplotlib.patches import FancyBboxPatch

        corner = (centre[0] - width / 2, centre[1] - height / 2)
        self.axes.add_patch(
            FancyBboxPatch(
                corner,
                width,
                height,
                boxstyle="round,pad=0,rounding_size=0.06",
                facecolor=_tint(colour, 0.25),
                edgecolor=colour,
                linewidth=1.2,
            )
        )

    def arrow(self, points: Sequence[Point]) -> None:
        """Draw a line through the points, with an arrowhead at the last one."""
        from matplotlib.patches import FancyArrowPatch
        from matplotlib.path import Path

        self.axes.add_patch(
            FancyArrowPatch(
                path=Path(points),
                arrowstyle="-|>,head_length=4,head_width=2",
                color=style.GREY,
                linewidth=1.1,
                joinstyle="round",
                zorder=0.5,
            )
        )

    def words(
        self,
        point: Point,
        text: str,
        colour: str = style.BLACK,
        bold: bool = False,
        align: Align = "center",
    ) -> None:
        """Write one line, vertically centred on the point and aligned with it as `align` says."""
        self.axes.text(
            *point,
            text,
            ha=align,
            va="center",
            fontsize=style.TEXT_SIZE,
            fontweight="bold" if bold else "normal",
            color=colour,
        )

    def _polygon(self, corners: Sequence[Point], colour: str, strength: float) -> None:
        from matplotlib.patches import Polygon

        face = _tint(colour, strength)
        self.axes.add_patch(Polygon(corners, facecolor=face, edgecolor=colour, linewidth=0.8))


def _tint(colour: str, strength: float) -> tuple[float, ...]:
    """The colour mixed with white: strength 1 is the colour itself, 0 white."""
    from matplotlib.colors import to_rgb

    return tuple(1 - strength * (1 - part) for part in to_rgb(colour))
