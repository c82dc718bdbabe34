"""Examples in the plane, coloured by class, with the name and a typical image of each class."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nnlab.experiments.embed.figures.placing import placed_apart
from nnlab.plots import style
from nnlab.plots.plane_ranges import Range, axis_ranges, outside

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# yellow is left out: small dots of it are lost on white
COLOURS = tuple(colour for colour in style.OKABE_ITO if colour != style.YELLOW)
MARKERS = ("o", "^", "s", "D")
MOST_CLASSES = len(COLOURS) * len(MARKERS)  # 28; of more the rarest are drawn in grey
LONGEST_NAME = 14  # characters

SIDE = 6.9  # inches, as all sizes below: of the square that the points are drawn in
LEFT, BOTTOM, TOP, RIGHT = 0.85, 0.6, 0.5, 0.15
THUMBNAIL = 0.36
MOST_INSIDE = 12  # images that are drawn in the plane; more would hide it
FARTHEST = 0.36  # that an image is moved from its place
SMALL = 0.2  # image in the legend
LABEL = 0.19  # height of the name of a class
LEGEND_LINE = SIDE / (MOST_CLASSES + 1)
LEGEND_MARK = 0.35

LAYERS = 8  # in which the points are drawn, so that no class hides all others

Floats = npt.NDArray[np.float64]


def plane(
    points: npt.NDArray[Any],
    labels: npt.NDArray[np.integer],
    class_names: Sequence[str],
    footer: str = "",
    thumbnails: Mapping[int, npt.NDArray[Any]] | None = None,
) -> "Figure":
    """Draw points in the plane, and at the median of each class its name and an image.

    Classes differ by colour and, from the eighth on, by the shape of their dots too; names are
    moved apart where they would lie on each other, with a line to their median. Where images have
    no room in the plane the legend shows them. Points that are not finite are left out.

    Args:
        points: floats (count, 2).
        labels: integers (count,), indices into `class_names`.
        class_names: a name for each class. Of more than 28 classes the rarest are not named.
        footer: data set and seed, for the foot of the figure.
        thumbnails: an image for some of the classes, such as the one nearest to the median
            (`nnlab.metrics.class_medoids`): (height, width), uint8, or floats from 0 to 1.
    """
    finite = np.isfinite(points).all(axis=1)
    places, classes = np.asarray(points, np.float64)[finite], np.asarray(labels)[finite]
    named = _named_classes(classes)
    names = {label: style.plain(class_names[label], LONGEST_NAME) for label in named}
    images = {label: image for label, image in (thumbnails or {}).items() if label in names}
    x, y = axis_ranges(places)
    anchors = _anchors(places, classes, named, x, y)
    inside = images if _have_room(anchors, names, images) else {}
    in_legend = {} if inside else images
    figure, axes = _page(names, footer, bool(in_legend))
    missing = len(points) - len(places) + int(outside(places, x, y).sum())
    note = f" ({missing:,} of {len(points):,} points lie outside)" if missing else ""
    style.style_axes(axes, "Test images in the plane", "code 1" + note, "code 2", grid="both")
    axes.set(xlim=x, ylim=y)
    _draw_points(axes, places, classes, named)
    _draw_names(axes, anchors, names, inside)
    _draw_legend(axes, names, in_legend, others=len(np.unique(classes)) > len(named))
    style.footer(figure, footer)
    return figure


def _page(names: Mapping[int, str], footer: str, images_in_legend: bool) -> tuple["Figure", "Axes"]:
    """An empty figure with square axes, and room for the legend beside them."""
    texts = [*names.values(), "others"]
    legend = LEGEND_MARK + max(style.text_width(text, style.TEXT_SIZE) for text in texts)
    width = LEFT + SIDE + legend + (LEGEND_LINE if images_in_legend else 0) + 2 * RIGHT
    foot = style.footer_height(footer, width)
    height = TOP + SIDE + BOTTOM + foot
    figure = style.new_figure(width, height, arranged=False)
    box = (LEFT / width, (BOTTOM + foot) / height, SIDE / width, SIDE / height)
    return figure, figure.add_axes(box)


def _named_classes(labels: npt.NDArray[np.integer]) -> list[int]:
    """The classes that are drawn in a colour: all, or the most frequent ones, in order."""
    present, counts = np.unique(labels, return_counts=True)
    return sorted(present[np.argsort(-counts, kind="stable")[:MOST_CLASSES]].tolist())


def _look(place: int) -> tuple[str, str]:
    return COLOURS[place % len(COLOURS)], MARKERS[place // len(COLOURS)]


def _draw_points(
    axes: "Axes", points: Floats, labels: npt.NDArray[np.integer], named: Sequence[int]
) -> None:
    """Draw the points in layers of random ones, the grey ones below all."""
    size = float(np.clip(60_000 / max(len(points), 1), 3, 22))
    others = points[~np.isin(labels, named)]
    axes.scatter(others[:, 0], others[:, 1], s=size, color=style.GREY, alpha=0.3, linewidths=0)
    colours = np.array([_look(place)[0] for place in range(len(named))])
    order = np.random.default_rng(0).permutation(len(points))
    for layer in np.array_split(order, LAYERS):
        for shape, marker in enumerate(MARKERS):
            members = named[shape * len(COLOURS) : (shape + 1) * len(COLOURS)]
            rows = layer[np.isin(labels[layer], members)]
            if len(rows):
                drawn = colours[np.searchsorted(named, labels[rows])].tolist()
                x, y = points[rows].T
                axes.scatter(x, y, s=size, c=drawn, marker=marker, alpha=0.65, linewidths=0)


def _anchors(
    points: Floats, labels: npt.NDArray[np.integer], named: Sequence[int], x: Range, y: Range
) -> Floats:
    """The median of each class, in inches from the left lower corner of the axes."""
    medians = np.array([np.median(points[labels == label], axis=0) for label in named])
    low, high = np.array([x, y]).T
    result: Floats = np.clip((medians.reshape(-1, 2) - low) / (high - low), 0, 1) * SIDE
    return result


def _placed(anchors: Floats, sizes: Sequence[tuple[float, float]]) -> Floats:
    return placed_apart(anchors, sizes, (0.05, 0.05), (SIDE - 0.05, SIDE - 0.05))


def _have_room(
    anchors: Floats, names: Mapping[int, str], images: Mapping[int, npt.NDArray[Any]]
) -> bool:
    """Whether the images can be drawn in the plane, near their medians."""
    if not 0 < len(images) <= MOST_INSIDE:
        return False
    centres = _placed(anchors, [_size(name, label in images) for label, name in names.items()])
    return bool(np.abs(centres - anchors).max() <= FARTHEST)


def _draw_names(
    axes: "Axes",
    anchors: Floats,
    names: Mapping[int, str],
    thumbnails: Mapping[int, npt.NDArray[Any]],
) -> None:
    """Draw name and image of each class at its median, or as near as there is room."""
    sizes = [_size(name, label in thumbnails) for label, name in names.items()]
    centres = _placed(anchors, sizes)
    for place, (label, name) in enumerate(names.items()):
        colour, (x, y), top = _look(place)[0], centres[place], sizes[place][1] / 2
        if np.abs(centres[place] - anchors[place]).max() > LABEL / 2:
            line = np.array([anchors[place], centres[place]]) / SIDE
            axes.plot(*line.T, transform=axes.transAxes, color=style.BLACK, linewidth=0.8)
            axes.plot(*line[0], "o", transform=axes.transAxes, color=style.BLACK, markersize=3)
        if label in thumbnails:
            _draw_image(axes, thumbnails[label], x, y - LABEL / 2, THUMBNAIL, colour)
            y += top - LABEL / 2
        _draw_name(axes, name, x, y, colour)


def _size(name: str, has_thumbnail: bool) -> tuple[float, float]:
    width = style.text_width(name, style.TEXT_SIZE) + 0.14
    if has_thumbnail:
        return max(width, THUMBNAIL + 0.04), LABEL + THUMBNAIL + 0.06
    return width, LABEL + 0.03


def _draw_name(axes: "Axes", name: str, x: float, y: float, colour: str) -> None:
    """Write a name in the middle of (x, y) inches from the left lower corner of the axes."""
    axes.text(
        x / SIDE,
        y / SIDE,
        name,
        transform=axes.transAxes,
        fontsize=style.TEXT_SIZE,
        fontweight="bold",
        ha="center",
        va="center_baseline",
        zorder=6,
        bbox={"facecolor": "white", "edgecolor": colour, "linewidth": 1.2, "pad": 1.5},
    )


def _draw_image(
    axes: "Axes", image: npt.NDArray[Any], x: float, y: float, side: float, colour: str
) -> None:
    """Draw an image in the middle of (x, y) inches, `side` inches high and wide."""
    inset = axes.inset_axes(
        ((x - side / 2) / SIDE, (y - side / 2) / SIDE, side / SIDE, side / SIDE), zorder=5
    )
    white = 255 if np.issubdtype(image.dtype, np.integer) else 1
    inset.imshow(image, cmap="gray", vmin=0, vmax=white, interpolation="nearest", aspect="auto")
    inset.set(xticks=[], yticks=[])
    inset.spines[:].set(color=colour, linewidth=1.6 * side / THUMBNAIL)


def _draw_legend(
    axes: "Axes", names: Mapping[int, str], images: Mapping[int, npt.NDArray[Any]], others: bool
) -> None:
    """Draw dot, image and name of each class under each other, beside the axes."""
    looks = [(*_look(place), label, name) for place, (label, name) in enumerate(names.items())]
    looks += [(style.GREY, MARKERS[0], -1, "others")] if others else []
    x = SIDE + RIGHT
    for line, (colour, marker, label, name) in enumerate(looks):
        y = SIDE - LEGEND_LINE * (line + 0.5)
        axes.plot(
            (x + LEGEND_MARK / 4) / SIDE,
            y / SIDE,
            marker,
            color=colour,
            transform=axes.transAxes,
            clip_on=False,
        )
        if label in images:
            _draw_image(axes, images[label], x + LEGEND_MARK / 2 + SMALL / 2, y, SMALL, colour)
        axes.text(
            (x + LEGEND_MARK * 0.6 + (LEGEND_LINE if images else 0)) / SIDE,
            y / SIDE,
            name,
            transform=axes.transAxes,
            fontsize=style.TEXT_SIZE,
            va="center_baseline",
        )
