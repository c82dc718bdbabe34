import dataclasses
from pathlib import Path

import numpy as np
import pytest

from nnlab.plots.comparison import FORMATS, Curve, compare_curves, save_as
from tests.plots.figures import FOOTER, check


def curve(number: int = 0, epochs: int = 20, reached: float = 0.99, label: str = "") -> Curve:
    epoch = np.arange(1, epochs + 1)
    mean = reached - 0.5 * np.exp(-epoch / (3 + number))
    return Curve(label or f"base {number}", epoch.tolist(), mean)


def banded(number: int = 0) -> Curve:
    one = curve(number)
    return dataclasses.replace(one, low=one.mean - 0.01, high=one.mean + 0.005)


@pytest.mark.parametrize("count", [1, 2, 8, 30])
def test_every_curve_has_a_legend_entry_and_a_distinct_look(tmp_path: Path, count: int) -> None:
    figure = compare_curves(
        [curve(n) for n in range(count)], "validation accuracy", FOOTER, share=True
    )
    assert {f"base {n}" for n in range(count)} <= set(check(figure, tmp_path))
    looks = {(line.get_color(), line.get_linestyle()) for line in figure.axes[0].lines}
    assert len(looks) == count
    if count <= 8:
        assert len({line.get_color() for line in figure.axes[0].lines}) == count


def test_a_group_has_a_band_around_its_mean(tmp_path: Path) -> None:
    figure = compare_curves([banded(), curve(1)], "validation accuracy", share=True)
    check(figure, tmp_path)
    assert [len(axes.collections) for axes in figure.axes] == [1, 1]


def test_shares_near_one_are_also_drawn_as_errors_on_a_log_scale(tmp_path: Path) -> None:
    figure = compare_curves(
        [curve(0, reached=0.9999), curve(1, reached=0.999)], "accuracy", share=True
    )
    check(figure, tmp_path)
    errors = figure.axes[1]
    assert errors.get_yscale() == "log"
    ends = [np.asarray(line.get_ydata(), float)[-1] for line in errors.lines]
    assert ends[1] > 2 * ends[0]
    assert len(compare_curves([curve(reached=0.9)], "accuracy", share=True).axes) == 1
    assert len(compare_curves([curve(reached=0.99)], "bits per character").axes) == 1


@pytest.mark.parametrize("perfect", [3, 20])
def test_zero_error_has_its_own_tick(tmp_path: Path, perfect: int) -> None:
    mean = curve().mean.copy()
    mean[-perfect:] = 1.0
    texts = check(
        compare_curves([dataclasses.replace(curve(), mean=mean)], "accuracy", share=True), tmp_path
    )
    assert "0" in texts


def test_a_diverged_curve_is_marked_and_labelled(tmp_path: Path) -> None:
    mean = curve().mean.copy()
    mean[9:] = np.nan
    figure = compare_curves(
        [dataclasses.replace(curve(), mean=mean, diverged=10)], "accuracy", share=True
    )
    assert any("diverged in epoch 10" in text for text in check(figure, tmp_path))
    (cross,) = [line for line in figure.axes[0].lines if line.get_marker() == "x"]
    assert np.asarray(cross.get_xdata()).tolist() == [9]


def test_a_loss_that_explodes_is_drawn_on_a_log_scale(tmp_path: Path) -> None:
    losses = Curve("wild", [1, 2, 3, 4], np.array([1.0, 0.5, 7.4, 1e6]), diverged=3)
    figure = compare_curves([losses, curve(1)], "validation loss")
    check(figure, tmp_path)
    assert figure.axes[0].get_yscale() == "log"


def test_long_labels_are_wrapped(tmp_path: Path) -> None:
    label = "model lstm, units 512, learning rate 0.001, schedule cosine, clip norm 1, $x$"
    check(
        compare_curves([curve(n, label=f"{label} {n}") for n in range(8)], "accuracy", share=True),
        tmp_path,
    )


def test_a_single_epoch_is_visible(tmp_path: Path) -> None:
    check(compare_curves([curve(epochs=1)], "accuracy", share=True), tmp_path)


@pytest.mark.parametrize("ending", FORMATS)
def test_the_suffix_sets_the_format_and_the_same_curves_give_the_same_file(
    tmp_path: Path, ending: str
) -> None:
    for name in ("one", "two"):
        save_as(
            compare_curves([banded()], "accuracy", FOOTER, share=True), tmp_path / f"{name}{ending}"
        )
    one, two = ((tmp_path / f"{name}{ending}").read_bytes() for name in ("one", "two"))
    assert one == two
    assert one.startswith({".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}[ending])
