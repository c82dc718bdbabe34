"""The squares that a network which cleans pages is trained on."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnlab.experiments.contract import Data
from nnlab.experiments.denoise.config import LOSSES, DenoiseConfig
from nnlab.training.examples import Arrays, Batch, Examples

LARGEST = 4
"""Times that a square is enlarged at most: print that is four times as high."""
SHOWN = ("noisy", "clean", "paper", "ink")
"""Arrays to cut squares from: the pages, and what they consist of, where that is needed."""
STRONGER = 1.6
"""Exponent of the paper's grey at most, and its inverse at least, so that stains vary."""


def examples(config: DenoiseConfig, data: Data) -> Examples:
    """Cut squares out of pages that stay bytes; in training each is a little out of place."""
    around = np.arange(config.patch)

    def batch(arrays: Arrays, indices: Any, seed: Any) -> Batch:
        import tensorflow as tf

        chosen = tf.unstack(tf.gather(arrays["places"], indices), axis=1)
        first, width, top, left, lowest, rightmost = chosen
        if seed is not None:
            count = tf.shape(indices)[0]
            half = config.stride // 2
            down, across = tf.unstack(
                tf.random.stateless_uniform([2, count], seed, -half, half + 1, tf.int64)
            )
            top = tf.clip_by_value(top + down, 0, lowest)
            left = tf.clip_by_value(left + across, 0, rightmost)
        corner = (first + top * width + left)[:, None, None]
        pixels = corner + width[:, None, None] * around[:, None] + around
        shown = [arrays[name] for name in SHOWN if name in arrays]
        noisy, clean, *layers = (tf.cast(tf.gather(one, pixels), tf.float32) for one in shown)
        if seed is not None and config.restained:
            noisy = _restained(noisy, clean, layers, config.restained, seed + 5)
        if seed is not None:
            spotless = tf.random.stateless_uniform([count, 1, 1], seed + 1) < config.spotless
            noisy = tf.where(spotless, clean, noisy)
        squares = tf.stack([noisy, clean], axis=-1)
        if seed is not None:
            squares = _enlarged(squares, config.enlarged, seed + 2)
        if seed is not None and config.faded:
            squares = _faded(squares, config.faded, seed + 3)
        if seed is not None and config.flip:
            squares = _flipped(squares, seed + 4)
        return squares[..., :1], squares[..., 1:] / 255, None

    return Examples(
        arrays={name: data.arrays[name] for name in (*SHOWN, "places") if name in data.arrays},
        training=data.arrays["training"],
        validation=data.arrays["validation"],
        batch=batch,
        loss=LOSSES[config.loss],
        measures={"squared_error": _squared_error},
        monitor="squared_error",
    )


def _restained(noisy: Any, clean: Any, layers: Sequence[Any], share: float, seed: Any) -> Any:
    """Lay some texts on the stains of the square before, turned, enlarged, stronger or weaker."""
    import tensorflow as tf

    paper, ink = layers
    chance, exponent = tf.unstack(tf.random.stateless_uniform([2, tf.shape(noisy)[0], 1, 1], seed))
    exponent = STRONGER ** (2 * exponent - 1)
    grain = noisy - _printed(clean, paper, ink)
    other = tf.roll(tf.stack(layers, axis=-1), 1, axis=0)
    other = _enlarged(_flipped(_turned(other, seed + 1), seed + 2), 0.5, seed + 3)
    paper, ink = (255 * (layer / 255) ** exponent for layer in tf.unstack(other, axis=-1))
    restained = tf.clip_by_value(_printed(clean, paper, ink) + grain, 0, 255)
    return tf.where(chance < share, restained, noisy)


def _printed(clean: Any, paper: Any, ink: Any) -> Any:
    return ink + (paper - ink) * clean / 255


def _turned(squares: Any, seed: Any) -> Any:
    """Swap rows and columns of a half of the squares."""
    import tensorflow as tf

    chance = tf.random.stateless_uniform([tf.shape(squares)[0], 1, 1, 1], seed)
    return tf.where(chance < 0.5, tf.transpose(squares, (0, 2, 1, 3)), squares)


def _enlarged(squares: Any, share: float, seed: Any) -> Any:
    """Show a part of some squares as large as the whole: large print, and scans of more dots."""
    import tensorflow as tf

    count, size = tf.shape(squares)[0], squares.shape[1]
    chance, side, top, left = tf.unstack(tf.random.stateless_uniform([4, count], seed))
    side = tf.where(chance < share, 1 / (1 + (LARGEST - 1) * side), 1.0)
    corner = tf.stack([top, left], axis=1) * (1 - side)[:, None]
    boxes = tf.concat([corner, corner + side[:, None]], axis=1)
    return tf.image.crop_and_resize(squares, boxes, tf.range(count), (size, size))


def _faded(squares: Any, share: float, seed: Any) -> Any:
    """Take contrast from some noisy squares: pale print, and paper down to half grey."""
    import tensorflow as tf

    chance, contrast, white = tf.unstack(
        tf.random.stateless_uniform([3, tf.shape(squares)[0], 1, 1], seed)
    )
    white = 255 * (1 - 0.5 * white)
    contrast = 0.4 + 0.6 * contrast
    noisy, clean = tf.unstack(squares, axis=-1)
    faded = white * (1 - contrast * (1 - noisy / 255))
    return tf.stack([tf.where(chance < share, faded, noisy), clean], axis=-1)


def _flipped(squares: Any, seed: Any) -> Any:
    """Mirror a half of the squares down, and a half of them across."""
    import tensorflow as tf

    chances = tf.random.stateless_uniform([2, tf.shape(squares)[0], 1, 1, 1], seed)
    for axis, chance in zip((1, 2), tf.unstack(chances), strict=True):
        squares = tf.where(chance < 0.5, tf.reverse(squares, [axis]), squares)
    return squares


def _squared_error(targets: Any, outputs: Any) -> Any:
    import tensorflow as tf

    return tf.reduce_mean(tf.square(targets - outputs), (1, 2, 3))
