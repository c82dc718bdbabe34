"""The LSTM that drops recurrent weights, against Keras' own."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from nnlab.models.weight_dropping import weight_dropping_lstm


def pair(rate: float) -> tuple[keras.Model, keras.Model]:
    """Return a network of one such layer, and Keras' own with the same weights."""
    networks = []
    for layer in (
        weight_dropping_lstm(5, rate, "memory"),
        keras.layers.LSTM(5, return_sequences=True, name="memory"),
    ):
        steps = keras.Input((None, 3))
        networks.append(keras.Model(steps, layer(steps)))
    networks[1].set_weights(networks[0].get_weights())
    return networks[0], networks[1]


@pytest.fixture
def steps() -> np.ndarray:
    return np.random.default_rng(1).standard_normal((4, 7, 3)).astype(np.float32)


@pytest.mark.parametrize(("rate", "training"), [(0.5, False), (0.0, True)])
def test_without_dropping_it_is_the_lstm_of_keras(
    steps: np.ndarray, rate: float, training: bool
) -> None:
    dropping, plain = pair(rate)
    np.testing.assert_allclose(
        dropping(steps, training=training), plain(steps, training=training), atol=1e-6
    )


def test_it_learns_as_the_lstm_of_keras(steps: np.ndarray) -> None:
    wanted = np.random.default_rng(2).standard_normal((4, 7, 5)).astype(np.float32)
    gradients = []
    for network in pair(0.0):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(network(steps, training=True) * wanted)
        gradients.append(tape.gradient(loss, network.trainable_variables))
    for ours, theirs in zip(*gradients, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)


def test_training_drops_weights_from_the_second_step_on(steps: np.ndarray) -> None:
    dropping, plain = pair(0.5)
    one, two = (np.array(dropping(steps, training=True)) for _ in range(2))
    whole = np.array(plain(steps))
    np.testing.assert_allclose(one[:, 0], whole[:, 0], atol=1e-6)  # no state yet to multiply
    assert abs(one[:, 1:] - whole[:, 1:]).max() > 1e-3
    assert abs(one - two).max() > 1e-3


def test_a_whole_batch_shares_the_dropped_weights(steps: np.ndarray) -> None:
    dropping, _ = pair(0.5)
    rows = np.array(dropping(np.repeat(steps[:1], 4, axis=0), training=True))
    np.testing.assert_allclose(rows, np.repeat(rows[:1], 4, axis=0), atol=1e-6)


def test_it_trains_in_half_precision(steps: np.ndarray) -> None:
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        dropping, _ = pair(0.5)
    finally:
        keras.config.set_dtype_policy(policy)
    with tf.GradientTape() as tape:
        outputs = dropping(steps, training=True)
        loss = tf.reduce_sum(tf.cast(outputs, tf.float32))
    assert outputs.dtype == tf.bfloat16
    gradients = tape.gradient(loss, dropping.trainable_variables)
    assert all(np.isfinite(one).all() and abs(np.array(one)).max() > 0 for one in gradients)
