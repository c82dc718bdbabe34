from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from nnlab.experiments.denoise.figures.pages import CleanedPage, cleaned_pages
from nnlab.plots.method_bars import method_bars
from tests.plots.figures import FOOTER, check


def page(
    height: int = 60, width: int = 90, caption: str = "coffee stain, RMSE 0.15 → 0.02"
) -> CleanedPage:
    truth = np.full((height, width), 255, np.uint8)
    truth[10:14, 5:-5] = 0
    noisy = (truth * 0.7).astype(np.uint8)
    return CleanedPage(caption, noisy, (truth / 255).astype(np.float32) * 0.95, truth)


@pytest.mark.parametrize("count", [1, 3])
def test_each_page_is_drawn_four_times(tmp_path: Path, count: int) -> None:
    figure = cleaned_pages([page()] * count, "Cleaned pages", FOOTER)
    texts = check(figure, tmp_path)
    assert len(figure.axes) == 4 * count
    assert {"noisy", "cleaned", "true", "cleaned − true"} <= set(texts)


def test_the_difference_is_the_cleaned_page_without_the_true_one() -> None:
    axes = cleaned_pages([page()]).axes[3]
    shown = np.asarray(axes.images[0].get_array())
    assert shown[0, 0] == pytest.approx(-0.05)
    assert shown[12, 20] == 0
    assert axes.images[0].get_clim() == (-0.5, 0.5)


@pytest.mark.parametrize("size", [(540, 420), (40, 400), (400, 40), (1, 1)])
def test_pages_keep_their_proportions(tmp_path: Path, size: tuple[int, int]) -> None:
    figure = cleaned_pages([page(), page(*size)], "", FOOTER)
    check(figure, tmp_path)
    width, height = figure.get_size_inches()
    box = figure.axes[4].get_position()
    assert box.height * height / (box.width * width) == pytest.approx(size[0] / size[1])


def test_no_page_is_said_in_words(tmp_path: Path) -> None:
    assert "There is no page." in check(cleaned_pages([], "Pages", FOOTER), tmp_path)


def test_long_captions_stay_on_the_figure(tmp_path: Path) -> None:
    check(cleaned_pages([page(caption="noise " * 60)], "title " * 60, FOOTER), tmp_path)


def bars(methods: int, groups: int) -> Figure:
    scores = {
        f"method {number}": {
            f"noise {group}": 0.02 * (1 + number + group) for group in range(groups)
        }
        for number in range(methods)
    }
    return method_bars(scores, "RMSE by kind of noise", "kind of noise", "RMSE", FOOTER)


@pytest.mark.parametrize(("methods", "groups"), [(1, 1), (5, 4), (8, 6)])
def test_each_bar_has_its_number(tmp_path: Path, methods: int, groups: int) -> None:
    figure = bars(methods, groups)
    texts = check(figure, tmp_path)
    assert len(figure.axes[0].patches) == methods * groups
    assert "0.020" in texts
    assert figure.axes[0].get_ylim()[0] == 0


def test_a_group_without_a_score_stays_empty(tmp_path: Path) -> None:
    figure = method_bars({"a": {"x": 0.1, "y": 0.2}, "b": {"y": 0.0}}, "", "", "")
    check(figure, tmp_path)
    assert len(figure.axes[0].patches) == 3


def test_no_scores_and_too_many_methods(tmp_path: Path) -> None:
    assert "no scores" in check(bars(0, 0), tmp_path)
    with pytest.raises(ValueError, match="got 9"):
        bars(9, 1)
