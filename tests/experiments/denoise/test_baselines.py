from collections.abc import Callable

import numpy as np
import pytest

from nnlab.experiments.denoise.baselines import (
    Rescaling,
    divided_by_background,
    fit_rescaling,
    sauvola,
    untouched,
)
from nnlab.metrics import rmse


def written(height: int = 90, width: int = 120) -> np.ndarray:
    """Black strokes on white: float (height, width)."""
    truth = np.ones((height, width))
    for row in range(10, height - 5, 16):
        truth[row : row + 3, 8:-8] = 0
    return truth


def stained(truth: np.ndarray) -> np.ndarray:
    """The same on paper that is darker to the right, as uint8."""
    paper = np.linspace(1, 0.6, truth.shape[1])
    return np.rint(255 * paper * (0.2 + 0.8 * truth)).astype(np.uint8)


ways = pytest.mark.parametrize(
    "clean", [untouched, Rescaling(1.5, -0.1), divided_by_background, sauvola]
)


@ways
@pytest.mark.parametrize("shape", [(40, 31), (1, 1), (0, 5)])
def test_all_give_grey_from_0_to_1(
    clean: Callable[[np.ndarray], np.ndarray], shape: tuple[int, int]
) -> None:
    page = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    before = page.copy()
    came = clean(page)
    assert came.shape == shape
    assert came.dtype == np.float32
    assert ((came >= 0) & (came <= 1)).all()
    np.testing.assert_array_equal(page, before)


@ways
@pytest.mark.parametrize("value", [0, 255])
def test_a_page_of_one_grey_gives_no_nan(
    clean: Callable[[np.ndarray], np.ndarray], value: int
) -> None:
    assert np.isfinite(clean(np.full((30, 30), value, np.uint8))).all()


def test_untouched_is_the_page() -> None:
    np.testing.assert_allclose(untouched(np.array([[0, 51, 255]], np.uint8)), [[0, 0.2, 1]])


def test_rescaling_finds_the_gain_and_offset_of_several_pages() -> None:
    pages = np.random.default_rng(0).integers(40, 200, (3, 20, 30), dtype=np.uint8)
    truths = np.rint(pages * 1.2 - 12).astype(np.uint8)
    rescaling = fit_rescaling(list(zip(pages, truths, strict=True)))
    assert rescaling.gain == pytest.approx(1.2, abs=0.002)
    assert rescaling.offset == pytest.approx(-12 / 255, abs=0.002)
    assert rmse(rescaling(pages[0]), truths[0] / 255) < 0.002


def test_rescaling_of_even_pages_and_of_none() -> None:
    even = np.full((4, 4), 100, np.uint8)
    rescaling = fit_rescaling([(even, even + 51)])
    assert rescaling.gain == 0
    assert rescaling.offset == pytest.approx(151 / 255)
    with pytest.raises(ValueError, match="got none"):
        fit_rescaling([])
    with pytest.raises(ValueError, match="one shape"):
        fit_rescaling([(even, even[:2])])


def test_stains_are_divided_out() -> None:
    truth = written()
    page = stained(truth)
    cleaned = divided_by_background(page)
    expected = 0.2 + 0.8 * truth  # the ink is not black
    assert rmse(cleaned, expected) < 0.02
    assert rmse(cleaned, truth) < 0.5 * rmse(untouched(page), truth)


def test_sauvola_tells_ink_from_darker_paper() -> None:
    truth = written()
    assert rmse(sauvola(stained(truth)), truth) < 0.05


def test_sauvola_is_as_defined() -> None:
    page = np.random.default_rng(1).integers(0, 256, (19, 19), dtype=np.uint8)
    window = page[2:17, 2:17].astype(float)
    threshold = window.mean() * (1 + 0.5 * (window.std() / 128 - 1))
    assert sauvola(page)[9, 9] == (page[9, 9] > threshold)
    assert set(np.unique(sauvola(page))) <= {0, 1}
