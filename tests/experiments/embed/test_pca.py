import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.datasets.images.labelled import load_digits
from nnlab.datasets.store import Store
from nnlab.experiments.embed.pca import PCA
from nnlab.metrics import knn_accuracy

some = settings(max_examples=25)


def images(count: int = 50, shape: tuple[int, int] = (4, 3), seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, *shape), dtype=np.uint8)


def test_points_on_a_line_by_hand() -> None:
    line = np.array([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]])
    model = PCA.fit(line, 1)
    assert model.components == pytest.approx(np.array([[0.6, 0.8]]), abs=1e-6)
    assert model.project(line).ravel() == pytest.approx(np.array([-5, 0, 5]), abs=1e-5)
    assert model.explained == pytest.approx(1)


@some
@given(st.integers(3, 40), st.integers(1, 12), st.integers(0, 1000))
def test_it_is_the_singular_value_decomposition(count: int, components: int, seed: int) -> None:
    pixels = images(count, seed=seed)
    flat = pixels.reshape(count, -1) / 255
    centred = flat - flat.mean(axis=0)
    _, sizes, vectors = np.linalg.svd(centred, full_matrices=False)
    model = PCA.fit(pixels, components)
    rank = min(components, len(sizes))
    variances = model.project(pixels).var(axis=0)
    assert variances[:rank] == pytest.approx(sizes[:rank] ** 2 / count, abs=1e-5)
    share = (sizes[:rank] ** 2).sum() / (sizes**2).sum()
    assert model.explained == pytest.approx(share, abs=1e-5)
    best = centred @ vectors[:rank].T @ vectors[:rank] + flat.mean(axis=0)
    drawn = model.reconstruct(model.project(pixels)).reshape(count, -1)
    error, least = ((drawn - flat) ** 2).sum(), ((best - flat) ** 2).sum()
    assert error == pytest.approx(least, abs=1e-4)
    assert model.components @ model.components.T == pytest.approx(np.eye(components), abs=1e-4)


def test_images_are_read_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = PCA.fit(images(), 3)
    monkeypatch.setattr("nnlab.experiments.embed.pca.BATCH", 7)
    parts = PCA.fit(images(), 3)
    assert parts.components == pytest.approx(whole.components, abs=1e-5)
    assert parts.project(images()) == pytest.approx(whole.project(images()), abs=1e-5)


def test_floats_from_0_to_1_are_the_same_images() -> None:
    of_bytes, of_floats = PCA.fit(images()), PCA.fit(images() / 255)
    assert of_bytes.components == pytest.approx(of_floats.components, abs=1e-4)


def test_images_come_back_in_their_shape() -> None:
    model = PCA.fit(images(), 12)
    points = model.project(images())
    assert points.shape == (50, 12)
    assert points.dtype == np.float32
    assert model.reconstruct(points) == pytest.approx(images() / 255, abs=1e-4)
    assert model.explained == pytest.approx(1)


def test_images_that_are_all_the_same_have_no_variance() -> None:
    model = PCA.fit(np.full((5, 2, 2), 9, np.uint8))
    assert model.explained == 1
    assert not model.project(np.full((1, 2, 2), 9, np.uint8)).any()


@pytest.mark.parametrize(("pixels", "components"), [(images(0), 2), (images(), 13), (images(), 0)])
def test_data_that_do_not_fit_are_refused(pixels: np.ndarray, components: int) -> None:
    with pytest.raises(ValueError, match="pixels at least"):
        PCA.fit(pixels, components)


def test_images_and_points_of_another_size_are_refused() -> None:
    model = PCA.fit(images())
    with pytest.raises(ValueError, match="expected images of"):
        model.project(images(shape=(3, 4)))
    with pytest.raises(ValueError, match="expected 2 components"):
        model.reconstruct(np.zeros((1, 3)))


@pytest.mark.real_data
def test_neighbours_in_the_plane_of_mnist_are_as_published() -> None:
    digits = load_digits(Store(), "mnist", None, 0, print)
    model = PCA.fit(digits.train_images)
    known, asked = model.project(digits.train_images), model.project(digits.test_images)
    for k, share in ((1, 0.3898), (5, 0.4243)):  # as scikit-learn 1.9 has them
        came = knn_accuracy(known, digits.train_labels, asked, digits.test_labels, k)
        assert came == pytest.approx(share, abs=0.002)
