import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.datasets.images import labelled as labelled_images
from nnlab.datasets.images.idx_options import IdxOptions
from nnlab.datasets.images.idx_pairs import IdxFiles
from nnlab.datasets.images.labelled import LabelledImages, load_digits, split_validation
from nnlab.datasets.store import Store
from nnlab.datasets.store.registry import DataFile, DataSet, Edition, get_set
from nnlab.errors import DataError, UsageError
from tests.annotations import Warn
from tests.idx_files import write_idx


@pytest.fixture(scope="module")
def sample() -> LabelledImages:
    return labelled_images.sample_digits()


@pytest.fixture
def drawn_sample(monkeypatch: pytest.MonkeyPatch, sample: LabelledImages) -> LabelledImages:
    """Reuse the sample, because drawing it takes seconds."""
    monkeypatch.setattr(labelled_images, "sample_digits", lambda: sample)
    return sample


def load(
    dataset: str | None = None,
    *,
    store: Store | None = None,
    split_seed: int = 0,
    warn: Warn = pytest.fail,
    **paths: Path,
) -> LabelledImages:
    named: dict[str, Any] = {name: str(path) for name, path in paths.items()}
    return load_digits(
        store or Store(offline=True),
        dataset,
        files=IdxFiles.of(IdxOptions(**named)),
        split_seed=split_seed,
        warn=warn,
    )


def write_pair(
    folder: Path, labels: Sequence[int], name: str = "my", size: tuple[int, int] = (5, 4)
) -> tuple[Path, Path]:
    """Write a pair of files, every image with a different grey level."""
    levels = np.arange(len(labels), dtype=np.uint8)[:, None, None]
    images_path, labels_path = folder / f"{name}-images", folder / f"{name}-labels"
    write_idx(images_path, np.broadcast_to(levels, (len(labels), *size)).copy())
    write_idx(labels_path, np.array(labels, np.uint8))
    return images_path, labels_path


def put_fake_mnist(
    folder: Path, monkeypatch: pytest.MonkeyPatch, labels: Sequence[int] = (0, 1, 2) * 4
) -> list[DataFile]:
    """Put a tiny set into ./data and register it as MNIST."""
    (folder / "data" / "mnist").mkdir(parents=True)
    files = []
    for part in ("train", "test"):
        paths = write_pair(folder / "data" / "mnist", labels, part, (28, 28))
        for role, path in zip(("images", "labels"), paths, strict=True):
            content = path.read_bytes()
            digest = hashlib.sha256(content).hexdigest()
            files.append(DataFile(f"{part}-{role}", f"mnist/{path.name}", len(content), digest, ""))
    fake = DataSet("mnist", "", "", (Edition(tuple(files)),), classes=10)
    monkeypatch.setattr(labelled_images, "get_set", lambda name: fake)
    return files


def test_the_sample_has_8000_and_2000_digits(sample: LabelledImages) -> None:
    assert sample.train_images.shape == (8000, 28, 28)
    assert sample.test_labels.shape == (2000,)
    assert sample.class_names == tuple("0123456789")
    assert sample.source.sample
    assert sample.source.name == "sample"


def test_without_data_the_sample_is_used_with_a_warning(drawn_sample: LabelledImages) -> None:
    warnings: list[str] = []
    assert load(warn=warnings.append) is drawn_sample
    assert len(warnings) == 1
    assert "sample" in warnings[0]
    assert "cannot be compared with MNIST" in warnings[0]
    assert "\n" not in warnings[0]


def test_the_sample_by_name_needs_no_warning(drawn_sample: LabelledImages) -> None:
    assert load("sample") is drawn_sample


def test_mnist_by_name_is_an_error_that_says_how_to_get_it() -> None:
    with pytest.raises(DataError) as caught:
        load("mnist")
    assert caught.value.exit_code == 3
    for file in get_set("mnist").editions[0].files:
        for part in (file.path, file.sha256, file.url):
            assert part in str(caught.value)


@pytest.mark.parametrize("dataset", [None, "mnist"])
def test_mnist_is_used_if_it_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dataset: str | None
) -> None:
    files = put_fake_mnist(tmp_path, monkeypatch)
    digits = load(dataset)
    assert digits.class_names == tuple("0123456789")
    assert digits.train_labels.tolist() == [0, 1, 2] * 4
    assert digits.source.files == tuple(file.path for file in files)
    assert not digits.source.sample


def test_damaged_mnist_is_an_error_even_if_nobody_asked_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_fake_mnist(tmp_path, monkeypatch)
    (tmp_path / "data/mnist/test-labels").write_bytes(b"oops")
    with pytest.raises(DataError, match=r"test-labels is damaged"):
        load()


def test_a_label_above_nine_in_mnist_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_fake_mnist(tmp_path, monkeypatch, labels=[0, 10] * 6)
    with pytest.raises(DataError, match="train-labels: expected labels 0 to 9, found 10"):
        load("mnist")


def test_an_unknown_set_is_an_error_that_names_near_matches() -> None:
    with pytest.raises(UsageError, match="did you mean 'sample'"):
        load("sampel")


def test_classes_are_named_after_the_users_labels(tmp_path: Path) -> None:
    paths = write_pair(tmp_path, [200, 3, 3, 200, 7] * 10)
    digits = load(images=paths[0], labels=paths[1])
    assert digits.class_names == ("3", "7", "200")
    assert digits.train_images.shape[1:] == (5, 4)
    # the grey level of an image is its place in the file, so that its label can be checked
    for images, labels in [
        (digits.train_images, digits.train_labels),
        (digits.test_images, digits.test_labels),
    ]:
        places = images[:, 0, 0]
        assert labels.tolist() == [[2, 0, 0, 2, 1][place % 5] for place in places]


