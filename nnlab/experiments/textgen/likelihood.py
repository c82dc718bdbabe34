"""Bits per character: how well a text is predicted."""

from typing import Any

import numpy as np

from nnlab.errors import CheckpointError
from nnlab.inference import Network

HEADLINE = "bits_per_character"
"""Bits per character of the whole model, read as in training."""
CARRIED = "bits_per_character_carried"
"""Bits per character of a network of windows whose state is carried along and never reset."""
NETWORK = "bits_per_character_network"
"""Bits per character of the network without the n-grams that its answers mix in."""

LEAST_PROBABILITY = 1e-7  # as Keras cuts its crossentropy: a probability of 0 costs 23 bits


def bits_of(probabilities: np.ndarray) -> np.ndarray:
    """Return -log2 of probabilities: float64, as many."""
    result: np.ndarray = -np.log2(np.maximum(probabilities, LEAST_PROBABILITY), dtype=np.float64)
    return result


def bits_measure(targets: Any, outputs: Any) -> Any:
    """Compute bits in the training graph: targets (...), outputs (..., characters) -> (...)."""
    import tensorflow as tf

    likelihoods = tf.gather(outputs, targets, batch_dims=len(targets.shape))
    return -tf.math.log(tf.maximum(likelihoods, LEAST_PROBABILITY)) / np.log(2)


def check_softmax(network: Network) -> None:
    """Refuse a network that does not output probabilities; sampling needs them.

    Raises:
        CheckpointError: It does not end in a softmax.
    """
    (output,) = network.output_shapes
    last = network.graph.nodes.get(output)  # none where it is a further output of a node
    if last is None or getattr(last.layer, "activation", "") != "softmax":
        raise CheckpointError("expected a network that ends in a softmax over the characters")
