"""A recurrent network drawn unrolled over time, as in figures 3 and 6 of the 2018 report.

Time runs from left to right, and the layers are stacked from bottom to top. Of a long sequence, the
first steps and the last one are drawn, with dots between them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from nnlab.inference import Graph
from nnlab.plots import style
from nnlab.plots.network.glyphs import Canvas
from nnlab.plots.network.page import new_page
from nnlab.plots.network.rows import BOX_HEIGHT, BOX_WIDTH, Row, rows_of
from nnlab.plots.network.signs import LINE, lines_width
from nnlab.plots.network.unrolling import Unrolled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_STEPS = {1: 6, 2: 4}  # columns of a chain, by the number of chains
LARGEST_INDEX = 9999  # the last step of a longer sequence is called n, which fits in its box
STEP = 0.8  # from one step to the next; all sizes are in inches
DOTS = 0.62  # from a step to the dots
BETWEEN_LEVELS = 0.2
BETWEEN_CHAINS = 0.95
BESIDE = 0.14  # between a box and its words
MARGIN = 0.2


def draw_unrolled(network: Unrolled, graph: Graph, title: str, footer: str) -> "Figure":
    """Draw a network split into chains."""
    rows = [
        list(rows_of(chain, network, graph, "x" if index == 0 else "y"))
        for index, chain in enumerate(network.chains)
    ]
    columns = [_Columns.of(chain.steps, len(rows)) for chain in network.chains]
    lefts, width = _across(rows, columns)
    heights, height = _down([row for chain_rows in rows for row in chain_rows])
    figure, canvas = new_page((width, height), title, footer)
    drawn: dict[str, _ChainDrawing] = {}
    for index, chain in enumerate(network.chains):
        drawing = _ChainDrawing(canvas, columns[index].shifted(lefts[index]), heights, index == 0)
        drawing.draw(rows[index])
        drawn |= dict.fromkeys(chain.names, drawing)
    _draw_links(canvas, network, drawn, heights)
    return figure


@dataclass(frozen=True)
class _Columns:
    """The drawn steps of a chain: index and place of each; None stands for dots."""

    labels: tuple[str | None, ...]
    places: tuple[float, ...]

    @classmethod
    def of(cls, steps: int, chains: int) -> "_Columns":
        most = MOST_STEPS[chains]
        last = "n" if steps > LARGEST_INDEX else str(steps)
        labels: list[str | None] = [str(step + 1) for step in range(min(steps, most))]
        if steps > most:
            labels[-2:] = [None, last]
        places = [0.0]
        for pair in pairwise(labels):
            places.append(places[-1] + (DOTS if None in pair else STEP))
        return cls(tuple(labels), tuple(places))

    def shifted(self, by: float) -> "_Columns":
        return _Columns(self.labels, tuple(place + by for place in self.places))


def _across(
    rows: Sequence[Sequence[Row]], columns: Sequence[_Columns]
) -> tuple[list[float], float]:
    """The position of the first step of each chain, and the width of the drawing."""
    position = MARGIN
    lefts = []
    for index, chain_rows in enumerate(rows):
        span = columns[index].places[-1]
        room = 0.0
        for row in chain_rows:
            # left of a single box at the last step, the earlier steps leave room for words
            free = span if row.form == "vector" and index == 0 else 0.0
            room = max(room, lines_width(*row.lines) + BESIDE - free)
        before = room if index == 0 else BETWEEN_CHAINS
        lefts.append(position + before + BOX_WIDTH / 2)
        position = lefts[-1] + span + BOX_WIDTH / 2 + (room if index else 0.0)
    return lefts, position + MARGIN


def _down(rows: Sequence[Row]) -> tuple[list[float], float]:
    """The distance of each level's middle from the top, level 0 lowest, and the total height."""
    tallest = [BOX_HEIGHT] * (1 + max(row.level for row in rows))
    for row in rows:
        tallest[row.level] = max(tallest[row.level], LINE * len(row.lines))
    middles, position = [], MARGIN
    for height in reversed(tallest):
        middles.append(position + height / 2)
        position += height + BETWEEN_LEVELS
    return middles[::-1], position - BETWEEN_LEVELS + MARGIN


