"""Principal components: the best that a linear map does where an autoencoder lays out images."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

BATCH = 4096  # images that become floats at a time

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class PCA:
    """Fitted principal components (Pearson 1901; Hotelling 1933).

    Attributes:
        mean: float32 (pixels,), the mean image.
        components: float32 (components, pixels), of unit length and orthogonal, the one with the
            most variance first. The largest entry of each is positive, so that the same images
            always give the same map.
        explained: share of all variance that the components keep, 0 to 1.
        image_shape: of one image.
    """

    mean: Floats
    components: Floats
    explained: float
    image_shape: tuple[int, ...]

    @classmethod
    def fit(cls, images: npt.NDArray[Any], components: int = 2) -> "PCA":
        """Find the directions in which the images vary most.

        Args:
            images: uint8 (count, ...), 0 to 255; or floats, taken as they are (0 to 1 is best).
            components: how many, 1 to the number of pixels.

        Raises:
            ValueError: if there is no image, or there are fewer pixels than components.
        """
        pixels = math.prod(images.shape[1:])
        if not len(images) or not 1 <= components <= pixels:
            raise ValueError(
                f"expected images of {components} pixels at least, got shape {images.shape}"
            )
        mean, covariance = _moments(images)
        variances, vectors = np.linalg.eigh(covariance)  # ascending
        variances = np.maximum(variances, 0)
        kept = vectors[:, ::-1].T[:components]
        kept = kept * np.sign(kept[np.arange(components), np.abs(kept).argmax(axis=1)])[:, None]
        largest, total = float(variances[::-1][:components].sum()), float(variances.sum())
        explained = largest / total if total > 0 else 1.0
        shape = tuple(images.shape[1:])
        return cls(mean.astype(np.float32), kept.astype(np.float32), explained, shape)

    def project(self, images: npt.NDArray[Any]) -> Floats:
        """The place of each image on the map, float32 (count, components).

        Args:
            images: (count, ...) of the kind and size that `fit` was given.

        Raises:
            ValueError: if the images are of another size.
        """
        if tuple(images.shape[1:]) != self.image_shape:
            raise ValueError(f"expected images of {self.image_shape}, got {images.shape[1:]}")
        points = np.empty((len(images), len(self.components)), np.float32)
        for start in range(0, len(images), BATCH):
            rows = slice(start, start + BATCH)
            points[rows] = (_flat(images[rows]) - self.mean) @ self.components.T
        return points

    def reconstruct(self, points: npt.NDArray[Any]) -> Floats:
        """The image at each place of the map.

        Args:
            points: floats (count, components).

        Returns:
            float32 (count, ...), images as `fit` was given, scaled to 0..1. What a sum of
            components gives may lie a little below 0 or above 1.

        Raises:
            ValueError: if the points have another number of components.
        """
        if points.ndim != 2 or points.shape[1] != len(self.components):
            raise ValueError(f"expected {len(self.components)} components, got {points.shape}")
        images = points.astype(np.float32) @ self.components + self.mean
        return images.reshape(len(points), *self.image_shape)


def _moments(images: npt.NDArray[Any]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Mean image and covariance, divided by the number of images; sums in float64."""
    pixels = math.prod(images.shape[1:])
    # near the mean already, so that subtracting its square costs no digits
    shift = _flat(images[:BATCH]).mean(axis=0)
    total, squares = np.zeros(pixels), np.zeros((pixels, pixels))
    for start in range(0, len(images), BATCH):
        batch = _flat(images[start : start + BATCH]) - shift
        total += batch.sum(axis=0, dtype=np.float64)
        squares += batch.T @ batch
    mean = total / len(images)
    return mean + shift, squares / len(images) - np.outer(mean, mean)


def _flat(images: npt.NDArray[Any]) -> Floats:
    scale = np.float32(1 / 255 if np.issubdtype(images.dtype, np.integer) else 1)
    return images.reshape(len(images), -1).astype(np.float32) * scale
