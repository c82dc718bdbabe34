from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.datasets.images import letters
from nnlab.datasets.images.idx_options import IdxOptions
from nnlab.datasets.images.idx_pairs import IdxFiles
from nnlab.datasets.images.labelled import LabelledImages
from nnlab.datasets.images.letters import ALPHABET, load_letters
from nnlab.datasets.store import MissingDataError, Store
from nnlab.datasets.store.registry import get_set
from nnlab.errors import DataError, NnlabError, UsageError
from tests.annotations import Warn
from tests.idx_files import write_idx

Files = dict[str, Any]
"""Paths by the options that take them, to be given to `load`."""


@pytest.fixture(scope="module")
def sample() -> LabelledImages:
    return letters.sample_letters()


@pytest.fixture
def drawn_sample(monkeypatch: pytest.MonkeyPatch, sample: LabelledImages) -> LabelledImages:
    """Reuse the sample, because drawing it takes seconds."""
    monkeypatch.setattr(letters, "sample_letters", lambda: sample)
    return sample


def load(
    dataset: str | None = None,
    *,
    chosen: str | None = None,
    split_seed: int = 0,
    warn: Warn = pytest.fail,
    **paths: Path,
) -> LabelledImages:
    named: dict[str, Any] = {name: str(path) for name, path in paths.items()}
    return load_letters(
        Store(offline=True),
        dataset,
        letters=chosen,
        files=IdxFiles.of(IdxOptions(**named)),
        split_seed=split_seed,
        warn=warn,
    )


def write_pair(
    folder: Path, labels: Sequence[int], name: str = "my", size: tuple[int, int] = (5, 4)
) -> Files:
    """Write a pair of files; each image has a 1 in the upper left corner, and its label below."""
    images = np.zeros((len(labels), *size), np.uint8)
    images[:, 0, 0], images[:, 1, 0] = 1, labels
    paths = folder / f"{name}-images-idx3-ubyte.gz", folder / f"{name}-labels-idx1-ubyte.gz"
    write_idx(paths[0], images)
    write_idx(paths[1], np.array(labels, np.uint8))
    return dict(zip(("images", "labels"), paths, strict=True))


def as_test(pair: Files) -> Files:
    return {f"test_{role}": path for role, path in pair.items()}


def put_fake_emnist(
    folder: Path, labels: Sequence[int] = tuple(range(1, 27)) * 2
) -> dict[str, Path]:
    """Put small files where the store finds EMNIST."""
    return {
        f"{part}-{role}": path
        for part in ("train", "test")
        for role, path in write_pair(folder, labels, f"emnist-letters-{part}").items()
    }


def test_the_sample_has_8000_and_2000_letters_of_both_cases(sample: LabelledImages) -> None:
    assert sample.train_images.shape == (8000, 28, 28)
    assert sample.test_labels.shape == (2000,)
    assert sample.class_names == ALPHABET
    assert sample.source.sample
    counts = np.bincount(np.concatenate([sample.train_labels, sample.test_labels]))
    assert counts.min() >= 384
    assert counts.max() <= 386


def test_without_data_the_sample_is_used_with_a_warning(drawn_sample: LabelledImages) -> None:
    warnings: list[str] = []
    assert load(warn=warnings.append) is drawn_sample
    assert len(warnings) == 1
    assert "using the embedded sample instead" in warnings[0]
    assert "cannot be compared with EMNIST's" in warnings[0]
    assert "\n" not in warnings[0]


def test_only_the_chosen_letters_are_kept(drawn_sample: LabelledImages) -> None:
    some = load("sample", chosen="C,x-z")
    assert some.class_names == ("c", "x", "y", "z")
    assert set(some.train_labels.tolist()) == set(some.test_labels.tolist()) == set(range(4))
    for images, labels, all_images, all_labels in [
        (
            some.train_images,
            some.train_labels,
            drawn_sample.train_images,
            drawn_sample.train_labels,
        ),
        (some.test_images, some.test_labels, drawn_sample.test_images, drawn_sample.test_labels),
    ]:
        kept = np.isin(all_labels, [2, 23, 24, 25])
        assert np.array_equal(images, all_images[kept])
        assert np.array_equal(np.array([2, 23, 24, 25])[labels], all_labels[kept])
    assert some.source == drawn_sample.source


def test_emnist_by_name_is_an_error_that_says_how_to_get_it() -> None:
    with pytest.raises(MissingDataError) as caught:
        load("emnist-letters")
    for file in get_set("emnist-letters").editions[0].files:
        assert file.path in str(caught.value)
    assert "--test-images and --test-labels" in str(caught.value)


@pytest.mark.parametrize("dataset", [None, "emnist-letters"])
def test_emnist_is_turned_upright_and_its_labels_are_letters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dataset: str | None
) -> None:
    files = put_fake_emnist(tmp_path)
    monkeypatch.setattr(Store, "fetch", lambda store, data_set: files)
    data = load(dataset)
    assert data.class_names == ALPHABET
    assert data.train_images.shape == (52, 4, 5)
    assert data.train_images[:, 0, 1].tolist() == list(range(1, 27)) * 2
    assert data.test_images[:, 0, 1].tolist() == list(range(1, 27)) * 2
    assert data.train_labels.tolist() == list(range(26)) * 2
    assert data.source.name == "emnist-letters"
    assert data.source.files[0] == f"{tmp_path.name}/emnist-letters-train-images-idx3-ubyte.gz"
    assert not data.source.sample


