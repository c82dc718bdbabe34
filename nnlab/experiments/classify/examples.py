"""What the training of a classifier runs over."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nnlab.datasets.samples.penned_digits import penned_digits
from nnlab.experiments.classify.config import KERAS_LOSS, ClassifyConfig
from nnlab.experiments.contract import Data
from nnlab.training.deformation import Deformation
from nnlab.training.examples import Arrays, Batch, Examples

DEFORMATION = Deformation(
    rotation=0.2, scale=0.15, shear=0.25, shift=0.07, elastic=0.035, stroke=0.7, blur=0.8
)
"""What `--deform 1` is: how people's handwriting, pens and scanners differ."""
DRAWN_SEED = 20_261_129
"""Seed of the digits that `--drawn` adds; they do not depend on `--seed`."""

Prepare = Callable[[np.ndarray, Mapping[str, Any]], np.ndarray]
"""Brings images (count, height, width) into the order of pixels of the images in `data`."""


def examples(config: ClassifyConfig, data: Data, prepare: Prepare) -> Examples:
    """Return images as bytes and their labels, drawn digits added to the training ones.

    A batch is cast, deformed, its labels one-hot.

    Args:
        config: The settings.
        data: As `load_images` returns them.
        prepare: For images that are not in `data`.
    """
    classes = len(data.facts["class_names"])
    deformation = DEFORMATION.times(config.deform)
    smoothing = config.label_smoothing

    def batch(arrays: Arrays, indices: Any, seed: Any) -> Batch:
        import tensorflow as tf

        images = tf.cast(tf.gather(arrays["images"], indices), tf.float32)
        targets = tf.one_hot(tf.gather(arrays["labels"], indices), classes)
        return images, targets * (1 - smoothing) + smoothing / classes, None

    def deformed(images: Any, seed: Any, epoch: Any) -> Any:
        share = _share_left(epoch, config) if config.deform_fade else None
        return deformation(images, seed, light_ink=data.facts["characters"], share=share)

    def accuracy(targets: Any, outputs: Any) -> Any:
        import tensorflow as tf

        return tf.equal(tf.argmax(targets, -1), tf.argmax(outputs, -1))

    images, labels, training = (data.arrays[name] for name in ("images", "labels", "training"))
    if config.drawn:
        drawn, digits = penned_digits(round(config.drawn * len(training)), DRAWN_SEED)
        training = np.concatenate([training, len(images) + np.arange(len(drawn))])
        images = np.concatenate([images, prepare(drawn, data.facts)])
        labels = np.concatenate([labels, digits])
    return Examples(
        arrays={"images": images, "labels": labels},
        training=training,
        validation=data.arrays["validation"],
        batch=batch,
        augment=deformed if config.deform else None,
        loss=KERAS_LOSS[config.loss],
        measures={"accuracy": accuracy},
        monitor=config.choose_by,
        higher_is_better=config.choose_by == "accuracy",
    )


def _share_left(epoch: Any, config: ClassifyConfig) -> Any:
    """Return how much of the deformation is left: all of it, then less with every epoch.

    Images that are deformed less differ less from those that the network will read, so that the
    statistics of the batch normalisation fit them better (Touvron et al., 2019).

    Args:
        epoch: Counted from 0, int32 tensor.
        config: The settings.

    Returns:
        float32, above 0; less than all of it in the last `deform_fade` of the run.
    """
    import tensorflow as tf

    left = tf.cast(config.epochs - epoch, tf.float32)
    return tf.minimum(1.0, left / (config.deform_fade * config.epochs))
