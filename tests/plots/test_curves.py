from pathlib import Path

import numpy as np
import pytest

from nnlab.plots.curves import learning_curves
from tests.plots.figures import FOOTER, check


def history(epochs: int, untrained: bool = True) -> dict[str, list[float | None]]:
    """Return a history as the loop writes it, starting with the untrained network or not."""
    epoch = np.arange(0 if untrained else 1, epochs + 1)
    falling = np.exp(-epoch / 5)
    columns = {
        "epoch": epoch.tolist(),
        "loss": (0.02 + 0.3 * falling).tolist(),
        "validation_loss": (0.08 + 0.2 * falling).tolist(),
        "accuracy": (0.99 - 0.1 * falling).tolist(),
        "validation_accuracy": (0.98 - 0.05 * falling).tolist(),
    }
    if untrained:
        columns["loss"][0] = columns["accuracy"][0] = None
        columns["validation_loss"][0], columns["validation_accuracy"][0] = 2.35, 0.0994
    return columns


@pytest.mark.parametrize("epochs", [1, 2, 20, 100])
@pytest.mark.parametrize("untrained", [True, False])
def test_loss_and_measure_are_drawn_side_by_side(
    tmp_path: Path, epochs: int, untrained: bool
) -> None:
    figure = learning_curves(
        history(epochs, untrained), "accuracy", epochs, footer=FOOTER, share=True
    )
    texts = check(figure, tmp_path)
    loss, accuracy = figure.axes
    assert (loss.get_ylabel(), accuracy.get_ylabel()) == ("loss", "accuracy (%)")
    assert {loss.get_xlabel(), accuracy.get_xlabel()} == {"epoch"}
    assert {"training", "validation", f"best epoch ({epochs})"} <= set(texts)


def test_the_untrained_score_is_written_and_does_not_flatten_the_curves() -> None:
    loss, accuracy = learning_curves(history(20), "accuracy", 20, share=True).axes
    assert loss.get_ylim()[1] < 0.5
    assert accuracy.get_ylim()[0] > 85
    assert loss.get_title(loc="right") == "untrained: 2.35"
    assert accuracy.get_title(loc="right") == "untrained: 9.94 %"


def test_a_diverged_run_is_marked_and_its_loss_has_a_log_scale(tmp_path: Path) -> None:
    columns = history(100)
    columns["loss"][60:] = [50.0] * 39 + [float("nan"), float("inf")]
    figure = learning_curves(columns, "accuracy", 55, diverged_epoch=60, footer=FOOTER, share=True)
    assert "loss diverged (epoch 60)" in check(figure, tmp_path)
    assert figure.axes[0].get_yscale() == "log"


@pytest.mark.parametrize("peak", [7.4, 1e6])
def test_an_explosion_leaves_the_epochs_before_it_legible(tmp_path: Path, peak: float) -> None:
    columns = history(100)
    for name in ("loss", "validation_loss"):
        columns[name][60:] = [peak] * 41
    figure = learning_curves(columns, "accuracy", 58, diverged_epoch=60, footer=FOOTER, share=True)
    check(figure, tmp_path)
    low, high = figure.axes[0].get_ylim()
    assert figure.axes[0].get_yscale() == "log"
    assert np.log(0.2 / low) > 0.1 * np.log(high / low)


def test_an_epoch_without_a_finite_loss_is_still_marked(tmp_path: Path) -> None:
    columns = history(8)
    for column in columns.values():
        column[8] = float("nan")
    columns["epoch"][8] = 8
    figure = learning_curves(columns, "accuracy", 7, diverged_epoch=8, share=True)
    check(figure, tmp_path)
    assert all(axes.get_xlim()[1] >= 8 for axes in figure.axes)


def test_columns_may_be_missing(tmp_path: Path) -> None:
    columns = {key: history(5)[key] for key in ("epoch", "loss")}
    figure = learning_curves(columns, "accuracy", None, share=True)
    texts = check(figure, tmp_path)
    assert len(figure.axes) == 1
    assert "validation" not in texts


def test_validation_may_be_in_one_panel_only(tmp_path: Path) -> None:
    columns = history(5)
    del columns["validation_loss"]
    assert "validation" in check(learning_curves(columns, "accuracy", 5, share=True), tmp_path)


def test_a_measure_that_is_not_a_share_keeps_its_unit(tmp_path: Path) -> None:
    columns = history(5)
    columns["bits_per_character"] = columns.pop("accuracy")
    figure = learning_curves(columns, "bits_per_character", 5)
    check(figure, tmp_path)
    assert figure.axes[1].get_ylabel() == "bits per character"


def test_a_history_without_any_score_says_so(tmp_path: Path) -> None:
    columns: dict[str, list[float | None]] = {
        "epoch": [0],
        "loss": [None],
        "accuracy": [float("nan")],
    }
    texts = check(learning_curves(columns, "accuracy", None, footer=FOOTER, share=True), tmp_path)
    assert "No epoch has a score" in texts
