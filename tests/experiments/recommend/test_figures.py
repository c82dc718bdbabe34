from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import LineCollection

from nnlab import metrics
from nnlab.experiments.recommend.figures import recall_over_k
from tests.plots.figures import FOOTER, check


def curve(most: int = 20, shift: int = 0, count: int = 1500) -> Sequence[metrics.RecallAt]:
    ranks: np.ndarray = 1 + shift + np.random.default_rng(0).geometric(0.05, count)
    return metrics.recall_curve(ranks)[:most]


@pytest.mark.parametrize("count", [1, 4, 7, 9])
@pytest.mark.parametrize("most", [1, 3, 20])
def test_every_recommender_is_named_and_every_recall_drawn(
    tmp_path: Path, count: int, most: int
) -> None:
    names = [f"recommender {number}" for number in range(count)]
    figure = recall_over_k({name: curve(most, place) for place, name in enumerate(names)}, FOOTER)
    texts = check(figure, tmp_path)
    assert set(names) <= set(texts)
    drawn = [line for line in figure.axes[0].lines if np.size(line.get_xdata()) == most]
    for place in range(count):
        expected = [100 * row.recall for row in curve(most, place)]
        assert any(np.allclose(line.get_ydata(), expected) for line in drawn)
    assert figure.axes[0].get_ylim()[0] == 0


def test_intervals_are_those_given() -> None:
    figure = recall_over_k({"network": curve()})
    (bars,) = figure.axes[0].collections
    assert isinstance(bars, LineCollection)
    came = [segment[:, 1].tolist() for segment in bars.get_segments()]
    rows = [row for row in curve() if row.k in (1, 5, 10, 15, 20)]
    assert np.allclose(came, [[100 * row.low, 100 * row.high] for row in rows])


def test_no_recommender_gives_an_empty_figure(tmp_path: Path) -> None:
    check(recall_over_k({}, FOOTER), tmp_path)


def test_long_names_are_not_cut_off(tmp_path: Path) -> None:
    names = [f"a recommender with quite a long name, number {number}" for number in range(5)]
    check(recall_over_k({name: curve() for name in names}, FOOTER), tmp_path)