def test_the_official_files_can_be_given(tmp_path: Path) -> None:
    train = write_pair(tmp_path, [1, 2, 26] * 10, "emnist-letters-train")
    test = write_pair(tmp_path, [26, 2], "EMNIST-letters-test")
    data = load(**train, **as_test(test), chosen="b-z")
    assert data.class_names == ("b", "z")
    assert data.train_images[:, 0, 1].tolist() == [2, 26] * 10
    assert data.test_labels.tolist() == [1, 0]
    assert data.test_images[:, 0, 1].tolist() == [26, 2]


def test_labels_and_images_of_other_files_are_unchanged(tmp_path: Path) -> None:
    data = load(**write_pair(tmp_path, [3, 12, 200] * 10), chosen="12,200")
    assert data.class_names == ("12", "200")
    assert data.train_images.shape[1:] == (5, 4)
    for images, labels in [
        (data.train_images, data.train_labels),
        (data.test_images, data.test_labels),
    ]:
        assert images[:, 1, 0].tolist() == [(12, 200)[label] for label in labels]


@pytest.mark.parametrize("value", [0, 27])
def test_a_label_that_is_not_a_letter_is_an_error_that_names_the_file(
    tmp_path: Path, value: int
) -> None:
    pair = write_pair(tmp_path, [1, value] * 10, "emnist-letters-train")
    with pytest.raises(DataError, match=f"train-labels.*expected labels 1 to 26, found {value}"):
        load(**pair)


def test_upright_and_transposed_parts_together_are_refused(tmp_path: Path) -> None:
    train, test = write_pair(tmp_path, [1, 2] * 6, "emnist-letters"), write_pair(tmp_path, [1])
    with pytest.raises(DataError, match="stored transposed, as EMNIST is, but .*my-images"):
        load(**train, **as_test(test))


@pytest.mark.parametrize(
    ("train", "test", "chosen", "message"),
    [
        ([1] * 20 + [2] * 3, [1, 2], "2", "at least 10 training images of 2, found 3"),
        ([1, 2] * 10, [1], "2", "at least 1 test images of 2, found 0"),
    ],
)
def test_too_few_images_of_the_chosen_letters_are_refused(
    tmp_path: Path, train: list[int], test: list[int], chosen: str, message: str
) -> None:
    pairs = write_pair(tmp_path, train), as_test(write_pair(tmp_path, test, "test"))
    with pytest.raises(DataError, match=f"my-images.*{message}"):
        load(**pairs[0], **pairs[1], chosen=chosen)


def test_a_letter_that_the_data_lacks_is_refused(
    tmp_path: Path, drawn_sample: LabelledImages
) -> None:
    with pytest.raises(UsageError, match="'5' is not in this data"):
        load("sample", chosen="5")
    with pytest.raises(UsageError, match=r"'c' is not in this data; known: a, b"):
        load(**write_pair(tmp_path, [1, 2] * 10, "emnist-letters"), chosen="a-c")


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"dataset": "emnist-leters"}, UsageError, "did you mean 'emnist-letters'"),
        ({"dataset": ""}, UsageError, "unknown data set ''"),
        ({"images": "a"}, UsageError, "--images needs --labels"),
        ({"dataset": "emnist-letters", "images": "a", "labels": "b"}, UsageError, "not both"),
        ({"test_images": "a", "test_labels": "b"}, UsageError, "needs --images"),
        ({"test_images": "a"}, UsageError, "must be given together"),
        ({"images": "a", "labels": "b"}, DataError, "cannot read"),
    ],
)
def test_options_that_do_not_fit_together_are_refused(
    tmp_path: Path, given: dict[str, str], error: type[NnlabError], message: str
) -> None:
    paths: dict[str, Any] = {
        key: name if key == "dataset" else tmp_path / name for key, name in given.items()
    }
    with pytest.raises(error, match=message):
        load(**paths)


def skip_without(name: str) -> None:
    if Store(offline=True).find(get_set(name)) is None:
        pytest.skip(f"NNLAB_DATA has no {name}")


@pytest.mark.real_data
def test_real_emnist_has_its_known_counts_and_is_upright() -> None:
    skip_without("emnist-letters")
    data = load()
    assert data.train_images.shape == (117248, 28, 28)
    assert np.bincount(data.test_labels).tolist() == [400] * 26
    counts = np.bincount(data.train_labels)
    assert (counts.min(), counts.max()) == (counts[23], counts[4]) == (1540, 9735)
    # upright, a U has more ink below and an M above; on their side, both are balanced
    for letter, low, high in (("u", 0.5, 0.8), ("m", 1.15, 2)):
        mean = data.test_images[data.test_labels == ALPHABET.index(letter)].mean(axis=0)
        assert low < mean[:14].sum() / mean[14:].sum() < high


@pytest.mark.real_data
def test_real_mnist_can_be_loaded_too() -> None:
    skip_without("mnist")
    data = load("mnist", chosen="0-4")
    assert data.class_names == tuple("01234")
    assert data.train_images.shape == (30596, 28, 28)
    assert np.bincount(data.test_labels).tolist() == [980, 1135, 1032, 1010, 982]
