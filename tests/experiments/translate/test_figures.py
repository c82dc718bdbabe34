from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from nnlab.experiments.translate.figures import length_against_score, length_bins
from tests.plots.figures import FOOTER, check


def drawn(lengths: npt.ArrayLike, scores: npt.ArrayLike) -> Figure:
    return length_against_score(lengths, scores, "By length", "characters", "chrF", FOOTER)


@pytest.mark.parametrize("count", [1, 3, 5000])
def test_every_bin_shows_its_lengths_and_its_examples(tmp_path: Path, count: int) -> None:
    rng = np.random.default_rng(0)
    lengths = rng.poisson(30, count) + 1
    texts = check(drawn(lengths, rng.uniform(0, 100, count)), tmp_path)
    shown = [int(t.split("(")[1].rstrip(")").replace(",", "")) for t in texts if "\n(" in t]
    assert sum(shown) == count


def test_means_are_those_of_the_bins() -> None:
    axes = drawn([1, 1, 2, 9], [0, 50, 70, 10]).axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1\n(2)", "2\n(1)", "9\n(1)"]
    assert axes.lines[-1].get_ydata() == pytest.approx([25, 70, 10])


@given(st.lists(st.integers(0, 200), max_size=300))
def test_each_length_is_in_one_bin_and_bins_are_not_empty(lengths: list[int]) -> None:
    bins = length_bins(np.array(lengths, np.int64))
    assert len(bins) <= 10
    for length in lengths:
        assert sum(low <= length <= high for low, high in bins) == 1
    for low, high in bins:
        assert low in lengths
        assert high in lengths


def test_bins_hold_about_as_many_examples_each() -> None:
    lengths = np.arange(1000)
    counts = [high - low + 1 for low, high in length_bins(lengths)]
    assert counts == [100] * 10


def test_no_examples_and_lists_that_do_not_fit(tmp_path: Path) -> None:
    assert "no examples" in check(drawn([], []), tmp_path)
    with pytest.raises(ValueError, match="expected a score for each length"):
        drawn([1, 2], [0.5])
