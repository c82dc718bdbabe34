"""How often the hidden item is among the first k recommendations."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.experiments.contract import Evidence
from nnlab.experiments.recommend.scoring import RecommendDetails
from nnlab.metrics import RecallAt
from nnlab.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LOOKS = (
    (style.BLUE, "-", "o"),
    (style.VERMILION, "--", "s"),
    (style.GREEN, "-.", "^"),
    (style.PURPLE, ":", "D"),
    (style.ORANGE, "--", "v"),
    (style.BLACK, "-.", "P"),
    (style.SKY_BLUE, ":", "X"),
)
STEP = 5  # intervals are drawn at 1 and at multiples of this; at each k they would be a thicket
APART = 0.14  # between the intervals of two recommenders at one k
LONGEST_NAME = 24  # characters
COLUMNS = 3  # of the legend


def recall_over_k(curves: Mapping[str, Sequence[RecallAt]], footer: str = "") -> "Figure":
    """Draw the recall of each recommender against k, with some of its intervals.

    Args:
        curves: of each recommender by its name, the network's first; see
            `nnlab.metrics.recall_curve`.
        footer: data set and seed, for the foot of the figure.
    """
    figure = style.new_figure(7.6, 5.2)
    axes = figure.subplots()
    title = "Hidden item found among the first k recommendations"
    label = "k (bars: 95 % Wilson interval over the test baskets)"
    style.style_axes(axes, title, label, "recall at k (%)")
    for place, (name, rows) in enumerate(curves.items()):
        shift = APART * (place - (len(curves) - 1) / 2)
        _draw_curve(axes, style.plain(name, LONGEST_NAME), rows, place, shift)
    ks = [row.k for rows in curves.values() for row in rows]
    if ks:
        first, last = min(ks), max(ks)
        axes.set_xlim(first - 0.7, last + 0.7)
        axes.set_xticks(sorted({first, last, *range(STEP, last + 1, STEP)}))
        axes.set_ylim(bottom=0)
        figure.legend(
            loc="outside upper left",
            ncols=min(len(curves), COLUMNS),
            fontsize=style.TEXT_SIZE,
            frameon=False,
        )
    style.footer(figure, footer)
    return figure


def _draw_curve(
    axes: "Axes", name: str, rows: Sequence[RecallAt], place: int, shift: float
) -> None:
    colour, line, marker = LOOKS[place % len(LOOKS)]
    ks = np.array([row.k for row in rows], np.float64)
    recall, low, high = (
        100 * np.array(values, np.float64)
        for values in (
            [row.recall for row in rows],
            [row.low for row in rows],
            [row.high for row in rows],
        )
    )
    width = 2.2 if place == 0 else 1.4
    axes.plot(
        ks, recall, color=colour, linestyle=line, linewidth=width, zorder=4 if not place else 3
    )
    marked = (ks == ks.min(initial=np.inf)) | (ks % STEP == 0)
    below, above = recall - low, high - recall
    axes.errorbar(
        ks[marked] + shift,
        recall[marked],
        yerr=np.nan_to_num(np.maximum((below[marked], above[marked]), 0)),
        fmt=marker,
        color=colour,
        markersize=5,
        linewidth=1.2,
        capsize=2.5,
        zorder=5,
    )
    axes.plot([], [], color=colour, linestyle=line, marker=marker, linewidth=width, label=name)


def draw(evidence: Evidence[RecommendDetails]) -> dict[str, Any]:
    """Draw recall over k beside the baselines."""
    return {"recall": recall_over_k(evidence.metrics.details.recall, evidence.footer)}
