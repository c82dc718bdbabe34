"""Which character a distribution gives."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.experiments.textgen.sampling import Sampler

LAST = float(np.nextafter(1, 0))  # the largest chance there is
distributions = st.lists(st.floats(2**-13, 1, width=32), min_size=2, max_size=30).map(
    lambda numbers: (np.array(numbers) / sum(numbers)).astype(np.float32)
)


def shares(sampler: Sampler, probabilities: np.ndarray) -> np.ndarray:
    weights = sampler.weights(probabilities)
    result: np.ndarray = weights / weights.sum()
    return result


def entropy(sampler: Sampler, probabilities: np.ndarray) -> float:
    known = shares(sampler, probabilities)
    known = known[known > 0]
    return -float((known * np.log2(known)).sum())


@given(distributions, st.floats(0, 1, exclude_max=True))
def test_no_temperature_takes_the_first_of_the_likeliest(
    probabilities: np.ndarray, chance: float
) -> None:
    assert Sampler(0).pick(probabilities, chance) == probabilities.argmax()


@pytest.mark.parametrize("temperature", [1e-5, 1e-50, 1e-310, 5e-324])
def test_a_temperature_towards_zero_takes_the_likeliest(temperature: float) -> None:
    probabilities = np.array([0.2, 0.3, 0.29, 0.21], np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert {Sampler(temperature).pick(probabilities, c) for c in (0, 0.5, LAST)} == {1}


@given(distributions, st.floats(0.05, 5), st.floats(0.05, 5))
def test_entropy_grows_with_the_temperature(
    probabilities: np.ndarray, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    assert entropy(Sampler(low), probabilities) <= entropy(Sampler(high), probabilities) + 1e-9


@given(distributions)
def test_temperature_one_leaves_the_probabilities(probabilities: np.ndarray) -> None:
    expected = probabilities / probabilities.sum(dtype=np.float64)
    np.testing.assert_allclose(shares(Sampler(1), probabilities), expected, rtol=1e-6)


def test_a_temperature_divides_the_logarithms() -> None:
    probabilities = np.array([0.5, 0.3, 0.2], np.float32)
    expected = probabilities**2 / (probabilities**2).sum()
    np.testing.assert_allclose(shares(Sampler(0.5), probabilities), expected, rtol=1e-6)


@given(distributions, st.integers(1, 30), st.floats(0.1, 3))
def test_top_k_keeps_the_likeliest_and_their_proportions(
    probabilities: np.ndarray, k: int, temperature: float
) -> None:
    whole, cut = (Sampler(temperature, some).weights(probabilities) for some in (0, k))
    kept = np.flatnonzero(cut)
    assert len(kept) == min(k, len(probabilities))
    np.testing.assert_array_equal(cut[kept], whole[kept])
    left = np.setdiff1d(np.arange(len(whole)), kept)
    assert not len(left) or whole[left].max() <= whole[kept].min()


@given(distributions, st.floats(0.01, 0.99))
def test_top_p_keeps_the_fewest_that_make_it_up(probabilities: np.ndarray, p: float) -> None:
    whole = np.sort(shares(Sampler(), probabilities))[::-1]
    kept = np.count_nonzero(Sampler(top_p=p).weights(probabilities))
    assert whole[:kept].sum() >= p - 1e-9
    assert whole[: kept - 1].sum() < p + 1e-9


def test_of_equals_the_first_are_kept() -> None:
    quarters = np.full(4, 0.25, np.float32)
    assert np.flatnonzero(Sampler(top_k=2).weights(quarters)).tolist() == [0, 1]
    assert np.flatnonzero(Sampler(top_p=0.5).weights(quarters)).tolist() == [0, 1]
    assert np.flatnonzero(Sampler(top_p=0.51).weights(quarters)).tolist() == [0, 1, 2]


def test_the_nucleus_is_taken_of_what_top_k_and_temperature_left() -> None:
    probabilities = np.array([0.4, 0.3, 0.2, 0.1], np.float32)
    both = Sampler(top_k=2, top_p=0.5).weights(probabilities)
    assert np.flatnonzero(both).tolist() == [0]  # 0.4 of the 0.7 that are left
    cold = Sampler(temperature=0.1, top_p=0.9).weights(probabilities)
    assert np.flatnonzero(cold).tolist() == [0]


@given(distributions, st.integers(1, 5), st.sampled_from([0.0, 0.5, LAST]))
def test_what_was_cut_is_never_chosen(probabilities: np.ndarray, k: int, chance: float) -> None:
    sampler = Sampler(1.0, k)
    assert sampler.weights(probabilities)[sampler.pick(probabilities, chance)] > 0


def test_characters_come_as_often_as_they_are_likely() -> None:
    probabilities = np.array([0.5, 0, 0.3, 0.2], np.float32)
    picks = [Sampler().pick(probabilities, chance) for chance in (np.arange(1000) + 0.5) / 1000]
    assert np.bincount(picks, minlength=4).tolist() == [500, 0, 300, 200]
