"""Mermaid's plainest graphs as SVG, so that a reader needs neither its script nor a network.

Understood are lines such as `cli --> report` below `graph TD`. Boxes stand in rows, each above
all that its arrows lead to; an arrow past a row takes a place there of its own.
"""

import re
from collections.abc import Sequence
from graphlib import TopologicalSorter

from nnlab.plots.network.layout import arrange

GRAPH = re.compile(r"^```mermaid\ngraph TD\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ARROW = re.compile(r"^\s*(\w+) --> (\w+)\s*$", re.MULTILINE)
COLUMN, ROW, BOX_WIDTH, BOX_HEIGHT = 140, 76, 112, 32
"""Pixels from one box to the next and from one row to the next, and the size of a box."""


def drawn(markdown: str) -> str:
    """Replace the graphs on a page by drawings."""
    return GRAPH.sub(lambda graph: _svg(ARROW.findall(graph[1])), markdown)


def _svg(arrows: Sequence[tuple[str, str]]) -> str:
    sources: dict[str, list[str]] = {}
    for start, end in arrows:
        sources.setdefault(start, [])
        sources.setdefault(end, []).append(start)
    layout = arrange({box: sources[box] for box in TopologicalSorter(sources).static_order()})
    points = {
        place: (place.lane * COLUMN + COLUMN // 2, place.layer * ROW + BOX_HEIGHT // 2 + 2)
        for route in layout.routes
        for place in route
    }
    lines = [_curve([points[place] for place in route]) for route in layout.routes]
    boxes = [_box(name, *points[place]) for name, place in layout.places.items()]
    width = (max(place.lane for place in points) + 1) * COLUMN
    height = max(place.layer for place in points) * ROW + BOX_HEIGHT + 4
    return "".join(
        [
            f'<svg class="graph" viewBox="0 0 {width} {height}" width="{width}" role="img" '
            'aria-label="Boxes with arrows between them">'
            '<marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
            'markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z"/></marker>',
            *lines,
            *boxes,
            "</svg>",
        ]
    )


def _curve(points: Sequence[tuple[int, int]]) -> str:
    half = BOX_HEIGHT // 2
    (x, y), *rest = points
    drawn, y = [f"M{x} {y + half}"], y + half
    for index, (end_x, end_y) in enumerate(rest, start=1):
        end_y -= half if index == len(rest) else 0
        drawn.append(f"C{x} {(y + end_y) // 2} {end_x} {(y + end_y) // 2} {end_x} {end_y}")
        x, y = end_x, end_y
    return f'<path d="{"".join(drawn)}" marker-end="url(#tip)"/>'


def _box(name: str, x: int, y: int) -> str:
    left, top = x - BOX_WIDTH // 2, y - BOX_HEIGHT // 2
    return (
        f'<rect x="{left}" y="{top}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="4"/>'
        f'<text x="{x}" y="{y}">{name}</text>'
    )
