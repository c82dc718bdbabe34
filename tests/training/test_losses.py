"""Losses that Keras does not have, against their definitions."""

import numpy as np
import pytest

from nnlab.training.losses import root_mean_squared_error


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
