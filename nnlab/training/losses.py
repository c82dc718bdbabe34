"""Losses that Keras does not have."""

from typing import Any

LEAST_SQUARE = 1e-6
"""Added to a mean squared error before its root, whose slope has no bound at zero."""


def smoothed_crossentropy(smoothing: float) -> Any:
    """Return a loss of class numbers and logits, with some of the target spread over all classes.

    Label smoothing (Szegedy et al., 2016) keeps a network from being too sure. Weights of positions
    count as in `SparseCategoricalCrossentropy` with the reduction "mean_with_sample_weight".

    Args:
        smoothing: The share that is spread, 0 to 1.
    """
    import keras
    import tensorflow as tf

    class SmoothedCrossentropy(keras.losses.Loss):  # type: ignore[misc]
        def call(self, targets: Any, logits: Any) -> Any:
            targets = tf.cast(targets, tf.int32)
            whole = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits)
            right = tf.gather(logits, targets, batch_dims=len(targets.shape))
            return whole + smoothing * (right - tf.reduce_mean(logits, axis=-1))

    return SmoothedCrossentropy(reduction="mean_with_sample_weight", name="crossentropy")


def root_mean_squared_error(targets: Any, outputs: Any) -> Any:
    """Return the root of each example's mean squared error, (batch,).

    The gradient of the mean squared error comes almost alone from the worst examples; here what is
    nearly right already counts as much.
    """
    import tensorflow as tf

    squares = tf.square(targets - outputs)
    return tf.sqrt(tf.reduce_mean(squares, axis=range(1, len(squares.shape))) + LEAST_SQUARE)
