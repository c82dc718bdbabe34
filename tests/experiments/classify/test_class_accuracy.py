from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from nnlab import metrics
from nnlab.experiments.classify.figures.class_accuracy import class_accuracy
from tests.plots.figures import FOOTER, check


def rows(classes: int, wrong: int = 30) -> Sequence[metrics.ClassAccuracy]:
    confusion = np.diag(np.linspace(800, 990, classes).astype(int))
    confusion[:, 0] += wrong
    return metrics.class_accuracy(confusion)


@pytest.mark.parametrize("classes", [1, 2, 10, 26])
def test_classes_are_listed_with_their_examples_and_the_overall_accuracy(
    tmp_path: Path, classes: int
) -> None:
    names = [f"class {label}" for label in range(classes)]
    figure = class_accuracy(rows(classes), names, FOOTER)
    texts = check(figure, tmp_path)
    (axes,) = figure.axes
    assert "accuracy" in axes.get_xlabel()
    assert sum(text.startswith("class ") and text.endswith(")") for text in texts) >= classes
    assert any(text.startswith("all classes: ") for text in texts)


def test_the_worst_class_is_on_top_and_the_axis_is_zoomed() -> None:
    ranked = rows(10)
    axes = class_accuracy(ranked, [str(label) for label in range(10)]).axes[0]
    top = max(axes.get_yticklabels(), key=lambda label: -label.get_position()[1])
    assert top.get_text().startswith(f"{ranked[0].label} ")
    low, high = axes.get_xlim()
    assert low > 90
    assert high < 101


def test_classes_that_are_all_right_and_classes_without_examples_can_be_drawn(
    tmp_path: Path,
) -> None:
    ranked = metrics.class_accuracy(np.diag([800, 0, 700]))
    texts = check(class_accuracy(ranked, ["x", "never seen", "z"], FOOTER), tmp_path)
    assert "all classes: 100.00 %" in texts
    assert not any("never seen" in text for text in texts)


def test_long_names_of_classes_are_not_cut_off(tmp_path: Path) -> None:
    names = [f"a class whose name is very long indeed, number {label}" for label in range(26)]
    check(class_accuracy(rows(26), names, FOOTER), tmp_path)
