"""Losses that pull two views of one example together and push all others apart (InfoNCE).

The rows of a batch are the first views of all examples, then the second ones in the same order.
"""

from typing import Any

TEMPERATURE = 0.5
"""Of cosine similarities (Chen et al., 2020: SimCLR)."""


def cosine_contrast(vectors: Any) -> Any:
    """Return the loss of vectors by the cosine of the angle between them.

    Args:
        vectors: float32 tensor (2 * examples, numbers).

    Returns:
        Scalar, at least 0.
    """
    import tensorflow as tf

    unit = tf.math.l2_normalize(vectors, axis=1)
    return _crossentropy(tf.matmul(unit, unit, transpose_b=True) / TEMPERATURE)


def cauchy_contrast(places: Any) -> Any:
    """Return the loss of places by 1 / (1 + squared distance), as in t-SNE.

    That is the loss of Böhm, Berens and Kobak (2023, t-SimCNE).

    Args:
        places: float32 tensor (2 * examples, coordinates).

    Returns:
        Scalar, at least 0.
    """
    import tensorflow as tf

    # differences, not products: places far from zero and near each other keep their distance
    apart = places[:, None, :] - places[None, :, :]
    return _crossentropy(-tf.math.log1p(tf.reduce_sum(apart**2, axis=-1)))


def _crossentropy(likeness: Any) -> Any:
    """Return how badly the other view of each row is told from all other rows.

    Args:
        likeness: Logits (rows, rows); the diagonal, a row with itself, does not count.
    """
    import tensorflow as tf

    rows = tf.shape(likeness)[0]
    others = tf.linalg.set_diag(likeness, tf.fill((rows,), likeness.dtype.min))
    partner = tf.roll(tf.range(rows), rows // 2, axis=0)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(partner, others)
    return tf.reduce_mean(losses)
