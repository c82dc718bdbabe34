"""The sign for one node of a network drawing: its words, and a volume or a box."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from nnlab.inference.graph import Graph, Node
from nnlab.plots import style
from nnlab.plots.network.glyphs import Canvas, Point, Volume, colour_of

LINE = 0.165  # all sizes are in inches
PADDING = 0.1
LONGEST_NAME = 28  # characters
BOLD = 1.12  # width of bold words relative to plain ones

Span = tuple[float, float]  # before and after the centre


class Sign(Protocol):
    """How much room a node takes, and how it is drawn.

    `along` and `across` are its extents along and across the reading direction. Arrows end `reach`
    before the centre and start `reach` after it.
    """

    along: Span
    across: Span
    reach: float

    def draw(self, canvas: Canvas, centre: Point) -> None:
        """Draw the node around its centre."""


@dataclass(frozen=True)
class Words:
    """The texts about a node; any may be empty."""

    kind: str
    name: str
    setting: str
    shape: str
    weights: str

    def details(self) -> list[str]:
        """All but kind and name, without empty ones."""
        return [text for text in (self.setting, self.shape, self.weights) if text]


class VolumeSign:
    """A tensor as a volume with its words below, for networks drawn from left to right."""

    def __init__(self, words: Words, colour: str, volume: Volume, tallest: float) -> None:
        self._volume, self._colour = volume, colour
        self._lines = [words.kind, words.name, *words.details()]
        half = max(volume.outer_width, lines_width(words.kind, *self._lines[1:])) / 2
        self.along: Span = (half, half)
        self._drop = tallest / 2 + PADDING  # the words in a lane start at the same height
        self.across: Span = (volume.outer_height / 2, self._drop + LINE * len(self._lines))
        self.reach = volume.outer_width / 2

    def draw(self, canvas: Canvas, centre: Point) -> None:
        """Draw the volume around its centre, the words below."""
        canvas.volume(centre, self._volume, self._colour)
        for number, line in enumerate(self._lines):
            point = (centre[0], centre[1] + self._drop + LINE * (number + 0.5))
            canvas.words(point, line, style.GREY if number == 1 else style.BLACK, bold=number == 0)


class BoxSign:
    """Words in a box, for networks drawn from top to bottom."""

    def __init__(self, words: Words, colour: str) -> None:
        self._colour = colour
        self._heading, self._name = words.kind, words.name
        self._details = " · ".join(words.details())
        heading = lines_width(words.kind) + PADDING + lines_width("", words.name)
        self._width = max(heading, lines_width("", self._details)) + 2 * PADDING
        self._height = LINE * (2 if self._details else 1) + PADDING
        self.along: Span = (self._height / 2, self._height / 2)
        self.across: Span = (self._width / 2, self._width / 2)
        self.reach = self._height / 2

    def draw(self, canvas: Canvas, centre: Point) -> None:
        """Draw the box around its centre."""
        canvas.box(centre, self._width, self._height, self._colour)
        x, y = centre
        first = y - LINE / 2 if self._details else y
        # centre kind and name together
        kind, name = lines_width(self._heading), lines_width("", self._name)
        left = x - (kind + PADDING + name) / 2
        canvas.words((left + kind / 2, first), self._heading, bold=True)
        canvas.words((left + kind + PADDING + name / 2, first), self._name, style.GREY)
        canvas.words((x, y + LINE / 2), self._details)


def signs(graph: Graph, lanes: Mapping[str, int], as_volumes: bool) -> Iterator[tuple[str, Sign]]:
    """The name and sign of each input and node; in a lane, the tallest volume places all words."""
    volumes = {name: Volume.of(graph.shapes[name]) for name in lanes}
    tallest: dict[int, float] = {}
    for name, volume in volumes.items():
        tallest[lanes[name]] = max(tallest.get(lanes[name], 0.0), volume.outer_height)
    for name, volume in volumes.items():
        words, colour = words_of(name, graph), colour_of(graph.kind(name))
        if as_volumes:
            yield name, VolumeSign(words, colour, volume, tallest[lanes[name]])
        else:
            yield name, BoxSign(words, colour)


def words_of(name: str, graph: Graph) -> Words:
    """The texts about an input or a node."""
    node = graph.nodes.get(name)
    return Words(
        kind=kind_words(graph.kind(name)),
        name=style.plain(name, LONGEST_NAME),
        setting=_setting(node) if node else "",
        shape=" × ".join(f"{size:,}" for size in graph.shapes[name]),
        weights=_weights(node) if node else "",
    )


def kind_words(kind: str) -> str:
    """The kind of a layer in words, such as "max pooling"."""
    return kind.upper() if kind in ("gru", "lstm") else kind.replace("2d", "").replace("_", " ")


def _setting(node: Node) -> str:
    """The settings worth showing: window, activation."""
    words = [
        " × ".join(map(str, node.settings[key]))
        for key in ("kernel_size", "pool_size")
        if key in node.settings
    ]
    activation = node.settings.get("activation", "linear")
    if activation != "linear":
        words.append(activation)
    return style.plain(", ".join(words), LONGEST_NAME)


def _weights(node: Node) -> str:
    if not node.variable_shapes:
        return ""
    if node.owner != node.name:
        return style.plain(f"weights of {node.owner}", LONGEST_NAME)
    return f"{node.weight_count:,} weights"


def lines_width(bold: str, *texts: str) -> float:
    """Width in inches of the widest line; the first line is bold."""
    widths = [style.text_width(text, style.TEXT_SIZE) for text in texts]
    return max(BOLD * style.text_width(bold, style.TEXT_SIZE), *widths, 0.0)
