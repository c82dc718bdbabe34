"""Accuracy of groups of examples: by number of carries, by length, by kind."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.experiments.add.scoring import AddDetails
from nnlab.experiments.contract import Evidence
from nnlab.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Group = tuple[str, float | None, float, float, int]  # label, share, low, high, count

ZOOMED = 0.8  # where no interval reaches below this share, the axis does not begin at 0
MOST_LEVEL = 10  # groups whose numbers are written level; of more they stand upright
LEVEL, UPRIGHT = 0.82, 0.42  # inches a group
LONGEST_NAME = 40  # characters
LEAST_SPAN = 0.2  # percentage points that an axis shows at least


def group_bars(
    groups: Sequence[Group],
    title: str,
    xlabel: str,
    ylabel: str,
    footer: str = "",
    reference: tuple[str, float] | None = None,
) -> "Figure":
    """Draw the share of each group with its interval, and write its number and its examples.

    Bars stand on 0 %. Where all groups are close to 100 %, bars would all look the same: the axis
    then shows the range that the intervals take, and dots take the place of bars, since the
    length of a cut bar would mislead.

    Args:
        groups: label, share (0 to 1, None without examples), both ends of its interval (such as
            `nnlab.metrics.wilson_interval` gives them), number of examples. Groups without
            examples are left out.
        title: above the axes.
        xlabel: what the groups are.
        ylabel: what the share is of; " (%)" is added.
        footer: data set and seed, for the foot of the figure.
        reference: name and share to compare with, such as a baseline.
    """
    seen = [group for group in groups if group[1] is not None and group[4]]
    level = len(seen) <= MOST_LEVEL
    width = max(6.4, 1.4 + (LEVEL if level else UPRIGHT) * len(seen))
    figure = style.new_figure(width, 4.4 if level else 5.6)
    axes = figure.subplots()
    zoomed = bool(seen) and min(low for _, _, low, _, _ in seen) >= ZOOMED
    style.style_axes(axes, title, f"{xlabel} (examples)" if seen else "no examples")
    lines = style.wrapped(f"{ylabel} (%), 95 % interval", 3.0, style.LABEL_SIZE)
    if zoomed:
        lines.append("axis does not begin at 0")
    axes.set_ylabel("\n".join(lines), fontsize=style.LABEL_SIZE)
    if seen:
        _draw(axes, seen, zoomed)
        _fit_axis(axes, seen, zoomed, level)
        _write(axes, seen, level)
        _draw_reference(figure, axes, reference)
    else:
        axes.set(xticks=[], yticks=[])
    style.footer(figure, footer)
    return figure


def percent(share: float) -> str:
    """A share in per cent; only what is exactly 0 or 1 reads "0 %" or "100 %"."""
    if share in (0, 1):
        return f"{100 * share:.0f} %"
    decimals = 1 if 0.001 <= share <= 0.99 else 2
    while decimals < 6 and float(f"{100 * share:.{decimals}f}") in (0, 100):
        decimals += 1
    return f"{100 * share:.{decimals}f} %"


def _draw(axes: "Axes", groups: Sequence[Group], zoomed: bool) -> None:
    places = np.arange(len(groups))
    shares, low, high = (
        100 * np.array([group[column] for group in groups], np.float64) for column in (1, 2, 3)
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
    top = 100 * max(high for _, _, _, high, _ in groups)
    bottom = 100 * min(low for _, _, low, _, _ in groups) if zoomed else 0.0
    span = max(top - bottom, LEAST_SPAN if zoomed else 1.0)
    limits = (bottom - 0.06 * span * zoomed, top + (0.12 if level else 0.4) * span)
    axes.set_ylim(limits)
    axes.set_yticks([tick for tick in axes.get_yticks() if tick <= top + span / 99])
    axes.set_ylim(limits)  # ticks widen the axis
    axes.set_xlim(-0.6, len(groups) - 0.4)


def _write(axes: "Axes", groups: Sequence[Group], level: bool) -> None:
    """Write the share of each group above its interval, its label and examples under it."""
    names = []
    for place, (label, share, _, high, count) in enumerate(groups):
        axes.annotate(
            percent(share or 0.0),
            (place, 100 * high),
            (0, 5),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=style.TEXT_SIZE,
            rotation=0 if level else 90,
            bbox={"facecolor": "white", "alpha": 0.85, "edgecolor": "none", "pad": 1},
        )
        name = style.plain(label, LONGEST_NAME if level else LONGEST_NAME // 2)
        lines = style.wrapped(name, LEVEL - 0.1, style.TEXT_SIZE) if level else [name]
        names.append("\n".join([*lines, f"({count:,})"]) if level else f"{name} ({count:,})")
    axes.set_xticks(range(len(groups)), names, rotation=0 if level else 90)
    axes.tick_params(axis="x", length=0)


def _draw_reference(figure: "Figure", axes: "Axes", reference: tuple[str, float] | None) -> None:
    """Draw a line to compare with, or say where it would be if the axis does not reach there."""
    if reference is None:
        return
    name, share = reference
    low, high = axes.get_ylim()
    label = f"{style.plain(name, LONGEST_NAME)}: {percent(share)}"
    look: dict[str, Any] = {"color": style.VERMILION, "linestyle": "--", "linewidth": 1.2}
    if low <= 100 * share <= high:
        axes.axhline(100 * share, label=label, **look)
    else:
        axes.plot([], [], label=f"{label} (off the axis)", **look)
    figure.legend(loc="outside upper right", fontsize=style.TEXT_SIZE, frameon=False)


def draw(evidence: Evidence[AddDetails]) -> dict[str, Any]:
    """Draw accuracy by number of carries and by length."""
    details = evidence.metrics.details
    groups = {
        "carries": ("number of carries", details.by_carries),
        "length": ("digits of an operand", details.by_length),
    }
    return {
        f"by-{key}": group_bars(
            [(str(group.key), group.value, group.low, group.high, group.count) for group in found],
            title=f"Sums answered exactly, by {words}",
            xlabel=words,
            ylabel="exact match",
            footer=evidence.footer,
        )
        for key, (words, found) in groups.items()
    }
