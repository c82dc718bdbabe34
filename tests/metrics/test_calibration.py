"""How far probabilities are from how often they are right."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.metrics import best_temperature, expected_calibration_error, tempered


def drawn(temperature: float, count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Return honest probabilities sharpened by 1 / temperature, and labels drawn from them."""
    rng = np.random.default_rng(1)
    honest = rng.dirichlet([0.3, 0.5, 0.7], count)
    labels = (rng.random((count, 1)) > honest.cumsum(axis=1)).sum(axis=1)
    return tempered(honest, 1 / temperature), labels


def test_the_error_is_the_weighted_gap_of_the_bins() -> None:
    probabilities = np.array([[0.95, 0.05]] * 8 + [[0.55, 0.45]] * 2)
    labels = np.array([0] * 6 + [1] * 2 + [0, 1])
    gap = 0.8 * (0.95 - 0.75) + 0.2 * (0.55 - 0.5)
    assert expected_calibration_error(probabilities, labels) == pytest.approx(gap)


def test_always_right_and_sure_is_no_error() -> None:
    assert expected_calibration_error(np.eye(3), np.arange(3)) == 0


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_that_made_probabilities_too_sure_is_found(temperature: float) -> None:
    probabilities, labels = drawn(temperature)
    found = best_temperature(probabilities, labels)
    assert found == pytest.approx(temperature, rel=0.1)
    after = expected_calibration_error(tempered(probabilities, found), labels)
    assert after < 0.03
    if temperature != 1:
        assert after < expected_calibration_error(probabilities, labels)


@given(st.floats(0.1, 10), st.lists(st.floats(0, 1), min_size=2, max_size=5))
def test_a_temperature_keeps_the_order(temperature: float, weights: list[float]) -> None:
    probabilities = (np.array([weights]) + 1e-6) / (np.sum(weights) + 1e-6 * len(weights))
    result = tempered(probabilities, temperature)
    assert result.sum() == pytest.approx(1)
    order = np.argsort(probabilities[0], kind="stable")
    assert (np.diff(result[0][order]) >= -1e-12).all()


def test_small_probabilities_stay_apart_and_sure_ones_sure() -> None:
    scores = np.array([[30.0, 0, -5, -10]])
    probabilities = np.exp(scores) / np.exp(scores).sum()
    for temperature in (2.0, 3.0):
        expected = np.exp(scores / temperature) / np.exp(scores / temperature).sum()
        np.testing.assert_allclose(tempered(probabilities, temperature), expected, rtol=1e-6)
