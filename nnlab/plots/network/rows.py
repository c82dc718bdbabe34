"""The rows of an unrolled network drawing: boxes, and words beside them."""

from collections.abc import Iterator
from dataclasses import dataclass

from nnlab.inference import Graph
from nnlab.inference.layer import Shape
from nnlab.plots import style
from nnlab.plots.network.glyphs import colour_of
from nnlab.plots.network.signs import kind_words, lines_width, words_of
from nnlab.plots.network.unrolling import Chain, Unrolled

BOX_WIDTH, BOX_HEIGHT = 0.56, 0.36  # inches
SHORT = {"dropout": "drop", "embedding": "embed", "masking": "mask"}  # kinds, inside boxes


@dataclass(frozen=True)
class Row:
    """One layer: its words, and how it is drawn.

    Attributes:
        name: Name of the layer; empty for the output.
        lines: Kind, name and facts, written beside it.
        colour: Colour of its boxes.
        inside: Text in each box; a letter with an index if `indexed`.
        level: Height, from 0 at the bottom.
        form: "steps", one box per step; "memory", the same with arrows between them; "vector", one
            box at the last step; "bar", one box across all steps.
        indexed: Whether the boxes are values, numbered by step.
    """

    name: str
    lines: tuple[str, ...]
    colour: str
    inside: str
    level: int
    form: str
    indexed: bool = False


def rows_of(chain: Chain, network: Unrolled, graph: Graph, letter: str) -> Iterator[Row]:
    """The layers of a chain from bottom to top, then its output."""
    over_time = True
    for name in chain.names:
        kind, level, lines = graph.kind(name), network.levels[name], _lines(name, graph)
        colour = colour_of(kind)
        if kind == "input":
            yield Row(name, lines, colour, letter, level, "steps", indexed=True)
        elif kind == "repeat_vector":
            yield Row(name, lines, style.GREEN, "repeat", level, "bar")
        else:
            form = "vector" if not over_time else "memory" if kind == "lstm" else "steps"
            yield Row(name, lines, colour, _short(kind), level, form)
        over_time = over_time and (len(graph.shapes[name]) == 2 or kind == "input")
    if chain.is_output:
        form = "steps" if over_time else "vector"
        lines = ("output", _size(graph.shapes[chain.names[-1]], over_time))
        top = network.levels[chain.names[-1]] + 1
        yield Row("", lines, style.GREY, "o", top, form, indexed=True)


def _lines(name: str, graph: Graph) -> tuple[str, ...]:
    """Kind, name, shape or units, settings and weights, without empty ones."""
    words, shape = words_of(name, graph), graph.shapes[name]
    features = f"{shape[-1]:,}"
    size = {
        "input": _size(shape, over_time=True),
        "repeat_vector": _size(shape, over_time=True),
        "embedding": f"{features} features",
        "lstm": f"{features} units",
        "dense": f"{features} units",
    }.get(graph.kind(name), "")
    setting = ", ".join(text for text in (size, words.setting) if text)
    return tuple(text for text in (words.kind, words.name, setting, words.weights) if text)


def _size(shape: Shape, over_time: bool) -> str:
    """The shape in words: steps and features if it is over time, else values."""
    sizes = [f"{size:,}" for size in shape]
    if not over_time:
        return f"{sizes[0]} values"
    return " × ".join([f"{sizes[0]} steps", *sizes[1:]])


def _short(kind: str) -> str:
    """The kind if it fits in a box, else nothing."""
    words = SHORT.get(kind) or kind_words(kind)
    return words if lines_width(words) < BOX_WIDTH - 0.06 else ""
