import numpy as np
import pytest

from nnlab.datasets.samples.handwriting import written_page
from nnlab.datasets.samples.varied_pages import NOISES, varied_page


@pytest.mark.parametrize("seed", range(2 * len(NOISES)))
def test_ink_is_darker_than_the_spoiled_paper_around_it(seed: int) -> None:
    noisy, clean, kind = varied_page(seed, (420, 540))
    assert noisy.shape == clean.shape == (420, 540)
    assert noisy.dtype == clean.dtype == np.uint8
    assert kind == list(NOISES)[seed % len(NOISES)]
    assert 240 < np.median(clean) <= clean.max() == 255
    assert 0.005 < (clean < 128).mean() < 0.4
    assert noisy[clean < 64].mean() + 20 < noisy[clean == 255].mean() < 253
    assert noisy[clean == 255].std() > 1


def test_a_page_is_the_same_every_time_and_differs_by_seed() -> None:
    first, again, other = (varied_page(seed, (100, 120)) for seed in (7, 7, 15))
    assert np.array_equal(first[0], again[0])
    assert np.array_equal(first[1], again[1])
    assert not np.array_equal(first[1], other[1])


@pytest.mark.parametrize("shape", [(9, 11), (17, 400), (192, 256)])
def test_pages_of_any_shape_can_be_made(shape: tuple[int, int]) -> None:
    for seed in range(30):
        noisy, clean, _ = varied_page(seed, shape)
        assert noisy.shape == clean.shape == shape


def test_handwriting_covers_a_little_of_the_page_with_soft_edges() -> None:
    for seed in range(8):
        page = written_page((300, 400), np.random.default_rng(seed))
        assert page.shape == (300, 400)
        assert 0.01 < (page < 128).mean() < 0.35
        assert len(np.unique(page)) > 2
