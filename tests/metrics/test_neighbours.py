"""Scores of maps, compared with values by hand and with their definitions, and as properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.metrics import class_medoids, knn_accuracy, silhouette, trustworthiness

some = settings(max_examples=40)


def cloud(count: int, dimensions: int = 2, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, dimensions))


def distances(points: np.ndarray) -> np.ndarray:
    between: np.ndarray = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    return between


def trustworthiness_as_defined(high: np.ndarray, low: np.ndarray, k: int) -> float:
    n, penalty = len(low), 0
    before, after = distances(high), distances(low)
    for i in range(n):
        others = [j for j in range(n) if j != i]
        truly = sorted(others, key=lambda j: before[i, j])
        for j in sorted(others, key=lambda j: after[i, j])[:k]:
            penalty += max(truly.index(j) + 1 - k, 0)
    return 1 - 2 / (n * k * (2 * n - 3 * k - 1)) * penalty


def silhouette_as_defined(points: np.ndarray, labels: np.ndarray) -> float:
    apart, scores = distances(points), []
    for i, own in enumerate(labels):
        mates = [j for j in np.flatnonzero(labels == own) if j != i]
        if not mates:
            scores.append(0.0)
            continue
        a = apart[i, mates].mean()
        b = min(apart[i, labels == other].mean() for other in set(labels) - {own})
        scores.append((b - a) / max(a, b) if max(a, b) > 0 else 0.0)
    return float(np.mean(scores))


def test_knn_accuracy_by_hand() -> None:
    train, labels = np.array([[0.0, 0], [1, 0], [2, 0], [10, 0]]), np.array([1, 0, 0, 2])
    test, right = np.array([[0.1, 0], [9, 0]]), np.array([1, 2])
    assert knn_accuracy(train, labels, test, right, 1) == 1.0
    assert knn_accuracy(train, labels, test, right, 3) == 0.0
    assert knn_accuracy(train, labels, test, np.array([0, 0]), 3) == 1.0


def test_a_tied_vote_goes_to_the_lowest_class() -> None:
    train, labels = np.array([[0.0, 0], [1, 0], [2, 0], [3, 0]]), np.array([7, 3, 3, 7])
    assert knn_accuracy(train, labels, train[:1], np.array([3]), 4) == 1.0
    assert knn_accuracy(train, labels, train[:1], np.array([3]), 2) == 1.0


@some
@given(st.integers(1, 30), st.integers(1, 5), st.integers(0, 1000))
def test_neighbours_match_a_full_search(count: int, k: int, seed: int) -> None:
    train, test = cloud(count + 5, seed=seed), cloud(20, seed=seed + 1)
    labels = np.random.default_rng(seed).integers(4, size=count + 5)
    right = np.zeros(20, np.int64)
    answers = []
    for point in test:
        nearest = np.argsort(((train - point) ** 2).sum(axis=1))[:k]
        answers.append(np.bincount(labels[nearest]).argmax())
    assert knn_accuracy(train, labels, test, right, k) == np.mean(np.array(answers) == right)


def test_identical_points_are_accepted() -> None:
    same, labels = np.zeros((3000, 2)), np.arange(3000) % 3
    assert knn_accuracy(same, labels, same[:9], labels[:9], 5) in (3 / 9, 0.0)
    assert silhouette(same, labels) == 0
    assert 0 <= trustworthiness(cloud(100), same[:100], 5) <= 1


@pytest.mark.parametrize(
    ("train", "labels", "test", "k", "message"),
    [
        (cloud(4), [0, 0, 0], cloud(2), 1, "one label per point"),
        (cloud(4), [0, 0, 0, -1], cloud(2), 1, "labels of at least 0"),
        (cloud(4), [0] * 4, cloud(2, 3), 1, "equal dimensions"),
        (cloud(4), [0] * 4, cloud(2), 5, "1 to 4 neighbours, got 5"),
        (cloud(4), [0] * 4, cloud(2), 0, "1 to 4 neighbours, got 0"),
        (cloud(4) * np.nan, [0] * 4, cloud(2), 1, "finite"),
        (cloud(4)[:0], [], cloud(2), 1, "shape"),
    ],
)
def test_points_that_do_not_fit_are_refused(
    train: np.ndarray, labels: list[int], test: np.ndarray, k: int, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        knn_accuracy(train, np.array(labels, np.int64), test, np.zeros(2, np.int64), k)


def test_trustworthiness_by_hand() -> None:
    high = np.array([[0.0], [1], [2.1], [3.3], [4.6]])
    swapped = high[[4, 1, 2, 3, 0]]  # first and last swapped
    # The nearest points on the map are 3, 4, 1, 2, 1; their ranks before were 3, 4, 1, 1, 3.
    assert trustworthiness(high, swapped, 1) == pytest.approx(1 - 2 / (5 * 6) * (2 + 3 + 0 + 0 + 2))
    assert trustworthiness(high, -3 * high, 1) == 1


@some
@given(st.integers(10, 40), st.integers(1, 4), st.integers(0, 1000))
def test_trustworthiness_matches_its_definition(count: int, k: int, seed: int) -> None:
    high, low = cloud(count, 5, seed), cloud(count, 2, seed + 1)
    expected = trustworthiness_as_defined(high, low, k)
    assert trustworthiness(high, low, k) == pytest.approx(expected, abs=1e-12)


def test_trustworthiness_distinguishes_a_map_from_chance() -> None:
    high = cloud(400, 2)
    turned = high @ np.array([[0.6, 0.8], [-0.8, 0.6]]) * 5 + 1
    assert trustworthiness(high, turned) == 1
    assert trustworthiness(high, cloud(400, 2, seed=9)) == pytest.approx(0.5, abs=0.05)


def test_trustworthiness_of_a_sample_is_close_to_that_of_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    high = np.random.default_rng(0).integers(0, 256, (300, 4, 4)).astype(np.uint8)
    low = high.reshape(300, -1)[:, :2].astype(np.float32)
    whole = trustworthiness(high, low, 15)
    monkeypatch.setattr("nnlab.metrics.neighbours.TRUSTWORTHINESS_SAMPLE", 100)
    assert trustworthiness(high, low, 5) == trustworthiness(high, low, 5)
    assert whole != trustworthiness(high, low, 5) == pytest.approx(whole, abs=0.05)


@pytest.mark.parametrize(("count", "k"), [(10, 5), (10, 0)])
def test_too_many_neighbours_are_refused(count: int, k: int) -> None:
    with pytest.raises(ValueError, match="neighbours"):
        trustworthiness(cloud(count, 3), cloud(count), k)


def test_maps_with_another_number_of_points_are_refused() -> None:
    with pytest.raises(ValueError, match="expected 30 points on the map, got 31"):
        trustworthiness(cloud(30, 3), cloud(31), 3)


def test_silhouette_by_hand() -> None:
    points, labels = np.array([[0.0], [2.0], [10.0]]), np.array([0, 0, 1])
    # (10 - 2) / 10 and (8 - 2) / 8; the third is alone in its class
    assert silhouette(points, labels) == pytest.approx((0.8 + 0.75 + 0) / 3)


@some
@given(st.integers(4, 30), st.integers(2, 4), st.integers(0, 1000))
def test_silhouette_matches_its_definition(count: int, classes: int, seed: int) -> None:
    points = cloud(count, 2, seed)
    labels = np.random.default_rng(seed).integers(classes, size=count)
    labels[:2] = 0, 1
    expected = silhouette_as_defined(points, labels)
    assert silhouette(points, labels) == pytest.approx(expected, abs=1e-12)


def test_silhouette_of_one_class_is_none() -> None:
    assert silhouette(cloud(5), np.zeros(5, np.int64)) is None


def test_silhouette_does_not_depend_on_the_block_size(monkeypatch: pytest.MonkeyPatch) -> None:
    points, labels = cloud(50), np.arange(50) % 3
    whole = silhouette(points, labels), trustworthiness(points, points[::-1], 4)
    monkeypatch.setattr("nnlab.metrics.neighbours.CELLS", 170)
    blocks = silhouette(points, labels), trustworthiness(points, points[::-1], 4)
    assert blocks == pytest.approx(whole, abs=1e-12)


def test_medoids_are_nearest_to_the_median_of_their_class() -> None:
    points = np.array([[0.0, 0], [1, 1], [9, 9], [5, 5], [5, 6]])
    assert class_medoids(points, np.array([0, 0, 0, 2, 2]), 4).tolist() == [1, -1, 3, -1]
