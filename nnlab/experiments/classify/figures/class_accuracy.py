"""Which classes are recognised worst: ranked accuracies with their intervals."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nnlab.metrics import ClassAccuracy
from nnlab.plots import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LONGEST_NAME = 32  # characters
ROW = 0.27  # inches


def class_accuracy(
    rows: Sequence[ClassAccuracy], class_names: Sequence[str], footer: str = ""
) -> "Figure":
    """Draw a dot with its interval for each class, in the order given, and the overall accuracy.

    The axis shows the range that the intervals take, not 0 to 100 %.

    Args:
        rows: one per class, the worst first; classes without examples are left out.
        class_names: by label.
        footer: data set and seed, for the foot of the figure.
    """
    seen = [row for row in rows if row.accuracy is not None]
    names = [style.plain(class_names[row.label], LONGEST_NAME) for row in seen]
    figure = style.new_figure(6.4, max(3.0, 1.4 + ROW * len(seen)))
    axes = figure.subplots()
    title = "Accuracy of each class, the worst first"
    style.style_axes(axes, title, "accuracy (%), 95 % Wilson interval", grid="x")
    accuracy, low, high = (
        100 * np.array(values, dtype=np.float64)
        for values in (
            [row.accuracy for row in seen],
            [row.low for row in seen],
            [row.high for row in seen],
        )
    )
    places = np.arange(len(seen))
    axes.errorbar(
        accuracy,
        places,
        xerr=(np.maximum(accuracy - low, 0), np.maximum(high - accuracy, 0)),
        fmt="o",
        color=style.BLUE,
        markersize=5,
        linewidth=1.5,
        capsize=3,
        zorder=3,
    )
    counts = [f"{name}  ({row.count:,})" for name, row in zip(names, seen, strict=True)]
    axes.set_yticks(places, counts)
    axes.set_ylabel("class (examples)", fontsize=style.LABEL_SIZE)
    axes.set_ylim(len(seen) - 0.4, -0.6)
    if seen:
        overall = 100 * sum(row.correct for row in seen) / sum(row.count for row in seen)
        label = f"all classes: {overall:.2f} %"
        axes.axvline(overall, color=style.VERMILION, linestyle="--", linewidth=1.2, label=label)
        figure.legend(loc="outside upper right", fontsize=style.TEXT_SIZE, frameon=False)
        margin = 0.04 * (high.max() - low.min()) or 1.0
        axes.set_xlim(low.min() - margin, high.max() + margin)
    style.footer(figure, footer)
    return figure
