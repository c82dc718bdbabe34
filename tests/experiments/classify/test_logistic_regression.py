import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize

from nnlab.experiments.classify.baselines.logistic_regression import (
    MOST_KEPT,
    LogisticRegression,
    fitted,
)

Blobs = tuple[np.ndarray, np.ndarray]


@pytest.fixture(scope="module")
def blobs() -> Blobs:
    """300 images of 6×5 pixels in three classes, each bright in rows of its own."""
    rng = np.random.default_rng(1)
    labels = rng.integers(3, size=300)
    images = rng.integers(0, 120, size=(300, 6, 5))
    for image, label in zip(images, labels, strict=True):
        image[2 * label : 2 * label + 2] += 90
    return images.astype(np.uint8), labels.astype(np.uint8)


def test_it_learns_what_a_linear_classifier_can(blobs: Blobs) -> None:
    images, labels = blobs
    model = LogisticRegression.fit(images[:200], labels[:200], classes=3)
    predictions = model.predict(images[200:])
    assert predictions.dtype == np.int64
    assert (predictions == labels[200:]).mean() > 0.97


def test_scipy_finds_hardly_less_loss() -> None:
    rng = np.random.default_rng(2)
    labels = rng.integers(3, size=4000)
    images = rng.normal(size=(4000, 4, 3)) + 0.3 * np.eye(12)[labels].reshape(-1, 4, 3)
    flat, targets = images.reshape(4000, -1), np.eye(3)[labels]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        logits = flat @ weights.reshape(13, 3)[:-1] + weights.reshape(13, 3)[-1]
        logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
        wrong = (np.exp(logits) - targets) / 4000
        slope = np.concatenate([flat.T @ wrong, wrong.sum(axis=0, keepdims=True)])
        return float(-(targets * logits).sum() / 4000), slope.ravel()

    model = LogisticRegression.fit(images, labels, 3)
    best = minimize(loss, np.zeros(39), jac=True, method="BFGS")
    assert loss(model.weights.astype(np.float64).ravel())[0] == pytest.approx(best.fun, rel=1e-3)


def test_the_same_data_give_the_same_weights(blobs: Blobs) -> None:
    first, second = (LogisticRegression.fit(blobs[0], blobs[1], 3) for _ in range(2))
    assert np.array_equal(first.weights, second.weights)


def test_the_same_data_are_fitted_once(blobs: Blobs) -> None:
    images, labels = blobs
    first = fitted(images, labels, 3)
    assert np.array_equal(first.weights, LogisticRegression.fit(images, labels, 3).weights)
    assert fitted(images.copy(), labels, 3) is first
    assert fitted(images, labels[::-1], 3) is not first
    for classes in range(4, 4 + MOST_KEPT):
        fitted(images, labels, classes)
    assert fitted(images, labels, 3) is not first


def test_floats_from_0_to_1_are_the_same_images(blobs: Blobs) -> None:
    images, labels = blobs
    of_bytes = LogisticRegression.fit(images, labels, 3)
    of_floats = LogisticRegression.fit(images / 255, labels, 3)
    assert np.allclose(of_bytes.weights, of_floats.weights, atol=1e-3)


def test_the_size_of_a_batch_does_not_change_predictions(blobs: Blobs) -> None:
    model = LogisticRegression.fit(blobs[0], blobs[1], 3)
    assert np.array_equal(model.predict(blobs[0], batch_size=7), model.predict(blobs[0]))


def test_the_weights_are_where_the_gradient_of_the_crossentropy_vanishes(blobs: Blobs) -> None:
    images, labels = blobs
    model = LogisticRegression.fit(images, labels, 3)

    def crossentropy(weights: np.ndarray) -> float:
        logits = images.reshape(300, -1) / 255 @ weights[:-1] + weights[-1]
        largest = logits.max(axis=1)
        total = largest + np.log(np.exp(logits - largest[:, None]).sum(axis=1))
        return float((total - logits[np.arange(300), labels]).mean())

    best = crossentropy(model.weights)
    rng = np.random.default_rng(0)
    nudges = rng.normal(scale=1.0, size=(20, *model.weights.shape))
    assert all(crossentropy(model.weights + nudge) > best for nudge in nudges)


def test_a_class_that_was_never_seen_is_allowed_and_a_single_image_too(blobs: Blobs) -> None:
    images, labels = blobs
    assert LogisticRegression.fit(images, labels, 5).predict(images).max() <= 2
    assert LogisticRegression.fit(images[:1], labels[:1], 3).predict(images[:1]) == labels[:1]


@pytest.mark.parametrize(
    ("count", "labels", "message"),
    [
        (2, [0], "got 2 and 1"),
        (0, [], "got 0 and 0"),
        (2, [0, 3], "expected labels 0 to 2, got 0 to 3"),
    ],
)
def test_data_that_do_not_fit_are_refused(count: int, labels: list[int], message: str) -> None:
    images = np.zeros((count, 4, 4), np.uint8)
    with pytest.raises(ValueError, match=message):
        LogisticRegression.fit(images, np.array(labels, np.int64), 3)


def test_images_of_another_size_are_refused(blobs: Blobs) -> None:
    model = LogisticRegression.fit(blobs[0], blobs[1], 3)
    with pytest.raises(ValueError, match="expected 30 pixels an image, got 784"):
        model.predict(np.zeros((1, 28, 28), np.uint8))


@pytest.mark.real_data
def test_it_reaches_92_percent_on_mnist() -> None:
    folder = Path(os.environ.get("NNLAB_DATA", "data")) / "mnist"
    if not folder.is_dir():
        pytest.skip(f"MNIST is not in {folder}")

    def read(name: str, offset: int) -> np.ndarray:
        return np.frombuffer(gzip.decompress((folder / name).read_bytes()), np.uint8)[offset:]

    images = read("train-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28)
    tests = read("t10k-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28)
    model = LogisticRegression.fit(images, read("train-labels-idx1-ubyte.gz", 8), 10)
    right = model.predict(tests) == read("t10k-labels-idx1-ubyte.gz", 8)
    assert right.mean() > 0.925
