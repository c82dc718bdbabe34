"""Losses that Keras does not have, against their definitions."""

import numpy as np
import pytest

from nnlab.training.losses import root_mean_squared_error, smoothed_crossentropy


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_a_smoothed_loss_is_the_crossentropy_of_smoothed_targets(smoothing: float) -> None:
    rng = np.random.default_rng(1)
    targets = rng.integers(0, 5, (2, 3))
    logits = rng.normal(size=(2, 3, 5)).astype(np.float32)
    weights = rng.integers(0, 2, (2, 3)).astype(np.float32)
    weights[0, 0] = 1
    spread = (1 - smoothing) * np.eye(5)[targets] + smoothing / 5
    logs = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    expected = np.average(-(spread * logs).sum(axis=-1), weights=weights)
    came = float(smoothed_crossentropy(smoothing)(targets, logits, sample_weight=weights))
    assert came == pytest.approx(expected, rel=1e-5)


def test_each_example_has_the_root_of_its_own_error() -> None:
    rng = np.random.default_rng(1)
    targets, outputs = (rng.normal(size=(3, 4, 5, 1)).astype(np.float32) for _ in range(2))
    expected = np.sqrt(((targets - outputs) ** 2).mean(axis=(1, 2, 3)))
    np.testing.assert_allclose(root_mean_squared_error(targets, outputs), expected, rtol=1e-4)


def test_the_slope_has_a_bound_where_nothing_is_wrong() -> None:
    import tensorflow as tf

    outputs = tf.Variable(np.ones((2, 3), np.float32))
    with tf.GradientTape() as tape:
        loss = root_mean_squared_error(tf.ones((2, 3)), outputs)
    assert tape.gradient(loss, outputs).numpy() == pytest.approx(np.zeros((2, 3)))
