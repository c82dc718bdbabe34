"""Loading small labelled grey images: MNIST, its embedded substitute, or the user's idx files."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlab.datasets.images.idx_pairs import IdxFiles, Pair
from nnlab.datasets.store import MissingDataError, Store
from nnlab.datasets.store.provenance import SAMPLE, Source
from nnlab.datasets.store.registry import DataSet, all_sets, get_set
from nnlab.errors import DataError, UsageError, nearest

SAMPLE_IMAGES = 10_000
SAMPLE_SEED = 20_180_612


@dataclass(frozen=True)
class LabelledImages:
    """Labelled images in a training and a test set.

    Attributes:
        train_images: uint8 (count, height, width), 0 to 255, light ink on black.
        train_labels: uint8 (count,), indices into `class_names`.
        test_images: uint8 (count, height, width), of the same height and width.
        test_labels: uint8 (count,).
        class_names: Names of the classes: for MNIST "0" to "9", else the sorted labels of the file.
        source: Which data this is.

    A file labelled 3, 7, 7, 9 gives class names ("3", "7", "9") and labels 0, 1, 1, 2; MNIST's
    label 7 is class 7, called "7".
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    class_names: tuple[str, ...]
    source: Source

    def arrays(self, validation: int, split_seed: int) -> dict[str, np.ndarray]:
        """Return the arrays of an experiment, with training images held out at random.

        Args:
            validation: How many to hold out; never more than a tenth of the training images.
            split_seed: Seed of the choice.
        """
        training, held_out = split_validation(len(self.train_images), validation, split_seed)
        return {
            "images": self.train_images,
            "labels": self.train_labels,
            "training": training,
            "validation": held_out,
            "test_images": self.test_images,
            "test_labels": self.test_labels,
        }

    @property
    def image_shape(self) -> list[int]:
        """Height and width."""
        return [int(size) for size in self.train_images.shape[1:]]


def load_digits(
    store: Store,
    dataset: str | None,
    files: IdxFiles | None,
    split_seed: int,
    warn: Callable[[str], None],
) -> LabelledImages:
    """Load the data set that the user asked for, or the best one available.

    Args:
        store: Finds data files.
        dataset: "mnist", "sample", or None: MNIST if it is found or can be downloaded, else the
            sample, with a warning.
        files: The user's own images, instead.
        split_seed: Seed of the split; not the training seed, so that all trainings are tested on
            the same images.
        warn: Called with one line if the sample is used instead of MNIST.

    Raises:
        UsageError: The options do not fit together, or there is no such data set.
        DataError: The data is missing, damaged, or not fit to train a classifier.
    """
    if dataset is not None and files is not None:
        raise UsageError(f"give either --dataset {dataset} or --images and --labels, not both")
    known = [SAMPLE, *(name for name, one in all_sets().items() if one.classes)]
    if dataset is not None and dataset not in known:
        raise UsageError(f"unknown data set {dataset!r}; {nearest(dataset, known)}")
    if files is not None:
        return _own_images(*files.read(split_seed), files.paths())
    if dataset == SAMPLE:
        return sample_digits()
    if dataset is not None:
        return _registered(store, get_set(dataset))
    try:
        return _registered(store, get_set("mnist"))
    except MissingDataError as error:
        warn(
            f"mnist not found ({error.reason}); using the embedded sample instead: digits drawn "
            "from fonts; its scores cannot be compared with MNIST's (to get it: nnlab data fetch "
            "mnist)"
        )
        return sample_digits()


def load_test_images(
    images: Path,
    labels: Path,
    class_names: Sequence[str],
    image_shape: tuple[int, int],
    transposed: bool = False,
) -> tuple[np.ndarray, np.ndarray, Source]:
    """Load a complete pair of idx files to test a trained network on.

    Args:
        images: An idx file of images.
        labels: The idx file of their labels.
        class_names: The network's classes.
        image_shape: The height and width of the network's input.
        transposed: Whether the images are stored transposed.

    Returns:
        images: uint8 (count, height, width).
        labels: uint8 (count,), indices into `class_names`.
        source: Which data this is.

    Raises:
        DataError: A file is missing or damaged, or the network does not know its labels or size.
    """
    pair = Pair.read(images, labels, transposed)
    height, width = image_shape
    if pair.images.shape[1:] != (height, width):
        raise DataError(
            f"{images}: expected images of {height}x{width} pixels, as the network was trained on, "
            f"found {_size(pair.images)}"
        )
    classes = {name: number for number, name in enumerate(class_names)}
    unknown = [str(label) for label in np.unique(pair.labels) if str(label) not in classes]
    if unknown:
        raise DataError(
            f"{labels}: the network does not know label {unknown[0]}, only {', '.join(class_names)}"
        )
    indices = np.array([classes[str(label)] for label in pair.labels], np.uint8)
    source = Source.of_files(images.name, (images, labels), (images, labels))
    return pair.images, indices, source


