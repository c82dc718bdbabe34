"""Accuracy of groups of problems: by number of carries, by length."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.experiments.add.scoring import AddDetails, Group
from nnlab.experiments.contract import Evidence
from nnlab.plots import style
from nnlab.wording import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ZOOMED = 0.8  # where no interval reaches below this share, the axis does not begin at 0
MOST_LEVEL = 10  # groups whose numbers are written level; of more they stand upright
LEVEL, UPRIGHT = 0.82, 0.42  # inches a group
LEAST_SPAN = 0.2  # percentage points that an axis shows at least


def group_bars(
    groups: Sequence[Group], title: str, xlabel: str, ylabel: str, footer: str = ""
) -> "Figure":
    """Draw the share of each group with its interval, and write its number and its examples.

    Bars stand on 0 %. Where all groups are close to 100 %, bars would all look the same: the axis
    then shows the range that the intervals take, and dots take the place of bars, since the
    length of a cut bar would mislead.

    Args:
        groups: at least one.
        title: above the axes.
        xlabel: what the groups are.
        ylabel: what the share is of; " (%)" is added.
        footer: data set and seed, for the foot of the figure.
    """
    level = len(groups) <= MOST_LEVEL
    width = max(6.4, 1.4 + (LEVEL if level else UPRIGHT) * len(groups))
    figure = style.new_figure(width, 4.4 if level else 5.6)
    axes = figure.subplots()
    zoomed = min(group.low for group in groups) >= ZOOMED
    style.style_axes(axes, title, f"{xlabel} (examples)")
    lines = style.wrapped(f"{ylabel} (%), 95 % interval", 3.0, style.LABEL_SIZE)
    if zoomed:
        lines.append("axis does not begin at 0")
    axes.set_ylabel("\n".join(lines), fontsize=style.LABEL_SIZE)
    _draw(axes, groups, zoomed)
    _fit_axis(axes, groups, zoomed, level)
    _write(axes, groups, level)
    style.footer(figure, footer)
    return figure


def short_percent(share: float) -> str:
    """Return a share in per cent, with few decimals: there is little room above a bar."""
    decimals = 0 if share in (0, 1) else 1 if 0.001 <= share <= 0.99 else 2
    return percent(share, decimals)


def _draw(axes: "Axes", groups: Sequence[Group], zoomed: bool) -> None:
    places = np.arange(len(groups))
    shares, low, high = (
        100 * np.array(values)
        for values in zip(*((one.value, one.low, one.high) for one in groups), strict=True)
    )
    if not zoomed:
        axes.bar(places, shares, width=0.62, color=style.SKY_BLUE)
    axes.errorbar(
        places,
        shares,
        yerr=(np.maximum(shares - low, 0), np.maximum(high - shares, 0)),
        fmt="o" if zoomed else "none",
        color=style.BLUE if zoomed else style.BLACK,
        markersize=6,
        linewidth=1.4,
        capsize=4,
    )


def _fit_axis(axes: "Axes", groups: Sequence[Group], zoomed: bool, level: bool) -> None:
    """Show all intervals, and above them room for the numbers."""
    top = 100 * max(group.high for group in groups)
    bottom = 100 * min(group.low for group in groups) if zoomed else 0.0
    span = max(top - bottom, LEAST_SPAN if zoomed else 1.0)
    limits = (bottom - 0.06 * span * zoomed, top + (0.12 if level else 0.4) * span)
    axes.set_ylim(limits)
    axes.set_yticks([tick for tick in axes.get_yticks() if tick <= top + span / 99])
    axes.set_ylim(limits)  # ticks widen the axis
    axes.set_xlim(-0.6, len(groups) - 0.4)


def _write(axes: "Axes", groups: Sequence[Group], level: bool) -> None:
    """Write the share of each group above its interval, its label and examples under it."""
    names, apart = [], "\n" if level else " "
    for place, group in enumerate(groups):
        axes.annotate(
            short_percent(group.value),
            (place, 100 * group.high),
            (0, 5),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=style.TEXT_SIZE,
            rotation=0 if level else 90,
            bbox={"facecolor": "white", "alpha": 0.85, "edgecolor": "none", "pad": 1},
        )
        names.append(f"{group.key}{apart}({group.count:,})")
    axes.set_xticks(range(len(groups)), names, rotation=0 if level else 90)
    axes.tick_params(axis="x", length=0)


def draw(evidence: Evidence[AddDetails]) -> dict[str, Any]:
    """Draw accuracy by number of carries and by length."""
    details = evidence.metrics.details
    groups = {
        "carries": ("number of carries", details.by_carries),
        "length": ("digits of an operand", details.by_length),
    }
    return {
        f"by-{key}": group_bars(
            found,
            title=f"Sums answered exactly, by {words}",
            xlabel=words,
            ylabel="exact match",
            footer=evidence.footer,
        )
        for key, (words, found) in groups.items()
    }
