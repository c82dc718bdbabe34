"""A network drawn from its description, as in figures 1 and 2 of the 2018 report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from nnlab.plots.network.glyphs import Point, Shape
from nnlab.plots.network.layout import Place, arrange
from nnlab.plots.network.page import new_page
from nnlab.plots.network.signs import Span, signs
from nnlab.plots.network.unrolled import draw_unrolled
from nnlab.plots.network.unrolling import unroll

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_VOLUMES = 12  # layers; a deeper network is drawn as boxes, from top to bottom
SIDEWAYS_GAP, DOWNWARDS_GAP = 0.36, 0.24  # inches between layers, for the arrows
LANE_GAP = 0.3  # inches, as all sizes below
BEND = 0.06  # half the width of a lane that only edges run through
MARGIN = 0.25  # around the drawing


def draw_network(
    description: Mapping[str, Any],
    output_shapes: Mapping[str, Shape],
    weight_counts: Mapping[str, int],
    title: str = "",
    footer: str = "",
) -> "Figure":
    """Draw the layers of a network with kind, name, output shape, activation and weights.

    A chain of LSTMs, or an encoder and a decoder, is drawn unrolled over time. Other networks are
    drawn from left to right up to 12 layers deep, their tensors as volumes that grow with the
    logarithm of their axes; deeper ones from top to bottom, in boxes.

    Args:
        description: `inputs` (name, shape) and `nodes` (name, kind, settings, inputs, perhaps
            the `layer` whose weights it shares), these in topological order.
        output_shapes: the shape that each node puts out, without the batch axis.
        weight_counts: how many weights each layer has; layers without any may be missing.
        title: above the drawing, followed by the number of weights of the whole network.
        footer: for the foot of the figure.
    """
    total = f"{sum(weight_counts.values()):,} weights"
    heading = f"{title}: {total}" if title else total
    given = {entry["name"]: tuple(entry.get("shape", ())) for entry in description["inputs"]}
    shapes = {**given, **output_shapes}
    network = unroll(description, shapes)
    if network is not None:
        return draw_unrolled(network, shapes, weight_counts, heading, footer)
    return _draw_graph(description, shapes, weight_counts, heading, footer)


def _draw_graph(
    description: Mapping[str, Any],
    shapes: Mapping[str, Shape],
    weight_counts: Mapping[str, int],
    heading: str,
    footer: str,
) -> "Figure":
    """Draw any network: a sign for each node, arrows between them."""
    sources: dict[str, list[str]] = {entry["name"]: [] for entry in description["inputs"]}
    for node in description["nodes"]:
        sources[node["name"]] = [reference.split(":")[0] for reference in node["inputs"]]
    layout = arrange(sources)
    sideways = max(place.layer for place in layout.places.values()) < MOST_VOLUMES
    own_lanes = {name: place.lane for name, place in layout.places.items()}
    drawn = {
        layout.places[name]: sign
        for name, sign in signs(description, shapes, weight_counts, own_lanes, sideways)
    }
    passed = {place for route in layout.routes for place in route}
    gap = SIDEWAYS_GAP if sideways else DOWNWARDS_GAP
    layers = Axis.fit(((place.layer, sign.along) for place, sign in drawn.items()), gap)
    lanes = Axis.fit(
        [
            *((place.lane, sign.across) for place, sign in drawn.items()),
            *((place.lane, (BEND, BEND)) for place in passed),
        ],
        LANE_GAP,
    )
    size = (layers.length, lanes.length)
    figure, canvas = new_page(size if sideways else size[::-1], heading, footer)
    for place, sign in drawn.items():
        centre = (layers.centres[place.layer], lanes.centres[place.lane])
        sign.draw(canvas, centre if sideways else centre[::-1])
    reaches = {place: sign.reach for place, sign in drawn.items()}
    for route in layout.routes:
        points = _corners(route, reaches, layers, lanes)
        canvas.arrow(points if sideways else [point[::-1] for point in points])
    return figure


@dataclass(frozen=True)
class Axis:
    """Where the layers (or the lanes) of a drawing lie, in inches from its edge."""

    centres: tuple[float, ...]
    ends: tuple[float, ...]
    length: float
    gap: float

    @classmethod
    def fit(cls, spans: Iterable[tuple[int, Span]], gap: float) -> "Axis":
        """Place them one after the other, each as wide as the widest sign on it."""
        widest: dict[int, Span] = {}
        for index, (before, after) in spans:
            known = widest.get(index, (0.0, 0.0))
            widest[index] = max(known[0], before), max(known[1], after)
        centres, ends, position = [], [], MARGIN
        for index in sorted(widest):
            before, after = widest[index]
            centres.append(position + before)
            ends.append(position + before + after)
            position = ends[-1] + gap
        return cls(tuple(centres), tuple(ends), ends[-1] + MARGIN, gap)


def _corners(
    route: Sequence[Place], reaches: Mapping[Place, float], layers: Axis, lanes: Axis
) -> list[Point]:
    """The corners of an edge, which changes its lane only in the gaps between layers."""
    start, stop = route[0], route[-1]
    points = [(layers.centres[start.layer] + reaches[start], lanes.centres[start.lane])]
    for here, there in pairwise(route):
        if here.lane != there.lane:
            # edges that leave turn earlier than those that arrive: two must not look like one
            aside = min(0.1 * max(here.lane, there.lane), 0.35)
            turn = layers.ends[here.layer] + layers.gap * (
                0.5 + (aside if here.lane > there.lane else -aside)
            )
            points.append((turn, lanes.centres[here.lane]))
            points.append((turn, lanes.centres[there.lane]))
    points.append((layers.centres[stop.layer] - reaches[stop], lanes.centres[stop.lane]))
    return points
