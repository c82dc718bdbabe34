"""Contrastive losses against their definition, written out."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from nnlab.training.contrast import TEMPERATURE, cauchy_contrast, cosine_contrast


def by_definition(likeness: np.ndarray) -> float:
    """Return the mean of -log(likeness to the other view / sum of likeness to all others)."""
    rows = len(likeness)
    losses = []
    for row in range(rows):
        others = [one for one in range(rows) if one != row]
        partner = (row + rows // 2) % rows
        losses.append(-np.log(likeness[row, partner] / likeness[row, others].sum()))
    return float(np.mean(losses))


@pytest.fixture
def vectors() -> np.ndarray:
    return np.random.default_rng(1).standard_normal((8, 3)).astype(np.float32)


def test_by_the_angle(vectors: np.ndarray) -> None:
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    expected = by_definition(np.exp(unit @ unit.T / TEMPERATURE))
    assert float(cosine_contrast(tf.constant(vectors))) == pytest.approx(expected, rel=1e-5)
    assert float(cosine_contrast(tf.constant(5 * vectors))) == pytest.approx(expected, rel=1e-5)


def test_by_the_distance(vectors: np.ndarray) -> None:
    distances = np.linalg.norm(vectors[:, None] - vectors[None], axis=-1)
    expected = by_definition(1 / (1 + distances**2))
    for offset in (0, 1000):
        loss = float(cauchy_contrast(tf.constant(vectors + np.float32(offset))))
        assert loss == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("contrast", [cosine_contrast, cauchy_contrast])
def test_pairs_that_lie_together_and_apart_from_others_cost_little(
    contrast: Callable[[Any], Any], vectors: np.ndarray
) -> None:
    together = np.concatenate([vectors[:4], vectors[:4]])
    crossed = np.concatenate([vectors[:4], vectors[[1, 2, 3, 0]]])
    assert float(contrast(tf.constant(together))) < float(contrast(tf.constant(crossed)))


@pytest.mark.parametrize("contrast", [cosine_contrast, cauchy_contrast])
def test_gradients_are_finite_where_all_rows_are_equal(contrast: Callable[[Any], Any]) -> None:
    rows = tf.Variable(tf.ones((6, 2)))
    with tf.GradientTape() as tape:
        loss = contrast(rows)
    assert np.isfinite(tape.gradient(loss, rows)).all()
