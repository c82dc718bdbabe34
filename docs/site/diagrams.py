"""Mermaid's plainest graphs as SVG, so that a reader needs neither its script nor a network.

Understood are lines such as `cli --> report` below `graph TD`. Boxes stand in rows, each above
all that its arrows lead to; an arrow past a row takes a place there of its own.
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import mean

GRAPH = re.compile(r"^```mermaid\ngraph TD\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ARROW = re.compile(r"^\s*(\w+) --> (\w+)\s*$", re.MULTILINE)
COLUMN, ROW, BOX_WIDTH, BOX_HEIGHT = 140, 76, 112, 32
"""Pixels from one box to the next and from one row to the next, and the size of a box."""
ROUNDS = 10

Place = str | tuple[str, str, int]
"""What takes a place in a row: a box, or an arrow (from, to) that passes the row."""
Arrow = Sequence[Place]


def drawn(markdown: str) -> str:
    """Replace the graphs on a page by drawings."""
    return GRAPH.sub(lambda graph: _svg(ARROW.findall(graph[1])), markdown)


def _svg(arrows: Sequence[tuple[str, str]]) -> str:
    levels = _levels(arrows)
    paths = [_path(start, end, levels) for start, end in arrows]
    rows: list[list[Place]] = [[] for _ in range(max(levels.values()) + 1)]
    for place in dict.fromkeys(place for path in paths for place in path):
        rows[levels[place] if isinstance(place, str) else place[2]].append(place)
    _untangle(rows, paths)
    width = max(map(len, rows)) * COLUMN
    points = {
        place: (round(width / 2 + x * COLUMN), level * ROW + BOX_HEIGHT // 2 + 2)
        for level, row in enumerate(rows)
        for place, x in _across(row).items()
    }
    lines = [_curve([points[place] for place in path]) for path in paths]
    boxes = [_box(place, *points[place]) for place in points if isinstance(place, str)]
    height = (len(rows) - 1) * ROW + BOX_HEIGHT + 4
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


def _levels(arrows: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Return the row of each box: below all that lead to it, and else as low as may be."""
    levels = dict.fromkeys((box for arrow in arrows for box in arrow), 0)
    for _ in levels:
        for start, end in arrows:
            levels[end] = max(levels[end], levels[start] + 1)
    for top in levels.keys() - {end for _, end in arrows}:
        levels[top] = min(levels[end] for start, end in arrows if start == top) - 1
    return levels


def _path(start: str, end: str, levels: Mapping[str, int]) -> Arrow:
    between = range(levels[start] + 1, levels[end])
    return [start, *((start, end, level) for level in between), end]


def _untangle(rows: Sequence[list[Place]], paths: Iterable[Arrow]) -> None:
    """Sort each row by the middle of its neighbours in the row above, then below, in turn."""
    neighbours: dict[Place, set[Place]] = defaultdict(set)
    for one, other in itertools.chain.from_iterable(map(itertools.pairwise, paths)):
        neighbours[one].add(other)
        neighbours[other].add(one)
    for turn in range(ROUNDS):
        for fixed, moved in itertools.pairwise(rows[::-1] if turn % 2 else rows):
            across, own = _across(fixed), _across(moved)
            middles = {
                place: mean([across[near] for near in neighbours[place] if near in across] or [x])
                for place, x in own.items()
            }
            moved.sort(key=middles.__getitem__)


def _across(row: Sequence[Place]) -> dict[Place, float]:
    """Return how far right of the middle each place lies, in columns."""
    return {place: index - (len(row) - 1) / 2 for index, place in enumerate(row)}


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
