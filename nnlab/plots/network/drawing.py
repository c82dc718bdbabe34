"""A network drawn from its description, as in figures 1 and 2 of the 2018 report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from nnlab.inference import Graph
from nnlab.plots.network.glyphs import Point
from nnlab.plots.network.layout import Place, arrange
from nnlab.plots.network.page import new_page
from nnlab.plots.network.signs import Span, signs
from nnlab.plots.network.unrolled import draw_unrolled
from nnlab.plots.network.unrolling import unroll

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_VOLUMES = 12  # layers; deeper networks are drawn as boxes from top to bottom
SIDEWAYS_GAP, DOWNWARDS_GAP = 0.36, 0.24  # between layers, for the arrows; all sizes are in inches
LANE_GAP = 0.3
BEND = 0.06  # half the width of a lane with edges only
MARGIN = 0.25  # around the drawing


def draw_network(graph: Graph, title: str = "", footer: str = "") -> "Figure":
    """Draw the layers of a network with kind, name, output shape, activation and weights.

    A chain of LSTMs, or an encoder and a decoder, is drawn unrolled over time. Other networks of up
    to 12 layers are drawn from left to right, with tensors as volumes whose sides grow with the
    logarithm of their axes; deeper networks from top to bottom, as boxes.

    Args:
        graph: the network.
        title: above the drawing, followed by the total number of weights.
        footer: shown below the figure.
    """
    total = f"{graph.weight_count:,} weights"
    heading = f"{title}: {total}" if title else total
    network = unroll(graph)
    if network is not None:
        return draw_unrolled(network, graph, heading, footer)
    return _draw_graph(graph, heading, footer)


def _draw_graph(graph: Graph, heading: str, footer: str) -> "Figure":
    """Draw any network as signs, one per node, with arrows between them."""
    sources: dict[str, list[str]] = {name: [] for name in graph.inputs}
    for node in graph.nodes.values():
        sources[node.name] = [reference.partition(":")[0] for reference in node.inputs]
    layout = arrange(sources)
    sideways = max(place.layer for place in layout.places.values()) < MOST_VOLUMES
    own_lanes = {name: place.lane for name, place in layout.places.items()}
    drawn = {layout.places[name]: sign for name, sign in signs(graph, own_lanes, sideways)}
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
    """Positions of the layers (or lanes) of a drawing, in inches from its edge."""

    centres: tuple[float, ...]
    ends: tuple[float, ...]
    length: float
    gap: float

    @classmethod
    def fit(cls, spans: Iterable[tuple[int, Span]], gap: float) -> "Axis":
        """Place them side by side, each as wide as its widest sign."""
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
    """The corners of an edge, which changes lanes only in the gaps between layers."""
    start, stop = route[0], route[-1]
    points = [(layers.centres[start.layer] + reaches[start], lanes.centres[start.lane])]
    for here, there in pairwise(route):
        if here.lane != there.lane:
            # outgoing edges turn at another place than incoming ones, so that no two look like one
            aside = min(0.1 * max(here.lane, there.lane), 0.35)
            turn = layers.ends[here.layer] + layers.gap * (
                0.5 + (aside if here.lane > there.lane else -aside)
            )
            points.append((turn, lanes.centres[here.lane]))
            points.append((turn, lanes.centres[there.lane]))
    points.append((layers.centres[stop.layer] - reaches[stop], lanes.centres[stop.lane]))
    return points
