"""Grouped bars: the errors of several methods side by side, for each kind of noise, say."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from nnlab.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LONGEST_NAME = 28  # characters
BAR, BETWEEN = 0.26, 0.3  # inches


def method_bars(
    scores: Mapping[str, Mapping[str, float]],
    title: str,
    xlabel: str,
    ylabel: str,
    footer: str = "",
) -> "Figure":
    """Draw one bar per method in each group, from 0, with its value above it.

    Args:
        scores: scores by method, then by group; a group that a method has no score for is left
            empty. At most 8 methods, the main one first.
        title: above the axes.
        xlabel: what the groups are.
        ylabel: what the scores are.
        footer: data set and seed, shown below the figure.

    Raises:
        ValueError: if there are more methods than colours.
    """
    if len(scores) > len(style.OKABE_ITO):
        raise ValueError(f"expected at most {len(style.OKABE_ITO)} methods, got {len(scores)}")
    groups = list(dict.fromkeys(group for by_group in scores.values() for group in by_group))
    width = max(6.4, 1.2 + len(groups) * (BAR * len(scores) + BETWEEN))
    figure = style.new_figure(width, 4.6)
    axes = figure.subplots()
    style.style_axes(axes, title, xlabel if groups else "no scores", ylabel)
    if groups:
        _draw(axes, scores, groups)
        columns = min(len(scores), max(2, int(width / 2.4)))
        figure.legend(
            loc="outside upper left", ncols=columns, fontsize=style.TEXT_SIZE, frameon=False
        )
    else:
        axes.set(xticks=[], yticks=[])
    style.footer(figure, footer)
    return figure


def _draw(axes: "Axes", scores: Mapping[str, Mapping[str, float]], groups: Sequence[str]) -> None:
    step = BAR / (BAR * len(scores) + BETWEEN)  # share of the distance between groups
    for number, (method, by_group) in enumerate(scores.items()):
        places = [place for place, group in enumerate(groups) if group in by_group]
        values = [by_group[groups[place]] for place in places]
        bars = axes.bar(
            [place + step * (number - (len(scores) - 1) / 2) for place in places],
            values,
            width=0.9 * step,
            color=style.OKABE_ITO[number],
            label=style.plain(method, LONGEST_NAME),
        )
        axes.bar_label(bars, fmt="%.3f", rotation=90, padding=3, fontsize=style.FOOTER_SIZE)
    highest = max((value for one in scores.values() for value in one.values()), default=0.0)
    axes.set_ylim(0, 1.2 * highest or 1.0)
    axes.set_xlim(-0.6, len(groups) - 0.4)
    axes.set_xticks(range(len(groups)), [style.plain(name, LONGEST_NAME) for name in groups])
    axes.tick_params(axis="x", length=0)