def sample_digits() -> LabelledImages:
    """Draw the embedded sample: 8,000 training and 2,000 test digits, always the same."""
    from nnlab.datasets.samples.glyphs import glyph_images

    class_names = tuple("0123456789")
    images, labels = glyph_images("".join(class_names), SAMPLE_IMAGES, SAMPLE_SEED)
    return as_sample(images, labels, class_names)


def as_sample(images: np.ndarray, labels: np.ndarray, names: tuple[str, ...]) -> LabelledImages:
    """Return drawn images as a data set: the last fifth is the test set.

    Args:
        images: uint8 (count, height, width).
        labels: uint8 (count,), indices into `names`.
        names: Of the classes.
    """
    digest = hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest()
    cut = len(images) * 4 // 5
    source = Source(SAMPLE, digest, sample=True, files=())
    return LabelledImages(images[:cut], labels[:cut], images[cut:], labels[cut:], names, source)


def split_validation(count: int, held_out: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Hold out training images at random, to choose the best epoch.

    Args:
        count: Number of training images.
        held_out: How many to hold out; never more than a tenth of `count`.
        seed: Seed of the choice.

    Returns:
        training: int64 indices, ascending.
        validation: int64 indices, ascending; empty if `held_out` is 0.
    """
    order = np.random.default_rng(seed).permutation(count)
    held_out = min(held_out, count // 10)
    return np.sort(order[held_out:]), np.sort(order[:held_out])


def _registered(store: Store, data_set: DataSet) -> LabelledImages:
    """Read a registered set, whose number of classes is known."""
    files = store.fetch(data_set)
    training = Pair.read(files["train-images"], files["train-labels"])
    testing = Pair.read(files["test-images"], files["test-labels"])
    classes = data_set.classes or 256
    for pair in (training, testing):
        if pair.labels.max() >= classes:
            raise DataError(
                f"{pair.labels_path}: expected labels 0 to {classes - 1}, found {pair.labels.max()}"
            )
    roles = ("train-images", "train-labels", "test-images", "test-labels")
    paths = [files[role] for role in roles]
    names = tuple(f"{path.parent.name}/{path.name}" for path in paths)
    source = Source.of_files(data_set.name, paths, names)
    return _checked(training, testing, np.arange(classes), source)


def _own_images(training: Pair, testing: Pair, files: Sequence[Path]) -> LabelledImages:
    """Use the user's images, with the labels in the training set as classes."""
    values = np.unique(training.labels)
    unknown = np.setdiff1d(testing.labels, values)
    if len(unknown):
        raise DataError(
            f"{testing.labels_path}: label {unknown[0]} does not occur in the training labels "
            f"of {training.labels_path}"
        )
    source = Source.of_files(files[0].name, files, files)
    return _checked(training, testing, values, source)


def _checked(training: Pair, testing: Pair, values: np.ndarray, source: Source) -> LabelledImages:
    """Combine the two parts; `values` are the labels of class 0, 1, ..."""
    if training.images.shape[1:] != testing.images.shape[1:]:
        raise DataError(
            f"{testing.images_path} holds images of {_size(testing.images)} pixels but "
            f"{training.images_path} of {_size(training.images)}; the sizes must be equal"
        )
    return LabelledImages(
        training.images,
        np.searchsorted(values, training.labels).astype(np.uint8),
        testing.images,
        np.searchsorted(values, testing.labels).astype(np.uint8),
        tuple(str(value) for value in values),
        source,
    )


def _size(images: np.ndarray) -> str:
    return f"{images.shape[1]}x{images.shape[2]}"
