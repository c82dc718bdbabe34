"""The positions of nodes in a network drawing: layers along its direction, lanes across it.

A node is one layer after the last of its sources (longest-path layering). The longest path stays in
lane 0. Every other branch, and every edge that skips layers, takes a free lane beside it, short
ones inside long ones, so that no edge crosses a node.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple


class Place(NamedTuple):
    """A layer, counted from the inputs, and a lane, counted from the longest path."""

    layer: int
    lane: int


class Bend(NamedTuple):
    """A point where an edge passes a layer that it skips."""

    source: str
    target: str
    layer: int


Vertex = str | Bend


@dataclass(frozen=True)
class Layout:
    """The place of each node, and the places that each edge passes, including both ends."""

    places: dict[str, Place]
    routes: tuple[tuple[Place, ...], ...]


def arrange(sources: Mapping[str, Sequence[str]]) -> Layout:
    """Place each node of an acyclic graph.

    Args:
        sources: for each node, in topological order, the nodes that it takes its input from.
    """
    layers = _layers(sources)
    edges = [
        _edge(source, target, layers)
        for target, origins in sources.items()
        for source in dict.fromkeys(origins)
    ]
    vertices: dict[Vertex, int] = dict(layers.items())
    followers: dict[Vertex, list[Vertex]] = {}
    for edge in edges:
        for vertex in edge[1:-1]:
            vertices[vertex] = vertex.layer if isinstance(vertex, Bend) else layers[vertex]
        for vertex, follower in pairwise(edge):
            followers.setdefault(vertex, []).append(follower)
    lanes = _lanes(_paths(vertices, followers), vertices)
    places = {vertex: Place(layer, lanes[vertex]) for vertex, layer in vertices.items()}
    routes = tuple(tuple(places[vertex] for vertex in edge) for edge in edges)
    return Layout({node: places[node] for node in sources}, routes)


def _layers(sources: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """One more than the layer of the last source; an input is one layer before its first use."""
    layers: dict[str, int] = {}
    for node, origins in sources.items():
        layers[node] = 1 + max((layers[origin] for origin in origins), default=-1)
    for node, origins in sources.items():
        users = [layers[user] for user, needs in sources.items() if node in needs]
        if users and not origins:
            layers[node] = min(users) - 1
    return layers


def _edge(source: str, target: str, layers: Mapping[str, int]) -> list[Vertex]:
    between = range(layers[source] + 1, layers[target])
    return [source, *(Bend(source, target, layer) for layer in between), target]


def _paths(
    vertices: Mapping[Vertex, int], followers: Mapping[Vertex, Sequence[Vertex]]
) -> list[list[Vertex]]:
    """Cut the graph into paths: the one with the most nodes, then the longest of the rest, ..."""
    rest = sorted(vertices, key=lambda vertex: -vertices[vertex])  # the last layer first
    paths = []
    while rest:
        free = set(rest)
        longest: dict[Vertex, tuple[int, int]] = {}  # nodes and bends from here to the end
        after: dict[Vertex, Vertex] = {}
        for vertex in rest:
            best = (0, 0)
            for follower in followers.get(vertex, ()):
                if follower in free and longest[follower] > best:
                    best, after[vertex] = longest[follower], follower
            bend = isinstance(vertex, Bend)
            longest[vertex] = (best[0] + (not bend), best[1] + bend)
        path = [max(rest, key=lambda vertex: (longest[vertex], -vertices[vertex]))]
        while path[-1] in after:
            path.append(after[path[-1]])
        paths.append(path)
        rest = [vertex for vertex in rest if vertex not in path]
    return paths


def _lanes(paths: Sequence[Sequence[Vertex]], vertices: Mapping[Vertex, int]) -> dict[Vertex, int]:
    """Lane 0 for the first path; for the others, shortest first, the nearest free lane."""
    lanes: dict[Vertex, int] = {}
    taken: set[Place] = set()
    for path in [*paths[:1], *sorted(paths[1:], key=len)]:
        layers = [vertices[vertex] for vertex in path]
        lane = 0
        while any(Place(layer, lane) in taken for layer in layers):
            lane += 1
        taken.update(Place(layer, lane) for layer in layers)
        lanes.update(dict.fromkeys(path, lane))
    return lanes
