"""Curves of several runs in one figure, near 100 % also as errors on a logarithmic axis."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nnlab.files import replacing
from nnlab.plots import style
from nnlab.plots.curves import FINE_RATIO, by_decades, fit_epochs, fit_loss

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Values = npt.NDArray[np.float64]

FORMATS: dict[
    str, dict[str, None]
] = {  # without the date, so that the same runs give the same file
    ".png": {},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}
COLOURS = (*style.OKABE_ITO[:6], style.BLACK, style.GREY)  # yellow is too pale on white
LINES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
MARKS = 12  # markers on a long curve
NEAR_PERFECT = 0.95  # shares above this differ too little to be compared in the first panel
LONGEST_LABEL = 100  # characters
LABEL_WIDTH = 2.6  # inches after which a label is wrapped
ROWS = 24  # rows of the legend after which a new column starts


@dataclass(frozen=True)
class Curve:
    """One line of a comparison.

    Attributes:
        label: Text in the legend.
        epochs: Whole numbers, ascending.
        mean: One value per epoch; NaN is a gap.
        low: The lowest value of the runs per epoch; None for a single run.
        high: The highest, likewise.
        diverged: The epoch in which the loss diverged; None if it did not.
    """

    label: str
    epochs: Sequence[int]
    mean: Values
    low: Values | None = None
    high: Values | None = None
    diverged: int | None = None


def compare_curves(
    curves: Sequence[Curve], measure: str, footer: str = "", share: bool = False
) -> "Figure":
    """Draw curves by epoch, with a second panel for the errors if the curves come near 100 %.

    Args:
        curves: At least one; up to eight differ in colour, more in colour and line style.
        measure: Name of the measure, such as "validation accuracy".
        footer: Data set and settings, shown below the figure.
        share: Whether the measure is a share of a whole, shown in per cent.
    """
    best = np.nanmax(np.concatenate([curve.mean for curve in curves]))
    panels = 2 if share and best > NEAR_PERFECT else 1
    columns = -(-len(curves) // ROWS)
    figure = style.new_figure(5.2 * panels + _legend_width(curves) * columns, _height(curves))
    axes = figure.subplots(1, panels, squeeze=False)[0]
    scale = 100.0 if share else 1.0
    title = measure[:1].upper() + measure[1:]
    style.style_axes(axes[0], title, "epoch", f"{measure} (%)" if share else measure)
    _draw(axes[0], [_changed(curve, 0.0, scale) for curve in curves])
    if not share:
        values = np.concatenate([curve.mean for curve in curves])
        fit_loss(axes[0], values, any(curve.diverged is not None for curve in curves))
    if panels == 2:
        title = "The same as errors, log scale"
        style.style_axes(axes[1], title, "epoch", f"100 % \N{MINUS SIGN} {measure} (%)")
        _draw_errors(axes[1], [_changed(curve, 100.0, -100.0) for curve in curves])
    _draw_legend(figure, axes[0], columns)
    style.footer(figure, footer)
    return figure


def _legend_width(curves: Sequence[Curve]) -> float:
    """Width of a column of the legend in inches."""
    longest = max(len(curve.label) for curve in curves)
    crossed = any(curve.diverged is not None for curve in curves)
    text = longest * style.TEXT_SIZE * style.CHARACTER_WIDTH / 72
    return 0.9 + (LABEL_WIDTH if crossed else min(LABEL_WIDTH, text))


def _height(curves: Sequence[Curve]) -> float:
    """Height in inches that leaves room for the legend."""
    lines = [1 + len(curve.label) // 38 + (curve.diverged is not None) for curve in curves]
    return max(4.2, 1.0 + 0.19 * sum(sorted(lines)[-ROWS:]))


@style.house_style()
def save_as(figure: "Figure", path: str | os.PathLike[str]) -> None:
    """Write the figure completely or not at all, in the format of the suffix, one of `FORMATS`.

    Raises:
        NnlabError: The disk is full, or the folder is not writable.
    """
    import matplotlib as mpl

    ending = Path(path).suffix.lower()
    image = BytesIO()
    with mpl.rc_context({"svg.hashsalt": "nnlab"}):
        figure.savefig(image, format=ending[1:], dpi=style.DPI, metadata=dict(FORMATS[ending]))
    with replacing(Path(path)) as temporary:
        temporary.write_bytes(image.getvalue())


def _changed(curve: Curve, offset: float, scale: float) -> Curve:
    low, high = (
        None if bound is None else offset + scale * bound for bound in (curve.low, curve.high)
    )
    mean = offset + scale * curve.mean
    return Curve(curve.label, curve.epochs, mean, low, high, curve.diverged)


def _draw(axes: "Axes", curves: Sequence[Curve]) -> None:
    for number, curve in enumerate(curves):
        look = _look(number)
        words = style.plain(curve.label, LONGEST_LABEL)
        lines = style.wrapped(words, LABEL_WIDTH, style.TEXT_SIZE)
        if curve.diverged is not None:
            lines.append(f"diverged in epoch {curve.diverged} (\N{MULTIPLICATION SIGN})")
        every = max(1, len(curve.epochs) // MARKS)
        axes.plot(curve.epochs, curve.mean, label="\n".join(lines), markevery=every, **look)
        if curve.low is not None and curve.high is not None:
            axes.fill_between(
                curve.epochs, curve.low, curve.high, color=look["color"], alpha=0.18, linewidth=0
            )
        _mark_divergence(axes, curve, look["color"])
    fit_epochs(axes, [epoch for curve in curves for epoch in curve.epochs])


def _look(number: int) -> dict[str, Any]:
    """Return colour, line style and marker, different for each of the first 32 curves."""
    turn = number + number // len(COLOURS)
    return {
        "color": COLOURS[number % len(COLOURS)],
        "linestyle": LINES[turn % len(LINES)],
        "marker": MARKERS[turn % len(MARKERS)],
        "linewidth": 1.6,
        "markersize": 4.5,
    }


def _mark_divergence(axes: "Axes", curve: Curve, colour: str) -> None:
    """Mark the epoch that diverged, or the last one before it with a value, with a cross."""
    if curve.diverged is None:
        return
    known = [
        (epoch, value)
        for epoch, value in zip(curve.epochs, curve.mean, strict=True)
        if epoch <= curve.diverged and np.isfinite(value)
    ]
    if known:
        axes.plot(*known[-1], marker="x", markersize=11, markeredgewidth=2.5, color=colour)


def _draw_errors(axes: "Axes", curves: Sequence[Curve]) -> None:
    """Draw errors in per cent on a log scale, with a separate tick for 0 at the bottom."""
    errors = np.concatenate([curve.mean for curve in curves])
    positive = errors[errors > 1e-9]
    smallest = float(positive.min()) if positive.size else 0.01
    largest = float(positive.max()) if positive.size else 100.0
    bounds = [bound for curve in curves for bound in (curve.low, curve.high) if bound is not None]
    without = any((values <= 1e-9).any() for values in (errors, *bounds))
    floor = smallest / 3
    _draw(axes, [_at_least(curve, floor) for curve in curves])
    by_decades(axes, fine=largest / smallest < FINE_RATIO)
    if without:
        axes.set_ylim(bottom=floor * 0.85)
        ticks = [tick for tick in axes.get_yticks() if floor * 1.5 < tick < axes.get_ylim()[1]]
        axes.set_yticks([floor, *ticks], ["0", *(f"{tick:g}" for tick in ticks)])


def _at_least(curve: Curve, floor: float) -> Curve:
    low, high = (
        None if bound is None else np.maximum(bound, floor) for bound in (curve.low, curve.high)
    )
    return Curve(
        curve.label, curve.epochs, np.maximum(curve.mean, floor), low, high, curve.diverged
    )


def _draw_legend(figure: "Figure", axes: "Axes", columns: int) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="outside right upper",
        ncols=columns,
        fontsize=style.TEXT_SIZE,
        frameon=False,
        handlelength=3.2,
    )
