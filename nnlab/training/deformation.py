"""Random deformations of small grey images, inside the training's graph.

Affine and elastic deformations as in Simard et al. (2003), and strokes of other pens.
"""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

GRID = 5
"""Random displacements down and across an image, between which elastic ones are interpolated."""


@dataclass(frozen=True)
class Deformation:
    """How far images may change; each image draws its own changes, uniform up to these limits.

    Attributes:
        rotation: Radians, to both sides.
        scale: Logarithm of the factor, for height and width by themselves.
        shear: Pixels to the side per pixel down.
        shift: Share of height and width, down and across.
        elastic: Standard deviation of displacements that vary over the image, likewise.
        stroke: Share of the way to strokes that are a pixel thicker or thinner at each edge.
        blur: Share of the way to the mean of 3x3 pixels.
    """

    rotation: float = 0.0
    scale: float = 0.0
    shear: float = 0.0
    shift: float = 0.0
    elastic: float = 0.0
    stroke: float = 0.0
    blur: float = 0.0

    def times(self, strength: float) -> "Deformation":
        """Return this one with all limits larger, or smaller, by a factor; no share passes 1."""
        limits = {name: strength * most for name, most in asdict(self).items()}
        shares = {name: min(limits[name], 1.0) for name in ("stroke", "blur")}
        return Deformation(**{**limits, **shares})

    def __call__(self, images: Any, seed: Any, *, light_ink: bool = True, share: Any = None) -> Any:
        """Deform a batch.

        Args:
            images: float32 tensor (batch, height, width), 0 to 255.
            seed: int32 pair; the same one gives the same deformations.
            light_ink: What was outside an image is 0; else it is 255.
            share: Of the limits: a float32 scalar from 0 to 1; None for all of them.

        Returns:
            The same shape.
        """
        import tensorflow as tf

        if not light_ink:
            return 255 - self(255 - images, seed, share=share)
        moving, drawing = tf.unstack(tf.random.experimental.stateless_split(seed, 2))
        return self._moved(self._redrawn(images, drawing, share), moving, share)

    def _redrawn(self, images: Any, seed: Any, share: Any) -> Any:
        """Make strokes thicker or thinner, and blur them."""
        import tensorflow as tf

        stroke, blur = tf.unstack(
            _partly(
                tf.random.stateless_uniform((2, tf.shape(images)[0], 1, 1, 1), seed, -1.0, 1.0),
                share,
            )
        )
        x = images[..., None]
        thicker = tf.nn.max_pool2d(x, 3, 1, "SAME")
        thinner = -tf.nn.max_pool2d(-x, 3, 1, "SAME")
        x += self.stroke * tf.where(stroke > 0, stroke * (thicker - x), -stroke * (thinner - x))
        x += self.blur * tf.nn.relu(blur) * (tf.nn.avg_pool2d(x, 3, 1, "SAME") - x)
        return x[..., 0]

    def _moved(self, images: Any, seed: Any, share: Any) -> Any:
        """Look up each pixel where it comes from, between the four pixels around that place."""
        import tensorflow as tf

        count, height, width = tf.unstack(tf.shape(images))
        down, across = self._places(count, images.shape[1], images.shape[2], seed, share)
        # a border of zeros stands for all that is outside
        down = tf.clip_by_value(down + 1, 0.0, tf.cast(height, tf.float32) + 0.999)
        across = tf.clip_by_value(across + 1, 0.0, tf.cast(width, tf.float32) + 0.999)
        pixels = tf.reshape(tf.pad(images, ((0, 0), (1, 1), (1, 1))), (count, -1))
        top, left = tf.floor(down), tf.floor(across)
        lower, right = down - top, across - left
        corner = tf.cast(top, tf.int32) * (width + 2) + tf.cast(left, tf.int32)

        def at(offset: Any) -> Any:
            return tf.gather(pixels, corner + offset, batch_dims=1)

        above = at(0) * (1 - right) + at(1) * right
        below = at(width + 2) * (1 - right) + at(width + 3) * right
        return above * (1 - lower) + below * lower

    def _places(
        self, count: Any, height: int, width: int, seed: Any, share: Any
    ) -> tuple[Any, Any]:
        """Return where each pixel comes from: rows and columns (batch, height, width)."""
        import tensorflow as tf

        affine, elastic = tf.unstack(tf.random.experimental.stateless_split(seed, 2))
        chances = _partly(tf.random.stateless_uniform((6, count, 1, 1), affine, -1.0, 1.0), share)
        turned, taller, wider, sheared, downwards, sideways = tf.unstack(chances)
        angle = self.rotation * turned
        # from the middle of the image
        y = tf.constant(np.arange(height) - (height - 1) / 2, tf.float32)[:, None]
        x = tf.constant(np.arange(width) - (width - 1) / 2, tf.float32)[None, :]
        x = x + self.shear * sheared * y
        rows = (tf.cos(angle) * y + tf.sin(angle) * x) * tf.exp(self.scale * taller)
        columns = (tf.cos(angle) * x - tf.sin(angle) * y) * tf.exp(self.scale * wider)
        bends = _partly(tf.random.stateless_normal((2, count, GRID, GRID), elastic), share)
        bends *= self.elastic
        bends = tf.einsum("kbij,hi,wj->kbhw", bends, _between(height), _between(width))
        return (
            rows + (height - 1) / 2 + height * (self.shift * downwards + bends[0]),
            columns + (width - 1) / 2 + width * (self.shift * sideways + bends[1]),
        )


def _partly(chances: Any, share: Any) -> Any:
    return chances if share is None else share * chances


def _between(size: int) -> np.ndarray:
    """Return the share of each of `GRID` evenly spaced values at each pixel, (size, GRID).

    Bumps of normal distributions, which together have the spread of one value everywhere.
    """
    spacing = max(size - 1, 1) / (GRID - 1)
    distance = (np.arange(size)[:, None] - spacing * np.arange(GRID)) / spacing
    bumps = np.exp(-0.5 * (distance / math.sqrt(0.5)) ** 2)
    shares: np.ndarray = bumps / np.sqrt((bumps**2).sum(axis=1, keepdims=True))
    return shares.astype(np.float32)