@dataclass(frozen=True)
class _ChainDrawing:
    """Draws one chain in its columns."""

    canvas: Canvas
    columns: _Columns
    heights: Sequence[float]
    words_left: bool

    @property
    def first(self) -> float:
        """The left edge of the first step."""
        return self.columns.places[0] - BOX_WIDTH / 2

    @property
    def last(self) -> float:
        """The right edge of the last step."""
        return self.columns.places[-1] + BOX_WIDTH / 2

    def draw(self, rows: Sequence[Row]) -> None:
        """Draw the boxes, arrows and words of all rows."""
        for row in rows:
            self._boxes(row)
            self._words(row)
        for below, above in pairwise(rows):
            self._arrows_up(below, above)

    def _boxes(self, row: Row) -> None:
        y = self.heights[row.level]
        if row.form == "bar":
            centre = (self.first + self.last) / 2
            self.canvas.box((centre, y), self.last - self.first, BOX_HEIGHT, row.colour)
            self.canvas.words((centre, y), row.inside)
            return
        for label, x in self._steps(row):
            if label is None:
                self.canvas.words((x, y), "· · ·", style.GREY, bold=True)
            else:
                index = "" if row.form == "vector" else f"_{{{label}}}"
                inside = f"${row.inside}{index}$" if row.indexed else row.inside
                self.canvas.box((x, y), BOX_WIDTH, BOX_HEIGHT, row.colour)
                self.canvas.words((x, y), inside)
        if row.form == "memory":
            for (one, start), (other, stop) in pairwise(self._steps(row)):
                self.canvas.arrow([(start + _reach(one), y), (stop - _reach(other), y)])

    def _steps(self, row: Row) -> list[tuple[str | None, float]]:
        """The index and place of each box of a row."""
        steps = list(zip(self.columns.labels, self.columns.places, strict=True))
        return steps[-1:] if row.form == "vector" else steps

    def _arrows_up(self, below: Row, above: Row) -> None:
        """Draw one arrow per step, or one from the last step to a vector."""
        start = self.heights[below.level] - BOX_HEIGHT / 2
        stop = self.heights[above.level] + BOX_HEIGHT / 2
        for label, x in self._steps(above):
            if label is not None:
                self.canvas.arrow([(x, start), (x, stop)])

    def _words(self, row: Row) -> None:
        """Write a row's words beside its boxes."""
        left = self._steps(row)[0][1] - BOX_WIDTH / 2
        x = left - BESIDE if self.words_left else self.last + BESIDE
        top = self.heights[row.level] - LINE * len(row.lines) / 2
        for number, line in enumerate(row.lines):
            self.canvas.words(
                (x, top + LINE * (number + 0.5)),
                line,
                style.GREY if number == 1 and row.name else style.BLACK,
                bold=number == 0,
                align="right" if self.words_left else "left",
            )


def _reach(label: str | None) -> float:
    """The distance between the middle of a box, or of dots, and the end of an arrow."""
    return 0.2 if label is None else BOX_WIDTH / 2


def _draw_links(
    canvas: Canvas,
    network: Unrolled,
    drawn: Mapping[str, _ChainDrawing],
    heights: Sequence[float],
) -> None:
    """Draw what the encoder passes to the decoder."""
    for giver, taker in network.passed:
        y = heights[network.levels[giver]]
        start, stop = drawn[giver].last, drawn[taker].first
        canvas.arrow([(start, y), (stop, y)])
        canvas.words(((start + stop) / 2, y - LINE * 0.7), "states $h, c$")
    if network.repeated is not None:
        start, stop = drawn[network.repeated].last, drawn[network.chains[1].names[0]].first
        high, low = heights[network.levels[network.repeated]], heights[0]
        turn = (start + stop) / 2
        corners = [(start, high), (turn, high), (turn, low), (stop, low)]
        canvas.arrow(list(dict.fromkeys(corners)))  # at equal heights two corners coincide
