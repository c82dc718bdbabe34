"""How good a map of examples is: whether neighbours have the same class, and were close before.

All distances are Euclidean.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

TRUSTWORTHINESS_SAMPLE = 2000
SILHOUETTE_SAMPLE = 5000
CELLS = 1 << 22  # distances computed at a time

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.integer]
Indices = npt.NDArray[np.int64]


def knn_accuracy(
    train_points: npt.NDArray[Any],
    train_labels: Labels,
    test_points: npt.NDArray[Any],
    test_labels: Labels,
    k: int,
) -> float:
    """Share of the test points whose class is the most frequent one of their k neighbours.

    The neighbours are training points. Ties between classes go to the lowest one, as in
    scikit-learn; ties between equally distant points are broken arbitrarily.

    Args:
        train_points: floats (n, d), finite; intended for few dimensions, such as a plane.
        train_labels: their classes, integers (n,), at least 0.
        test_points: floats (m, d), finite.
        test_labels: integers (m,).
        k: number of neighbours that vote, 1 to n.

    Raises:
        ValueError: if shapes do not match, a point is not finite, or k is out of range.
    """
    from scipy.spatial import cKDTree

    known, known_labels = _checked(train_points, train_labels)
    asked, asked_labels = _checked(test_points, test_labels)
    if known.shape[1] != asked.shape[1] or not len(asked):
        raise ValueError(f"expected equal dimensions, got {known.shape} and {asked.shape}")
    if not 1 <= k <= len(known):
        raise ValueError(f"expected 1 to {len(known)} neighbours, got {k}")
    # a list of ranks, because a single number would drop the axis for k = 1
    _, nearest = cKDTree(known).query(asked, k=list(range(1, k + 1)))
    return float((_most_frequent(known_labels[nearest]) == asked_labels).mean())


def trustworthiness(high: npt.NDArray[Any], low: npt.NDArray[Any], k: int = 12) -> float:
    """How far neighbours on a map were neighbours before, 0 to 1 (1: all k of every point were).

    Venna and Kaski, "Neighborhood preservation in nonlinear projection methods", ICANN 2001: each
    neighbour on the map costs the number of ranks by which it was further away than the k-th. A
    random map scores about 0.5. Among equally distant points, the earlier come first on the map;
    before, they share the best of their ranks.

    Of more than 2,000 points, this many are drawn. The neighbours are then those among the drawn
    points: k of 2,000 points reach as far as 5 k of 10,000.

    Args:
        high: the examples, numbers (n, ...); axes after the first are flattened.
        low: their positions on the map, floats (n, d), finite.
        k: number of neighbours, less than half the number of points.

    Raises:
        ValueError: if the counts differ, a number is not finite, or k is out of range.
    """
    from scipy.spatial.distance import cdist

    before, after = np.asarray(high), np.asarray(low)
    if len(before) != len(after):
        raise ValueError(f"expected {len(before)} points on the map, got {len(after)}")
    rows = _drawn(len(before), TRUSTWORTHINESS_SAMPLE)
    before, after = _points(before[rows].reshape(len(rows), -1)), _points(after[rows])
    count = len(rows)
    if not 1 <= k < count / 2:
        raise ValueError(f"expected at least 1 and less than {count / 2:g} neighbours, got {k}")
    penalty = 0
    for block in _blocks(count, count):
        near = _without_self(cdist(after[block], after), block).argsort(axis=1, kind="stable")
        distances = _without_self(cdist(before[block], before), block)
        for row, neighbours in zip(distances, near[:, :k], strict=True):
            ranks = np.searchsorted(np.sort(row), row[neighbours]) + 1
            penalty += int(np.maximum(ranks - k, 0).sum())
    return 1 - 2 * penalty / (count * k * (2 * count - 3 * k - 1))


def silhouette(points: npt.NDArray[Any], labels: Labels) -> float | None:
    """How well the classes are separated, -1 to 1: mean of (b - a) / max(a, b) over the points.

    Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of cluster
    analysis", 1987. a is the mean distance to the other points of the same class, b the mean
    distance to the points of the nearest other class. A point alone in its class scores 0. Of more
    than 5,000 points, this many are drawn.

    Args:
        points: floats (n, d), finite.
        labels: integers (n,), at least 0.

    Returns:
        The score, or None for fewer than two classes.

    Raises:
        ValueError: if the counts differ, or a number is not finite.
    """
    from scipy.spatial.distance import cdist

    places, classes = _checked(points, labels)
    rows = _drawn(len(places), SILHOUETTE_SAMPLE)
    places = places[rows]
    names, classes = np.unique(classes[rows], return_inverse=True)
    if len(names) < 2:
        return None
    members = np.eye(len(names))[classes]
    sizes = members.sum(axis=0)
    total = 0.0
    for block in _blocks(len(places), len(places)):
        own, at = classes[block], np.arange(len(classes[block]))
        sums = cdist(places[block], places) @ members
        within = sums[at, own] / np.maximum(sizes[own] - 1, 1)
        means = sums / sizes
        means[at, own] = np.inf
        between = means.min(axis=1)
        largest = np.maximum(within, between)
        score = (between - within) / np.where(largest > 0, largest, 1)
        total += float(score[sizes[own] > 1].sum())
    return total / len(places)


def class_medoids(points: npt.NDArray[Any], labels: Labels, classes: int) -> Indices:
    """The example of each class that is nearest to the coordinate-wise median of its class.

    Args:
        points: floats (n, d), finite.
        labels: integers (n,), 0 to classes - 1.
        classes: number of classes, including those without examples.

    Returns:
        int64 (classes,): row of the example, the first of equals; -1 for a class without examples.

    Raises:
        ValueError: if the counts differ, or a number is not finite.
    """
    places, known = _checked(points, labels)
    medoids = np.full(classes, -1, np.int64)
    for label in np.unique(known[known < classes]):
        rows = np.flatnonzero(known == label)
        median = np.median(places[rows], axis=0)
        medoids[label] = rows[((places[rows] - median) ** 2).sum(axis=1).argmin()]
    return medoids


def _most_frequent(votes: Indices) -> Indices:
    """The most frequent value of each row, the lowest of equals."""
    votes = np.sort(votes, axis=1)
    counts = (votes[:, :, None] == votes[:, None, :]).sum(axis=2)
    result: Indices = votes[np.arange(len(votes)), counts.argmax(axis=1)]
    return result


def _drawn(count: int, sample: int) -> Indices:
    if count <= sample:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).choice(count, sample, replace=False))


def _blocks(rows: int, columns: int) -> list[slice]:
    size = max(CELLS // max(columns, 1), 1)
    return [slice(start, min(start + size, rows)) for start in range(0, rows, size)]


def _without_self(distances: Floats, block: slice) -> Floats:
    distances[np.arange(len(distances)), np.arange(block.start, block.stop)] = np.inf
    return distances


def _checked(points: npt.NDArray[Any], labels: Labels) -> tuple[Floats, Indices]:
    places, classes = _points(points), np.asarray(labels)
    if classes.shape != (len(places),):
        raise ValueError(f"expected one label per point, got {classes.shape} for {places.shape}")
    if classes.min() < 0:
        raise ValueError(f"expected labels of at least 0, got {classes.min()}")
    return places, classes.astype(np.int64)


def _points(points: npt.NDArray[Any]) -> Floats:
    places = np.asarray(points, np.float64)
    if places.ndim != 2 or not places.size:
        raise ValueError(f"expected points of shape (count, dimensions), got {places.shape}")
    if not np.isfinite(places).all():
        raise ValueError("expected finite points, got NaN or infinity")
    return places
