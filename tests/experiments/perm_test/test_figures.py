from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from nnlab import metrics
from nnlab.experiments.perm_test.figures import before_after, paired_differences
from tests.plots.figures import FOOTER, check


def arms(pairs: int) -> dict[str, list[float]]:
    rng = np.random.default_rng(pairs)
    plain = 0.9915 + 0.0008 * rng.standard_normal(pairs)
    permuted = plain - 0.0114 + 0.001 * rng.standard_normal(pairs)
    return {"plain": plain.tolist(), "permuted": permuted.tolist(), "identity": plain.tolist()}


def compared(scores: Mapping[str, Sequence[float]]) -> dict[str, metrics.PairedDifference]:
    base = scores["plain"]
    return {
        name: metrics.paired_difference(values, base)
        for name, values in scores.items()
        if name != "plain"
    }


@pytest.mark.parametrize("pairs", [1, 2, 5, 12])
def test_pairs_stand_beside_their_differences(tmp_path: Path, pairs: int) -> None:
    scores = arms(pairs)
    figure = paired_differences(scores, compared(scores), footer=FOOTER)
    check(figure, tmp_path)
    left, right = figure.axes
    assert left.get_ylabel() == "accuracy (%)"
    assert right.get_ylabel() == "change (percentage points)"
    assert len(left.lines) == pairs
    low, high = right.get_ylim()
    assert low < 0 < high


def test_the_difference_is_told_with_interval_and_p_value(tmp_path: Path) -> None:
    differences = {
        "permuted": metrics.PairedDifference(
            mean=-0.0114,
            sd=0.001,
            low=-0.0139,
            high=-0.0089,
            p=0.00256,
            n=3,
            differences=(-0.0104, -0.0124, -0.0114),
        )
    }
    scores = {"plain": [0.99] * 3, "permuted": [0.9796, 0.9776, 0.9786]}
    texts = check(paired_differences(scores, differences), tmp_path)
    assert "permuted\n−1.14\n[−1.39, −0.89]\np = 0.003" in texts


def test_many_conditions_with_long_names_fit(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    scores = {"plain": (0.99 + 0.001 * rng.standard_normal(6)).tolist()} | {
        f"blocks of {side} × {side} pixels": (0.98 + 0.001 * rng.standard_normal(6)).tolist()
        for side in (1, 2, 4, 7, 14)
    }
    check(paired_differences(scores, compared(scores), footer=FOOTER), tmp_path)


def test_conditions_must_have_one_number_of_runs() -> None:
    with pytest.raises(ValueError, match=r"got \[1, 2\]"):
        paired_differences({"plain": [0.9, 0.8], "permuted": [0.9]}, {})


@pytest.mark.parametrize("count", [0, 1, 5, 12])
def test_each_image_stands_above_itself_permuted(tmp_path: Path, count: int) -> None:
    images = np.random.default_rng(0).integers(0, 256, (count, 28, 28), dtype=np.uint8)
    figure = before_after(images, {"after": images[:, ::-1]}, FOOTER)
    check(figure, tmp_path)
    assert len(figure.axes) == 2 * min(count, 8)


def test_several_permutations_stand_below_each_other(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (9, 28, 28), dtype=np.uint8)
    figure = before_after(images, {"14×14": images[:, ::-1], "pixels": images[::-1]}, FOOTER)
    check(figure, tmp_path)
    assert len(figure.axes) == 3 * 8


def test_every_permutation_has_its_row(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (9, 28, 28), dtype=np.uint8)
    figure = before_after(images, {f"{side}×{side}": images for side in (14, 7, 4, 2, 1)}, FOOTER)
    check(figure, tmp_path)
    assert len(figure.axes) == 6 * 6


def test_images_before_and_after_must_be_as_many() -> None:
    images = np.zeros((2, 28, 28), np.uint8)
    with pytest.raises(ValueError, match="got 2 and 1"):
        before_after(images, {"after": images[:1]})