def test_the_split_seed_determines_the_fifth_that_is_held_out(tmp_path: Path) -> None:
    images, labels = write_pair(tmp_path, [0, 1] * 50)
    first, again, other = (load(images=images, labels=labels, split_seed=s) for s in (1, 1, 2))
    assert (len(first.train_images), len(first.test_images)) == (80, 20)
    assert np.array_equal(first.test_images, again.test_images)
    assert not np.array_equal(first.test_images, other.test_images)
    held_out = set(first.test_images[:, 0, 0].tolist())
    assert held_out | set(first.train_images[:, 0, 0].tolist()) == set(range(100))


@pytest.mark.parametrize("seed", range(5))
def test_the_training_part_keeps_every_class(tmp_path: Path, seed: int) -> None:
    images, labels = write_pair(tmp_path, [*range(9), 0, 0, 0, 0])
    digits = load(images=images, labels=labels, split_seed=seed)
    assert set(digits.train_labels.tolist()) == set(range(9))


def test_given_test_images_are_used(tmp_path: Path) -> None:
    train, test = write_pair(tmp_path, [4, 5] * 6), write_pair(tmp_path, [5], "test")
    digits = load(images=train[0], labels=train[1], test_images=test[0], test_labels=test[1])
    assert len(digits.train_labels) == 12
    assert digits.test_labels.tolist() == [1]
    content = b"".join(path.read_bytes() for path in (*train, *test))
    assert digits.source.sha256 == hashlib.sha256(content).hexdigest()
    assert digits.source.name == "my-images"
    assert json.loads(json.dumps(digits.source.as_dict()))["files"] == [*map(str, (*train, *test))]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"images": "a"}, "--images needs --labels"),
        ({"labels": "a"}, "--labels needs --images"),
        ({"dataset": "mnist", "images": "a", "labels": "b"}, "not both"),
        ({"test_images": "a", "test_labels": "b"}, "needs --images"),
        ({"images": "a", "labels": "b", "test_labels": "c"}, "must be given together"),
    ],
)
def test_options_that_do_not_fit_together_are_refused(
    tmp_path: Path, given: dict[str, str], message: str
) -> None:
    paths: dict[str, Any] = {
        key: name if key == "dataset" else tmp_path / name for key, name in given.items()
    }
    with pytest.raises(UsageError, match=message):
        load(**paths)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 1] * 4, "at least 10 images.*found 8"),
        ([3] * 20, "two classes, found only label 3"),
        (list(range(12)), "a different label"),
    ],
)
def test_data_that_cannot_train_a_classifier_is_refused(
    tmp_path: Path, labels: list[int], message: str
) -> None:
    images, labels_path = write_pair(tmp_path, labels)
    with pytest.raises(DataError, match=f"my-.*{message}"):
        load(images=images, labels=labels_path)


def test_a_label_that_only_the_test_part_has_is_refused(tmp_path: Path) -> None:
    train, test = write_pair(tmp_path, [4, 5] * 6), write_pair(tmp_path, [6], "test")
    with pytest.raises(DataError, match="test-labels: label 6 does not occur in"):
        load(images=train[0], labels=train[1], test_images=test[0], test_labels=test[1])


def test_test_images_of_another_size_are_refused(tmp_path: Path) -> None:
    train = write_pair(tmp_path, [4, 5] * 6)
    test = write_pair(tmp_path, [4], "test", (6, 4))
    with pytest.raises(DataError, match=r"test-images holds images of 6x4 pixels but .*5x4"):
        load(images=train[0], labels=train[1], test_images=test[0], test_labels=test[1])


@pytest.mark.parametrize(("wanted", "got"), [(10, 10), (5000, 20), (0, 0)])
def test_at_most_a_tenth_is_held_out_for_validation(wanted: int, got: int) -> None:
    training, validation = split_validation(200, wanted, seed=3)
    assert len(validation) == got
    assert sorted([*training, *validation]) == list(range(200))
    assert np.array_equal(validation, split_validation(200, wanted, seed=3)[1])
    if got:
        assert not np.array_equal(validation, split_validation(200, wanted, seed=4)[1])


@pytest.mark.real_data
def test_real_mnist_has_its_known_counts() -> None:
    if Store(offline=True).find(get_set("mnist")) is None:
        pytest.skip("NNLAB_DATA has no mnist")
    digits = load("mnist")
    assert digits.train_images.shape == (60000, 28, 28)
    assert np.bincount(digits.test_labels).tolist() == [
        *(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009)
    ]


def test_images_that_are_stored_transposed_are_turned_upright(tmp_path: Path) -> None:
    images_path, labels_path = tmp_path / "images", tmp_path / "labels"
    images = np.random.default_rng(0).integers(0, 256, (20, 5, 4)).astype(np.uint8)
    write_idx(images_path, images)
    write_idx(labels_path, np.arange(20, dtype=np.uint8) % 2)
    pair = images_path, labels_path
    files = IdxFiles(*pair, *pair, transposed=True)
    turned = load_digits(Store(offline=True), None, files, 0, pytest.fail)
    assert np.array_equal(turned.train_images, images.swapaxes(1, 2))
    assert np.array_equal(turned.test_images, images.swapaxes(1, 2))
    with pytest.raises(UsageError, match="--transposed needs --images"):
        IdxFiles.of(IdxOptions(), transposed=True)
