"""Scores of a map: do images of one class lie together?"""

import math
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.errors import CheckpointError
from nnlab.experiments.contract import Data, Scores
from nnlab.experiments.embed.pca import PCA
from nnlab.inference import Network
from nnlab.metrics import class_medoids, knn_accuracy, silhouette, trustworthiness

NEIGHBOURS = 12
"""That trustworthiness looks at; it needs more than twice as many images."""


MOST_DRAWN = 20_000


MOST_LANDMARKS = 3_000


MOST_THUMBNAILS = 600


MOST_THUMBNAIL_PIXELS = 2**20
"""Of large images fewer are kept: evidence stays small."""


@dataclass(frozen=True)
class EmbedDetails:
    """How many test images, and what their classes are called."""

    test_images: int
    class_names: list[str]


def encoder(network: Network) -> Network:
    """Return the part from an image to its place in the plane."""
    return network.part(network.input_shapes, ["plane"])


def decoder(network: Network) -> Network:
    """Return the part from a place in the plane to an image."""
    return network.part({"plane": (2,)}, list(network.output_shapes))


def score(network: Network, data: Data) -> Scores[EmbedDetails]:
    """Measure the plane on the test images, beside the plane of principal components.

    Args:
        network: From raw images (height, width) by way of "plane" to pixels from 0 to 1.
        data: Arrays `test_images` and `test_labels`, and, to know neighbours by, `images` and
            `labels`, in the rows `training`; facts `class_names`.
    """
    images, labels = data.arrays["test_images"], data.arrays["test_labels"]
    known = data.arrays["images"][data.arrays["training"]]
    known_labels = data.arrays["labels"][data.arrays["training"]]
    points, known_points = (encoder(network).predict(some) for some in (images, known))
    pca = PCA.fit(known)
    own = _scores((known_points, known_labels), (points, labels), images)
    pca_points = pca.project(images)
    principal = _scores((pca.project(known), known_labels), (pca_points, labels), images)
    own["reconstruction_error"] = _error(network.predict(images), images)
    principal["reconstruction_error"] = _error(pca.reconstruct(pca_points), images)
    return Scores(
        scores=own,
        baselines={"principal components": principal},
        details=EmbedDetails(len(labels), data.facts["class_names"]),
        evidence=_evidence(network, points, labels, images, len(data.facts["class_names"])),
        facts=_landmarks(known_points, known_labels),
    )


def _scores(
    known: tuple[np.ndarray, np.ndarray], tested: tuple[np.ndarray, np.ndarray], images: np.ndarray
) -> dict[str, float]:
    points, labels = tested
    scores = {
        f"nn_{k}": knn_accuracy(*known, points, labels, k) for k in (1, 5) if len(known[0]) >= k
    }
    if len(images) > 2 * NEIGHBOURS:
        scores["trustworthiness"] = trustworthiness(
            images.reshape(len(images), -1), points, NEIGHBOURS
        )
    apart = silhouette(points, labels)
    return scores | ({} if apart is None else {"silhouette": apart})


def _error(drawn: np.ndarray, images: np.ndarray) -> float:
    """Return the mean squared error of a pixel from 0 to 1."""
    difference = drawn.reshape(len(images), -1) - images.reshape(len(images), -1) / 255
    return float(np.mean(difference**2))


def _evidence(
    network: Network, points: np.ndarray, labels: np.ndarray, images: np.ndarray, classes: int
) -> dict[str, np.ndarray]:
    from nnlab.experiments.embed.figures.decoder_grid import grid_points
    from nnlab.plots.plane_ranges import axis_ranges

    x, y = axis_ranges(points)
    grid = grid_points(x, y)
    drawn = decoder(network).predict(grid.reshape(-1, 2))
    rows = np.random.default_rng(0).permutation(len(points))[:MOST_DRAWN]
    medoids = class_medoids(points, labels, classes)
    shown = min(MOST_THUMBNAILS, max(1, MOST_THUMBNAIL_PIXELS // math.prod(images.shape[1:])))
    return {
        "points": points[rows],
        "labels": labels[rows],
        "thumbnails": images[rows[:shown]],  # of the first points
        "medoid_classes": np.flatnonzero(medoids >= 0),
        "medoid_images": images[medoids[medoids >= 0]],
        "decoded": np.round(drawn * 255)
        .astype(np.uint8)
        .reshape(*grid.shape[:2], *images.shape[1:]),
        "x_range": np.array(x),
        "y_range": np.array(y),
    }


def _landmarks(points: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """Return training images by place and class, for answers to tell what lies near."""
    rows = np.random.default_rng(0).permutation(len(points))[:MOST_LANDMARKS]
    return {
        "landmarks": [[round(float(number), 4) for number in points[row]] for row in rows],
        "landmark_classes": labels[rows].tolist(),
    }


def check_landmarks(facts: Mapping[str, Any]) -> None:
    """Refuse landmarks of a checkpoint that are none; a run that is not scored has none yet.

    Raises:
        CheckpointError: They are not places and classes.
    """
    places, classes = facts.get("landmarks", []), facts.get("landmark_classes", [])
    whole = (
        isinstance(places, list)
        and isinstance(classes, list)
        and len(places) == len(classes)
        and all(isinstance(one, list) and len(one) == 2 for one in places)
        and all(type(number) in (int, float) for one in places for number in one)
        and all(type(one) is int and 0 <= one < len(facts["class_names"]) for one in classes)
    )
    if not whole:
        raise CheckpointError(
            f"expected places and classes of landmarks, but it has {reprlib.repr(places)} and "
            f"{reprlib.repr(classes)}"
        )


def described(place: np.ndarray, facts: Mapping[str, Any], top: int) -> dict[str, Any]:
    """Describe a place: its coordinates, and the landmarks that lie nearest.

    Args:
        place: float32 (2,).
        facts: `class_names`, `landmarks`, `landmark_classes`.
        top: How many landmarks to list.
    """
    answer: dict[str, Any] = {"x": round(float(place[0]), 4), "y": round(float(place[1]), 4)}
    places = np.array(facts.get("landmarks", []), np.float64).reshape(-1, 2)
    distances = np.sqrt(((places - place) ** 2).sum(axis=1))
    nearest = [
        {
            "class": facts["class_names"][facts["landmark_classes"][row]],
            "distance": round(float(distances[row]), 4),
        }
        for row in distances.argsort(kind="stable")[:top]
    ]
    return {**answer, "nearest": " ".join(one["class"] for one in nearest), "neighbours": nearest}
