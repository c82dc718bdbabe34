"""Learning curves: loss and one measure, epoch by epoch."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nnlab.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Epochs = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]
Columns = dict[str, Scores]  # the series of one panel by their prefix, "" or "validation_"

SERIES: dict[str, dict[str, Any]] = {
    "": {"label": "training", "color": style.BLUE, "marker": "o", "linestyle": "-"},
    "validation_": {
        "label": "validation",
        "color": style.VERMILION,
        "marker": "s",
        "linestyle": "--",
    },
}
MOST_MARKED_EPOCHS = 30
LOG_RATIO = 50.0  # ratio of highest to lowest loss above which the axis is logarithmic
FINE_RATIO = 100.0  # ratio below which labels at decades alone would be one or two
DIVERGED_LOG_RATIO = 5.0  # like LOG_RATIO, for losses that diverged and would flatten the rest


def learning_curves(
    history: Mapping[str, Sequence[float | None]],
    measure: str,
    best_epoch: int | None,
    diverged_epoch: int | None = None,
    footer: str = "",
    share: bool = False,
) -> "Figure":
    """Draw loss and measure of training and validation by epoch.

    The score of epoch 0 (the untrained network) would flatten the rest of the curve: if it is
    outside the range of the trained epochs, it is written above the panel instead.

    Args:
        history: columns of equal length: `epoch`, `loss`, `validation_loss`, `<measure>` and
            `validation_<measure>`; columns may be missing, values may be None, NaN or infinite.
        measure: column to draw beside the loss; "loss" draws the loss alone.
        best_epoch: epoch whose weights were kept, marked by a line; None marks none.
        diverged_epoch: epoch in which the loss diverged, marked by a line.
        footer: data set and seed, shown below the figure.
        share: whether the measure is a share of a whole, shown in per cent.
    """
    epochs = np.asarray(history["epoch"], dtype=np.int64)
    names = [name for name in dict.fromkeys(("loss", measure)) if _columns(history, name)]
    figure = style.new_figure(5.2 * max(len(names), 1), 4.2)
    panels = figure.subplots(1, max(len(names), 1), squeeze=False)[0]
    for axes, name in zip(panels, names, strict=False):
        scale = 100.0 if share and name != "loss" else 1.0
        columns = {key: scale * values for key, values in _columns(history, name).items()}
        title = name.replace("_", " ")
        style.style_axes(axes, title[:1].upper() + title[1:], "epoch", _axis_label(title, scale))
        _write_untrained(axes, epochs, columns, scale)
        _draw_series(axes, epochs, columns)
        marked = [epoch for epoch in (best_epoch, diverged_epoch) if epoch is not None]
        fit_epochs(axes, [*_scored(epochs, columns), *marked])
        if name == "loss":
            fit_loss(axes, np.concatenate(list(columns.values())), diverged_epoch is not None)
        _mark_epochs(axes, best_epoch, diverged_epoch)
    if not names:
        style.style_axes(panels[0], "No epoch has a score", "epoch")
    _draw_legend(figure)
    style.footer(figure, footer)
    return figure


def _draw_legend(figure: "Figure") -> None:
    """Draw one legend for all panels, above them, so that it covers nothing."""
    entries = {
        label: handle
        for axes in figure.axes
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    if entries:
        figure.legend(
            list(entries.values()),
            list(entries),
            loc="outside upper center",
            ncols=len(entries),
            fontsize=style.TEXT_SIZE,
            frameon=False,
        )


def _columns(history: Mapping[str, Sequence[float | None]], name: str) -> Columns:
    """The series of `name` by prefix; values that are not finite become NaN, a gap."""
    columns = {}
    for prefix in SERIES:
        if prefix + name in history:
            values = np.array(history[prefix + name], dtype=np.float64)  # None becomes NaN
            values[~np.isfinite(values)] = np.nan
            if np.isfinite(values).any():
                columns[prefix] = values
    return columns


def _axis_label(title: str, scale: float) -> str:
    return f"{title} (%)" if scale == 100.0 else title


def _write_untrained(axes: "Axes", epochs: Epochs, columns: Columns, scale: float) -> None:
    """Write a validation score of epoch 0 that is out of range above the panel; do not draw it."""
    trained = _trained(epochs, columns)
    validation = columns.get("validation_", np.full(len(epochs), np.nan))
    untrained = validation[epochs == 0]
    if not trained.size or not untrained.size or not np.isfinite(untrained[0]):
        return
    if not trained.min() <= untrained[0] <= trained.max():
        validation[epochs == 0] = np.nan
        text = f"untrained: {untrained[0]:.3g}{' %' if scale == 100.0 else ''}"
        axes.set_title(text, loc="right", fontsize=style.TEXT_SIZE, color=style.GREY)


def _trained(epochs: Epochs, columns: Columns) -> Scores:
    scores = np.concatenate([values[epochs > 0] for values in columns.values()])
    result: Scores = scores[np.isfinite(scores)]
    return result


def _draw_series(axes: "Axes", epochs: Epochs, columns: Columns) -> None:
    for prefix, values in columns.items():
        look = dict(SERIES[prefix])
        if len(epochs) > MOST_MARKED_EPOCHS:
            look["marker"] = ""
        axes.plot(epochs, values, linewidth=1.6, markersize=4.0, **look)


def _scored(epochs: Epochs, columns: Columns) -> list[int]:
    """The epochs with a score."""
    drawn = np.isfinite(np.stack(list(columns.values()))).any(axis=0)
    return [int(epoch) for epoch in epochs[drawn]]


def fit_epochs(axes: "Axes", epochs: Sequence[int]) -> None:
    """Fit the x axis to `epochs`, with ticks at whole numbers."""
    from matplotlib.ticker import MaxNLocator

    first, last = min(epochs), max(epochs)
    room = max(0.03 * (last - first), 0.4 if last - first < 3 else 0.0)
    axes.set_xlim(first - room, last + room)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=10, min_n_ticks=1))


def fit_loss(axes: "Axes", losses: Scores, diverged: bool = False) -> None:
    """Use a log scale for losses that span a wide range, such as one that explodes."""
    losses = losses[np.isfinite(losses)]
    ratio = DIVERGED_LOG_RATIO if diverged else LOG_RATIO
    if losses.size and losses.min() > 0 and losses.max() / losses.min() > ratio:
        by_decades(axes, fine=losses.max() / losses.min() < FINE_RATIO)


def by_decades(axes: "Axes", fine: bool) -> None:
    """Make the y axis logarithmic, labelled at each decade, or more often if `fine`."""
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    axes.set_yscale("log")
    if fine:
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _mark_epochs(axes: "Axes", best_epoch: int | None, diverged_epoch: int | None) -> None:
    if best_epoch is not None:
        label = f"best epoch ({best_epoch})"
        axes.axvline(best_epoch, color=style.GREEN, linewidth=1.4, linestyle=":", label=label)
    if diverged_epoch is not None:
        label = f"loss diverged (epoch {diverged_epoch})"
        axes.axvline(diverged_epoch, color=style.PURPLE, linewidth=1.4, linestyle="-.", label=label)
