import time

import numpy as np
import pytest

from nnlab.datasets.samples.stained_pages import KINDS, synthetic_page


@pytest.mark.parametrize("seed", range(12))
def test_a_page_shows_text_on_stained_paper(seed: int) -> None:
    noisy, clean, kind = synthetic_page(seed)
    assert noisy.shape == clean.shape == (420, 540)
    assert noisy.dtype == clean.dtype == np.uint8
    assert kind == list(KINDS)[seed % len(KINDS)]
    assert np.median(clean) == clean.max() == 255
    assert 0.01 < (clean < 128).mean() < 0.2
    ink, paper = noisy[clean < 64].mean(), noisy[clean == 255].mean()
    assert ink + 30 < paper < 253


def test_a_page_is_the_same_every_time_and_differs_by_seed() -> None:
    first, again, other = (synthetic_page(seed, (100, 120)) for seed in (7, 7, 13))
    assert np.array_equal(first[0], again[0])
    assert np.array_equal(first[1], again[1])
    assert not np.array_equal(first[1], other[1])


@pytest.mark.parametrize("shape", [(9, 11), (17, 400), (192, 256)])
@pytest.mark.parametrize("seed", range(6))
def test_pages_of_any_shape_can_be_made(shape: tuple[int, int], seed: int) -> None:
    noisy, clean, _ = synthetic_page(seed, shape)
    assert noisy.shape == clean.shape == shape


def test_noise_is_visible_on_the_paper() -> None:
    spreads = [noisy[clean == 255].std() for noisy, clean, _ in map(synthetic_page, range(24))]
    assert min(spreads) > 1.5
    assert np.median(spreads) > 8


def test_a_page_takes_well_under_a_second() -> None:
    synthetic_page(0)
    began = time.process_time()
    for seed in range(6):
        synthetic_page(seed)
    assert time.process_time() - began < 3
