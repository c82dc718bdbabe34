"""The two networks of `recommend`: how each is built, what it learns, what its outputs mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlab.experiments.contract import Data, Model
from nnlab.experiments.recommend.config import RecommendConfig
from nnlab.inference.activations import softmax
from nnlab.training.examples import Arrays, Batch, Examples

SOFTMAX = "softmax"


def facts(config: RecommendConfig) -> dict[str, Any]:
    """Return the facts by which a network of softmax is told from an autoencoder."""
    return {"outputs": "logits"} if config.model == SOFTMAX else {}


def build(config: RecommendConfig, items: int) -> Any:
    """Return the report's denoising autoencoder, or a network that finds a missing item."""
    if config.model == SOFTMAX:
        from nnlab.models.basket_completer import basket_completer

        return basket_completer(items, config.units, config.hidden_dropout, config.dropout)
    from nnlab.models.basket_autoencoder import basket_autoencoder

    return basket_autoencoder(items, config.dropout)


def tensors(facts: Mapping[str, Any]) -> dict[str, str]:
    """Return what the inputs and outputs of a network mean."""
    basket = "1 for each item in the basket and 0 for the others, in the order of items"
    if _has_logits(facts):
        return {
            "basket": basket,
            "logits": "of each item; softmax over those not in the basket makes probabilities",
        }
    return {
        "basket": basket,
        "scores": "of each item, 0 to 1; recommend the best that are not in the basket",
    }


def example(facts: Mapping[str, Any]) -> str:
    """Name the file in `nnlab/exporting/examples` that runs such a network."""
    return "recommend_modern.py" if _has_logits(facts) else "recommend.py"


def scores_of_an_empty_basket(facts: Mapping[str, Any]) -> np.ndarray:
    """Return the score of each item where nothing is known: how popular it is.

    Returns:
        float64 (items,): the share of baskets that contain it or, beside probabilities of the next
        item, its share of all items.
    """
    shares = np.array(facts["shares"])
    return shares / max(shares.sum(), 1e-9) if _has_logits(facts) else shares


def scores(model: Model[RecommendConfig], baskets: np.ndarray) -> np.ndarray:
    """Return the score of each item for each basket, 0 to 1.

    Args:
        model: A trained network.
        baskets: float32 (count, items) of 0 and 1.

    Returns:
        float64 (count, items). Of a network of softmax, the probabilities of the items that are
        not in a basket; those in it have 0.
    """
    outputs = model.network.answer(baskets).astype(float)
    if not _has_logits(model.facts):
        return outputs
    return softmax(np.where(baskets > 0, -np.inf, outputs))


def examples(config: RecommendConfig, data: Data) -> Examples:
    """Return baskets and the item to find in each.

    Targets are 1 for what is in the basket and 2 for the item to be found. Validation finds the
    item that was hidden. In training, an autoencoder completes what dropout hides, and is measured
    on an item that it knows, so that what is learned by heart can be told from the rest. A network
    of softmax finds a random item of the basket, which is taken out.
    """
    items = len(data.facts["items"])
    takes_out = config.model == SOFTMAX
    training = data.arrays["training"]
    if takes_out:
        training = training[data.arrays["baskets"][training].sum(axis=1) > 1]

    def batch(arrays: Arrays, indices: Any, seed: Any) -> Batch:
        import tensorflow as tf

        whole = tf.cast(tf.gather(arrays["baskets"], indices), tf.float32)
        known = tf.cast(tf.gather(arrays["known"], indices), tf.float32)
        wanted = whole - known
        if seed is not None:
            chance = 1 + tf.random.stateless_uniform(tf.shape(whole), seed)
            wanted = tf.one_hot(tf.argmax(whole * chance, -1), items)
            if takes_out:
                known = whole - wanted
        return known, whole + wanted, None

    return Examples(
        arrays={name: data.arrays[name] for name in ("baskets", "known")},
        training=training,
        validation=data.arrays["validation"],
        batch=batch,
        loss=_softmax_crossentropy if takes_out else _binary_crossentropy,
        measures={"recall_at_10": _recall_at_10, "ndcg": _ndcg},
        monitor="ndcg",
        higher_is_better=True,
    )


def _has_logits(facts: Mapping[str, Any]) -> bool:
    return facts.get("outputs") == "logits"


def _binary_crossentropy(targets: Any, outputs: Any) -> Any:
    import keras
    import tensorflow as tf

    return keras.losses.binary_crossentropy(tf.minimum(targets, 1), outputs)


def _softmax_crossentropy(targets: Any, outputs: Any) -> Any:
    """Return how unlikely the item to be found is among those not in the basket."""
    import tensorflow as tf

    wanted = targets > 1.5
    free = tf.where(wanted | (targets < 0.5), outputs, -1e9)
    own = tf.reduce_sum(tf.where(wanted, outputs, 0), -1)
    return tf.reduce_logsumexp(free, -1) - own


def _better(targets: Any, outputs: Any) -> Any:
    """Count the items not in the basket that score higher than the one to be found.

    Of those that score the same, half count, as in the scores on the test set.
    """
    import tensorflow as tf

    wanted = targets > 1.5
    own = tf.reduce_sum(tf.where(wanted, outputs, 0), -1, keepdims=True)
    others = tf.where(targets < 0.5, outputs, -1e30)
    above, equal = (tf.cast(of, tf.float32) for of in (others > own, tf.equal(others, own)))
    return tf.reduce_sum(above + equal / 2, -1)


def _recall_at_10(targets: Any, outputs: Any) -> Any:
    return _better(targets, outputs) <= 9


def _ndcg(targets: Any, outputs: Any) -> Any:
    """Return 1 / log2(1 + rank), without a cut: it varies less than recall, to choose by."""
    import tensorflow as tf

    return np.log(2) / tf.math.log(2 + _better(targets, outputs))
