"""How typical an image is of the classes: a network names one of them for every image.

The features of an image, what the last layer reads, lie close together for the images of a class.
The Mahalanobis distance of an image from the nearest class mean, with one covariance for all
classes (Lee et al., "A simple unified framework for detecting out-of-distribution samples and
adversarial attacks", NeurIPS 2018), is compared with those of images that were held out from
training. The share of them that are at least as far is a conformal p-value (Vovk, Gammerman and
Shafer, "Algorithmic Learning in a Random World", 2005): of images from the same source as the
held-out ones, at most one in a hundred has .01 or less. (Nearly: the held-out images also choose
the epoch.)
"""

import base64
import binascii
import functools
import math
import reprlib
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from nnlab.errors import CheckpointError

TYPICALITY = "typicality"
"""The fact that contains what an image is compared with."""
UNUSUAL = 0.01
"""Below this typicality, an answer comes with a warning."""
MOST_FEATURES = 256
"""Numbers of an image that are compared; the features of a larger layer are added up."""
RIDGE = 0.01
"""What is added to the covariance, as a share of its mean variance, so that it has an inverse."""
TINY = 1e-30
"""Stands for zero where something is divided by it."""
_SIZES = ("classes", "features", "held_out")


@dataclass(frozen=True, eq=False)
class Typicality:
    """What an image is compared with; all float64, with the digits of the stored numbers.

    Attributes:
        means: Of each class that was trained on, whitened: (classes, features).
        whitening: From features to numbers whose covariance within the classes is 1, up to one
            factor: (features, features).
        distances: Of the held-out images, squared, increasing: (count,).
    """

    means: np.ndarray
    whitening: np.ndarray
    distances: np.ndarray

    @classmethod
    def fit(cls, training: np.ndarray, labels: np.ndarray, held_out: np.ndarray) -> Self:
        """Fit the means and the whitening, and sort the distances of the held-out images.

        Args:
            training: Of training images, as `reduced` returns them: (count, features).
            labels: Their classes, (count,).
            held_out: Of other images, likewise.
        """
        classes, place = np.unique(labels, return_inverse=True)
        means = np.stack([training[labels == label].mean(axis=0) for label in classes])
        within = training - means[place]
        covariance = within.T @ within / len(within)
        size = len(covariance)
        spread = max(float(np.trace(covariance)) / size, TINY)
        inverse = np.linalg.inv(covariance + RIDGE * spread * np.eye(size))
        # the factor keeps the numbers within those of float16
        whitening = _stored(np.linalg.cholesky(inverse) * math.sqrt(spread), "<f2")
        means = _stored(means @ whitening, "<f2")
        distances = np.sort(_distances(held_out @ whitening, means))
        return cls(means, whitening, _stored(distances, "<f4"))

    def of(self, features: np.ndarray) -> np.ndarray:
        """Return the share of held-out images that are at least as far from the nearest mean.

        Args:
            features: As `reduced` returns them: (count, features).

        Returns:
            (count,), above 0 and up to 1: the image itself counts as one of them.
        """
        distances = _stored(_distances(features @ self.whitening, self.means), "<f4")
        nearer = np.searchsorted(self.distances, distances)
        count = len(self.distances)
        result: np.ndarray = (count - nearer + 1) / (count + 1)
        return result

    def as_fact(self) -> dict[str, Any]:
        """Write it as JSON: three sizes, and all numbers in base64."""
        parts = ((self.means, "<f2"), (self.whitening, "<f2"), (self.distances, "<f4"))
        data = b"".join(array.astype(kind).tobytes() for array, kind in parts)
        sizes = (*self.means.shape, len(self.distances))
        return {**dict(zip(_SIZES, sizes, strict=True)), "data": base64.b64encode(data).decode()}

    @classmethod
    def from_fact(cls, fact: Any, classes: int, features: int) -> Self:
        """Read what `as_fact` wrote.

        Args:
            fact: What a checkpoint contains.
            classes: How many classes the network knows; some may have had no training image.
            features: How many features `reduced` returns of it.

        Raises:
            CheckpointError: It is something else, damaged, or of another network.
        """
        known = isinstance(fact, dict) and fact.keys() == {*_SIZES, "data"}
        sizes = tuple(fact[name] for name in _SIZES) if known else ()
        counts = all(type(size) is int and size > 0 for size in sizes)
        if not known or not counts or not isinstance(fact["data"], str):
            raise CheckpointError(
                f"expected {', '.join(_SIZES)} and data of typicality, got {reprlib.repr(fact)}"
            )
        if sizes[0] > classes or sizes[1] != features:
            raise CheckpointError(
                f"expected the typicality of {classes} classes and {features} features, got that "
                f"of {sizes[0]} and {sizes[1]}"
            )
        return cls(*_arrays(fact["data"], *sizes))


def reduced(features: np.ndarray) -> np.ndarray:
    """Scale features to length 1, and add up neighbours until at most `MOST_FEATURES` are left.

    The length says how sure the network is, not what it sees. Sums of neighbours keep distances
    about as well as any projection, and need no table.

    Args:
        features: (count, size).

    Returns:
        float64 (count, `reduced_size(size)`).
    """
    given = features.astype(np.float64)
    lengths = np.linalg.norm(given, axis=1, keepdims=True)
    given /= np.maximum(lengths, TINY)
    return np.add.reduceat(given, np.arange(0, given.shape[1], _together(given.shape[1])), axis=1)


def reduced_size(size: int) -> int:
    """Return how many features are left of so many."""
    return -(-size // _together(size))


def doubt(typicality: float) -> str:
    """Say of an unusual image that it may be none of the classes; of others nothing."""
    if typicality >= UNUSUAL:
        return ""
    return (
        "may be none of the classes: fewer than one in a hundred of the images that were held out "
        "from training are as unusual"
    )


def _together(size: int) -> int:
    return -(-size // MOST_FEATURES)


def _distances(places: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Return the squared distance of each place to the nearest mean: (count,)."""
    nearest = np.full(len(places), np.inf)
    for mean in means:
        np.minimum(nearest, ((places - mean) ** 2).sum(axis=1), out=nearest)
    return nearest


def _stored(array: np.ndarray, kind: str) -> np.ndarray:
    """Round numbers to what a checkpoint stores."""
    return array.astype(kind).astype(np.float64)


@functools.lru_cache(maxsize=8)
def _arrays(
    text: str, classes: int, features: int, held_out: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Decode the data of a fact; cached, because a server asks at every request."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CheckpointError(f"the data of typicality are damaged: {error}") from error
    first, second = 2 * classes * features, 2 * features * (classes + features)
    if len(data) != second + 4 * held_out:
        raise CheckpointError(
            f"expected {second + 4 * held_out:,} bytes of typicality, got {len(data):,}"
        )
    means = np.frombuffer(data[:first], "<f2").reshape(classes, features)
    whitening = np.frombuffer(data[first:second], "<f2").reshape(features, features)
    distances = np.frombuffer(data[second:], "<f4")
    arrays = tuple(one.astype(np.float64) for one in (means, whitening, distances))
    ordered = (distances[:1] >= 0).all() and (np.diff(distances) >= 0).all()
    if not ordered or not all(np.isfinite(one).all() for one in arrays):
        raise CheckpointError(
            "expected finite numbers and increasing distances in the data of typicality"
        )
    return arrays[0], arrays[1], arrays[2]
