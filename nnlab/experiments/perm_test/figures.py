"""Paired runs: what a change (such as permuting the pixels) does, pair by pair."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nnlab.experiments.classify.figures.image_grid import COLUMNS, MOST_IMAGES, image_grid
from nnlab.experiments.perm_test.comparison import (
    IDENTITY,
    PERMUTED,
    PLAIN,
    PermTestComparison,
    accuracies_by_arm,
    arm_of,
    dose_name,
    side_of,
)
from nnlab.metrics import PairedDifference
from nnlab.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from nnlab.results import Summary

LONGEST_NAME = 22  # characters
PLACE = 1.2  # inches a condition
COLOURS = style.OKABE_ITO[:6]  # without yellow, pale on white, and black, the colour of the mean
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")


def draw_summary(
    summary: "Summary[Any]", evidence: Callable[[str], Mapping[str, npt.NDArray[Any]]]
) -> dict[str, Any]:
    """Draw the pairs with their differences, and images before and after.

    Args:
        summary: What the runs say together.
        evidence: Reads the arrays that `score` kept of a run, by the run's name.
    """
    figures: dict[str, Any] = {}
    details: PermTestComparison = summary.details
    accuracies = accuracies_by_arm(summary.runs)
    found = {
        PERMUTED: details.permuted_minus_plain,
        **{arm_of(side): one for side, one in details.doses.items()},
        IDENTITY: details.identity_minus_plain,
    }
    differences = {arm: one for arm, one in found.items() if one}
    shown = [PLAIN, *differences]
    pairs = accuracies.get(PLAIN, {}).keys()
    if len(shown) > 2 and all(accuracies[arm].keys() == pairs for arm in shown):
        figures["paired-differences"] = paired_differences(
            {_in_short(arm): list(accuracies[arm].values()) for arm in shown},
            {_in_short(arm): one for arm, one in differences.items()},
            footer=summary.footer,
        )
    moved = _one_of_each(summary.runs)
    if moved:
        before = evidence(next(iter(moved.values())))["plain_examples"]
        after = {arm: evidence(name)["permuted_examples"] for arm, name in moved.items()}
        figures["before-after"] = before_after(before, after, footer=summary.footer)
    return figures


def _one_of_each(runs: Mapping[str, Any]) -> dict[str, str]:
    """Return the first run of each arm that permutes, by the words under its images."""
    found: dict[str, str] = {}
    for name in runs:
        arm = name.rsplit("-", 1)[0]
        side = side_of(arm)
        if side or arm == PERMUTED:
            found.setdefault(dose_name(side) if side else "after", name)
    return found


def _in_short(arm: str) -> str:
    side = side_of(arm)
    return dose_name(side) if side else arm


def paired_differences(
    scores: Mapping[str, Sequence[float]],
    differences: Mapping[str, PairedDifference],
    footer: str = "",
) -> "Figure":
    """Draw the accuracy of paired runs, and what each condition differs from the first one.

    On the left a line joins the runs of one pair; on the right stand the paired differences with
    their mean and 95 % interval against the line of no difference.

    Args:
        scores: an accuracy a pair for each condition, all in one order; the first condition is
            what the others are compared with: `{"plain": ..., "permuted": ..., "identity": ...}`.
        differences: for each other condition `differences` (one a pair), `mean`, `low`, `high` and
            `p` (None where unknown), as `nnlab.metrics.paired_difference` gives them.
        footer: data set and seeds, for the foot of the figure.

    Raises:
        ValueError: if the conditions do not have one number of runs.
    """
    pairs = {len(values) for values in scores.values()}
    if len(pairs) != 1:
        raise ValueError(f"expected one number of runs in all conditions, got {sorted(pairs)}")
    widths = [max(3.4, 1.0 + PLACE * len(places)) for places in (scores, differences)]
    figure = style.new_figure(sum(widths), 4.8)
    left, right = figure.subplots(1, 2, width_ratios=widths)
    base = style.plain(next(iter(scores)), LONGEST_NAME)

    style.style_axes(left, "Each pair", y="accuracy (%)")
    _draw_scores(left, scores)
    change = "change (percentage points)"
    style.style_axes(right, f"Difference from {base}", "◆ mean and 95 % interval", change)
    _draw_differences(right, differences)
    style.footer(figure, footer)
    return figure


def _draw_scores(axes: "Axes", scores: Mapping[str, Sequence[float]]) -> None:
    columns = 100 * np.array(list(scores.values()))  # (conditions, pairs)
    places = np.arange(len(columns))
    for pair, values in enumerate(columns.T):
        axes.plot(
            places,
            values,
            color=COLOURS[pair % len(COLOURS)],
            marker=MARKERS[pair % len(MARKERS)],
            markersize=6,
            linewidth=1.2,
            alpha=0.9,
        )
    _name_places(axes, list(scores))


def _draw_differences(axes: "Axes", differences: Mapping[str, PairedDifference]) -> None:
    axes.axhline(0, color=style.BLACK, linewidth=1.0)
    for place, row in enumerate(differences.values()):
        values = 100 * np.array(row.differences)
        for pair, value in enumerate(values):
            spread = 0.22 * (pair + 0.5) / len(values)  # pairs side by side, left of the mean
            axes.plot(
                place - 0.1 - spread,
                value,
                color=COLOURS[pair % len(COLOURS)],
                marker=MARKERS[pair % len(MARKERS)],
                markersize=5,
                alpha=0.9,
            )
        if row.low is not None and row.high is not None:
            axes.plot(
                [place + 0.1] * 2,
                [100 * row.low, 100 * row.high],
                color=style.BLACK,
                linewidth=2,
                solid_capstyle="butt",
            )
        axes.plot(place + 0.1, 100 * row.mean, color=style.BLACK, marker="D", markersize=7)
    _name_places(axes, list(differences), [*map(_in_words, differences.values())])


def _in_words(row: PairedDifference) -> str:
    """Mean, interval and p-value of a difference, if they are known."""
    words = [_signed(100 * row.mean)]
    if row.low is not None and row.high is not None:
        words.append(f"[{_signed(100 * row.low)}, {_signed(100 * row.high)}]")
    if row.p is not None:
        words.append("p < 0.001" if row.p < 0.001 else f"p = {row.p:.3f}")
    return "\n".join(words)


def _signed(value: float) -> str:
    text = f"{value:+.2f}"
    return "0.00" if text in ("+0.00", "-0.00") else text.replace("-", "\N{MINUS SIGN}")


def _name_places(axes: "Axes", names: Sequence[str], words: Sequence[str] = ()) -> None:
    """Write under each place its name, and below that its words."""
    labels = ["\n".join(style.wrapped(name, PLACE - 0.1, style.TEXT_SIZE)) for name in names]
    if words:
        labels = [f"{label}\n{text}" for label, text in zip(labels, words, strict=True)]
    axes.set_xticks(range(len(names)), labels)
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.tick_params(axis="x", length=0)


def before_after(
    images: Sequence[npt.NDArray[Any]] | npt.NDArray[Any],
    permuted_images: Mapping[str, Sequence[npt.NDArray[Any]] | npt.NDArray[Any]],
    footer: str = "",
) -> "Figure":
    """Draw each image above the same image permuted, in one way or several.

    Of the images, the first 8 are drawn, or as many as leave room for every way.

    Args:
        images: (height, width[, channels]) each, uint8 or floats from 0 to 1.
        permuted_images: the same images, permuted, in the same order, by what is to stand under
            them.
        footer: data set and seed of the permutation, for the foot of the figure.

    Raises:
        ValueError: if the numbers of images differ.
    """
    columns = min(len(images), COLUMNS, MOST_IMAGES // (1 + len(permuted_images)))
    shown, words = list(images[:columns]), ["before"] * columns
    for name, permuted in permuted_images.items():
        if len(images) != len(permuted):
            raise ValueError(
                f"expected as many images before as after, got {len(images)} and {len(permuted)}"
            )
        shown += list(permuted[:columns])
        words += [name] * columns
    title = "The same images before and after the permutation"
    return image_grid(shown, words, title, footer, columns)
