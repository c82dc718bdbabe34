"""Scores of single examples against their length: is the network worse on long ones?"""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nnlab.experiments.contract import Evidence
from nnlab.experiments.translate.scoring import TranslateDetails
from nnlab.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_BINS = 10
PLACE = 0.78  # inches a bin

Lengths = npt.NDArray[np.int64]


def length_against_score(
    lengths: npt.ArrayLike,
    scores: npt.ArrayLike,
    title: str,
    xlabel: str,
    ylabel: str,
    footer: str = "",
) -> "Figure":
    """Draw mean and spread of the scores in bins of length that hold about as many examples each.

    Args:
        lengths: a whole number an example, (count,).
        scores: a score an example, (count,), such as its chrF.
        title: above the axes.
        xlabel: what the length is of.
        ylabel: what the score is.
        footer: data set and seed, for the foot of the figure.

    Raises:
        ValueError: if there is not one score for each length.
    """
    sizes, values = np.asarray(lengths, np.int64), np.asarray(scores, np.float64)
    if sizes.ndim != 1 or sizes.shape != values.shape:
        raise ValueError(f"expected a score for each length, got {values.shape}, {sizes.shape}")
    bins = length_bins(sizes)
    figure = style.new_figure(max(6.4, 1.2 + PLACE * len(bins)), 4.4)
    axes = figure.subplots()
    axes.use_sticky_edges = False
    axes.margins(y=0.08)
    words = f"{xlabel} (number of sentences)" if bins else "no examples"
    style.style_axes(axes, title, words, ylabel)
    names, means = [], []
    for place, (low, high) in enumerate(bins):
        inside = values[(sizes >= low) & (sizes <= high)]
        _draw_spread(axes, place, inside)
        means.append(float(inside.mean()))
        name = f"{low}" if low == high else f"{low}–{high}"
        names.append(f"{name}\n({len(inside):,})")
    axes.plot(means, "D-", color=style.VERMILION, linewidth=1.2, markersize=6, label="mean")
    axes.set_xticks(range(len(bins)), names)
    axes.set_xlim(-0.6, max(len(bins), 1) - 0.4)
    axes.tick_params(axis="x", length=0)
    if bins:
        look: dict[str, Any] = {"fontsize": style.TEXT_SIZE, "frameon": False, "ncols": 3}
        figure.legend(loc="outside upper right", **look)
    else:
        axes.set_yticks([])
    style.footer(figure, footer)
    return figure


def _draw_spread(axes: "Axes", place: int, scores: npt.NDArray[np.float64]) -> None:
    lower, middle, upper = np.quantile(scores, (0.25, 0.5, 0.75)).tolist()
    names = ("middle half", "median") if place == 0 else ("_", "_")  # once in the legend
    look: dict[str, Any] = {"color": style.SKY_BLUE, "alpha": 0.55, "label": names[0]}
    axes.bar(place, upper - lower, 0.5, bottom=lower, **look)
    ends = (place - 0.25, place + 0.25)
    axes.hlines(middle, *ends, color=style.BLUE, linewidth=1.6, label=names[1])


def length_bins(lengths: Lengths) -> list[tuple[int, int]]:
    """Shortest and longest length of at most ten bins of about as many examples each."""
    if not len(lengths):
        return []
    present, counts = np.unique(lengths, return_counts=True)
    middles = np.cumsum(counts) - counts / 2
    numbers = np.minimum((middles * MOST_BINS / len(lengths)).astype(np.int64), MOST_BINS - 1)
    return [
        (int(present[numbers == number].min()), int(present[numbers == number].max()))
        for number in np.unique(numbers)
    ]


def draw(evidence: Evidence[TranslateDetails]) -> dict[str, Any]:
    """Draw the score by length of the sentence."""
    figure = length_against_score(
        evidence.arrays["source_length"],
        evidence.arrays["sentence_chrf"],
        title="Unseen sentences: the longer, the worse?",
        xlabel="characters of the source sentence",
        ylabel="chrF of a sentence",
        footer=evidence.footer,
    )
    return {"length": figure}
