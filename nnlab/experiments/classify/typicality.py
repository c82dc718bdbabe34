"""How typical an image is of the classes: a network names one of them for every image.

The features of an image, what the last layer reads, lie close together for the images of a class.
The distance of an image from the nearest class (Lee et al., "A simple unified framework for
detecting out-of-distribution samples and adversarial attacks", NeurIPS 2018) is compared with
those of images that were held out from training. The share of them that lie at least as far is a
conformal p-value (Vovk, Gammerman and Shafer, "Algorithmic Learning in a Random World", 2005): of
images like those of the data set, one in a hundred has less than .01, whatever the network does.
"""

import base64
import binascii
import math
import reprlib
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from nnlab.errors import CheckpointError

TYPICALITY = "typicality"
"""The fact that contains what an image is compared with."""
UNUSUAL = 0.01
"""Below this typicality, an answer comes with a remark."""
MOST_FEATURES = 256
"""Numbers of an image that are compared; a layer with more is folded."""
TINY = 1e-30
"""Stands for zero where something is divided by it."""
_SIZES = ("classes", "features", "held_out")
_MOST = 2**24
RIDGE = 0.01
"""What is added to the covariance, as a share of its mean variance, so that it has an inverse."""


@dataclass(frozen=True, eq=False)
class Typicality:
    """What features are compared with.

    Attributes:
        centres: The mean of each class, whitened: float16 (classes, features).
        whitening: From features to numbers whose covariance within the classes is 1: float16
            (features, features).
        distances: Of the held-out images, squared, increasing: float32 (count,).
    """

    centres: np.ndarray
    whitening: np.ndarray
    distances: np.ndarray

    @classmethod
    def fit(cls, learned: np.ndarray, labels: np.ndarray, held_out: np.ndarray) -> Self:
        """Find the classes' places.

        Args:
            learned: Features of training images, (count, size).
            labels: Their classes, (count,).
            held_out: Features of other images, (count, size).
        """
        features = folded(learned)
        classes = np.unique(labels)
        means = np.stack([features[labels == label].mean(axis=0) for label in classes])
        within = features - means[np.searchsorted(classes, labels)]
        covariance = within.T @ within / len(within)
        size = len(covariance)
        spread = max(float(np.trace(covariance)) / size, TINY)
        inverse = np.linalg.inv(covariance + RIDGE * spread * np.eye(size))
        # one scale for all distances keeps the numbers within those of float16
        whitening = (np.linalg.cholesky(inverse) * math.sqrt(spread)).astype(np.float16)
        centres = (means @ whitening.astype(np.float64)).astype(np.float16)
        made = cls(centres, whitening, np.empty(0, np.float32))
        return cls(centres, whitening, np.sort(made.nearest(held_out)))

    def nearest(self, features: np.ndarray) -> np.ndarray:
        """Return the squared distance of each image to the nearest class: float32 (count,)."""
        places = folded(features) @ self.whitening.astype(np.float64)
        distances = np.stack(
            [((places - centre) ** 2).sum(axis=1) for centre in self.centres.astype(np.float64)]
        )
        result: np.ndarray = distances.min(axis=0).astype(np.float32)
        return result

    def of(self, features: np.ndarray) -> np.ndarray:
        """Return the share of held-out images that are at least as far from their class.

        Args:
            features: (count, size).

        Returns:
            (count,), above 0 and up to 1: the image itself counts as one of them.
        """
        count = len(self.distances)
        nearer = np.searchsorted(self.distances, self.nearest(features))
        result: np.ndarray = (count - nearer + 1) / (count + 1)
        return result

    def as_fact(self) -> dict[str, Any]:
        """Write it as JSON of text and numbers."""
        content = [self.centres.astype("<f2"), self.whitening.astype("<f2")]
        data = b"".join([*(one.tobytes() for one in content), self.distances.astype("<f4").data])
        return {
            "classes": len(self.centres),
            "features": len(self.whitening),
            "held_out": len(self.distances),
            "data": base64.b64encode(data).decode(),
        }

    @classmethod
    def from_fact(cls, fact: Any) -> Self:
        """Read what `as_fact` wrote.

        Raises:
            CheckpointError: It is something else, or damaged.
        """
        known = isinstance(fact, dict) and fact.keys() == {*_SIZES, "data"}
        sizes = [fact[name] for name in _SIZES] if known else []
        if not known or not all(type(one) is int and 0 < one <= _MOST for one in sizes):
            raise CheckpointError(f"expected what typicality needs, but got {reprlib.repr(fact)}")
        classes, size, count = sizes
        try:
            data = base64.b64decode(fact["data"], validate=True)
        except (binascii.Error, TypeError, ValueError) as error:
            raise CheckpointError(f"what typicality needs is damaged: {error}") from error
        ends = np.cumsum([2 * classes * size, 2 * size * size, 4 * count]).tolist()
        if len(data) != ends[-1]:
            raise CheckpointError(
                f"expected {ends[-1]:,} bytes of what typicality needs, got {len(data):,}"
            )
        centres = np.frombuffer(data[: ends[0]], "<f2").reshape(classes, size)
        whitening = np.frombuffer(data[ends[0] : ends[1]], "<f2").reshape(size, size)
        distances = np.frombuffer(data[ends[1] :], "<f4")
        if not all(np.isfinite(one).all() for one in (centres, whitening, distances)):
            raise CheckpointError("expected finite numbers in what typicality needs")
        return cls(centres, whitening, distances)


def folded(features: np.ndarray) -> np.ndarray:
    """Scale features to length 1, and add up neighbours until at most `MOST_FEATURES` are left.

    The length says how sure the network is, not what it sees. A sum of neighbours is as good as
    any projection, and needs no table.

    Args:
        features: (count, size).

    Returns:
        float64 (count, at most `MOST_FEATURES`).
    """
    given = features.astype(np.float64)
    lengths = np.linalg.norm(given, axis=1, keepdims=True)
    given /= np.maximum(lengths, TINY)
    together = -(-given.shape[1] // MOST_FEATURES)
    return np.add.reduceat(given, np.arange(0, given.shape[1], together), axis=1)
