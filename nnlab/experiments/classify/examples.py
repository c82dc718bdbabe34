"""What the training of a classifier runs over."""

from typing import Any

from nnlab.experiments.classify.config import KERAS_LOSS, ClassifyConfig
from nnlab.experiments.contract import Data
from nnlab.training.deformation import Deformation
from nnlab.training.examples import Arrays, Batch, Examples

DEFORMATION = Deformation(
    rotation=0.2, scale=0.15, shear=0.25, shift=0.07, elastic=0.035, stroke=0.7, blur=0.8
)
"""What `--deform 1` is: how people's handwriting, pens and scanners differ."""


def examples(config: ClassifyConfig, data: Data) -> Examples:
    """Return images as bytes and their labels; a batch is cast, deformed, its labels one-hot."""
    classes = len(data.facts["class_names"])
    deformed = DEFORMATION.times(config.deform)
    smoothing = config.label_smoothing

    def batch(arrays: Arrays, indices: Any, seed: Any) -> Batch:
        import tensorflow as tf

        images = tf.cast(tf.gather(arrays["images"], indices), tf.float32)
        if seed is not None and config.deform:
            images = deformed(images, seed, light_ink=data.facts["characters"])
        targets = tf.one_hot(tf.gather(arrays["labels"], indices), classes)
        return images, targets * (1 - smoothing) + smoothing / classes, None

    def accuracy(targets: Any, outputs: Any) -> Any:
        import tensorflow as tf

        return tf.equal(tf.argmax(targets, -1), tf.argmax(outputs, -1))

    return Examples(
        arrays={name: data.arrays[name] for name in ("images", "labels")},
        training=data.arrays["training"],
        validation=data.arrays["validation"],
        batch=batch,
        loss=KERAS_LOSS[config.loss],
        measures={"accuracy": accuracy},
        monitor=config.choose_by,
        higher_is_better=config.choose_by == "accuracy",
    )
