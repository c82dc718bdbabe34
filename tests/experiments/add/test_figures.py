from collections.abc import Sequence
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nnlab.experiments.add.figures import group_bars, short_percent
from nnlab.experiments.add.scoring import Group
from nnlab.metrics import wilson_interval
from tests.plots.figures import FOOTER, check


def group(key: int, right: int, count: int) -> Group:
    interval = wilson_interval(right, count)
    return Group(key, right / count, count, interval.low, interval.high)


def drawn(groups: Sequence[Group]) -> Figure:
    return group_bars(groups, "Accuracy", "carries", "right answers", FOOTER)


@pytest.mark.parametrize("count", [1, 2, 5, 10, 11, 24])
@pytest.mark.parametrize("loss", [0.0002, 0.04])
def test_every_group_shows_its_share_and_its_examples(
    tmp_path: Path, count: int, loss: float
) -> None:
    groups = [group(k, 9000 - int(9000 * loss * k), 9000) for k in range(count)]
    texts = check(drawn(groups), tmp_path)
    assert sum("(9,000)" in text for text in texts) == count
    assert {short_percent(one.value) for one in groups} <= set(texts)


def test_bars_stand_on_0_where_groups_differ_much() -> None:
    axes = drawn([group(0, 100, 100), group(1, 30, 100)]).axes[0]
    assert axes.get_ylim()[0] == 0
    bars = [bar for bar in axes.patches if isinstance(bar, Rectangle)]
    assert [bar.get_height() for bar in bars] == [100, 30]


def test_near_100_percent_the_axis_is_zoomed_says_so_and_has_no_bars(tmp_path: Path) -> None:
    figure = drawn([group(0, 9999, 10_000), group(1, 9960, 10_000)])
    check(figure, tmp_path)
    axes = figure.axes[0]
    assert axes.get_ylim()[0] > 99
    assert not axes.patches
    assert "axis does not begin at 0" in axes.get_ylabel()
    assert max(axes.get_yticks()) <= 100


def test_nothing_but_all_reads_100_percent() -> None:
    assert short_percent(1.0) == "100 %"
    assert short_percent(0.0) == "0 %"
    assert short_percent(0.99999) == "99.999 %"
    assert short_percent(0.00001) == "0.001 %"
    assert short_percent(0.5) == "50.0 %"
