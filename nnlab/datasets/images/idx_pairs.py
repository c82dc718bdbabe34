"""Pairs of idx files, images and labels, and splitting off a test set."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from nnlab.datasets.images.idx import read_labelled_images
from nnlab.datasets.images.idx_options import IdxOptions
from nnlab.errors import DataError, UsageError

FEWEST_IMAGES = 10


@dataclass(frozen=True)
class IdxFiles:
    """The user's own images and labels.

    Attributes:
        images: An idx file of images of any size.
        labels: The idx file of their labels, 2 to 256 values, which need not be contiguous.
        test_images: Images to test on; None holds out one fifth of `images`.
        test_labels: Their labels.
        transposed: Whether the images are stored transposed, as EMNIST's are.
    """

    images: Path
    labels: Path
    test_images: Path | None = None
    test_labels: Path | None = None
    transposed: bool = field(default=False, kw_only=True)

    @classmethod
    def of(cls, options: IdxOptions, *, transposed: bool = False) -> "IdxFiles | None":
        """Return the files that these options name; None if they name none.

        Raises:
            UsageError: Some are given without those that they need.
        """
        images, labels = options.images, options.labels
        test_images, test_labels = options.test_images, options.test_labels
        if bool(images) != bool(labels):
            given, lacking = ("--images", "--labels") if images else ("--labels", "--images")
            raise UsageError(f"{given} needs {lacking} as well: idx files come in pairs")
        if bool(test_images) != bool(test_labels):
            raise UsageError("--test-images and --test-labels must be given together")
        if not (images and labels):
            if test_images:
                raise UsageError("--test-images needs --images and --labels to train on")
            if transposed:
                raise UsageError(
                    "--transposed needs --images and --labels; the data sets are upright"
                )
            return None
        testing = [Path(one) if one else None for one in (test_images, test_labels)]
        return cls(Path(images), Path(labels), *testing, transposed=transposed)

    def paths(self) -> list[Path]:
        """Return the files that there are."""
        files = (self.images, self.labels, self.test_images, self.test_labels)
        return [file for file in files if file is not None]

    def read(self, split_seed: int) -> "tuple[Pair, Pair]":
        """Read the training and the test set.

        Raises:
            DataError: A file is missing, damaged, or not fit to train on.
        """
        training = Pair.read(self.images, self.labels, self.transposed)
        check_trainable(training)
        if self.test_images is None or self.test_labels is None:
            return hold_out_a_fifth(training, split_seed)
        return training, Pair.read(self.test_images, self.test_labels, self.transposed)


@dataclass(frozen=True)
class Pair:
    """Images and labels as stored in two files; the labels are not yet class indices.

    Attributes:
        images: uint8 (count, height, width), 0 to 255.
        labels: uint8 (count,).
        images_path: Where the images were read from.
        labels_path: Where the labels were read from.
    """

    images: np.ndarray
    labels: np.ndarray
    images_path: Path
    labels_path: Path

    @classmethod
    def read(cls, images_path: Path, labels_path: Path, transposed: bool = False) -> "Pair":
        """Read both files, turning images upright if they are stored transposed.

        Raises:
            DataError: A file is missing or damaged, or they do not belong together.
        """
        images, labels = read_labelled_images(images_path, labels_path)
        if transposed:
            images = np.ascontiguousarray(images.swapaxes(1, 2))
        return cls(images, labels, images_path, labels_path)

    def part(self, indices: np.ndarray) -> "Pair":
        """Return the images and labels of these indices."""
        images, labels = self.images[indices], self.labels[indices]
        return Pair(images, labels, self.images_path, self.labels_path)


def check_trainable(pair: Pair) -> None:
    """Refuse images that no classifier can be trained on.

    Raises:
        DataError: There are fewer than ten images, or all are of one class.
    """
    if len(pair.labels) < FEWEST_IMAGES:
        raise DataError(
            f"{pair.images_path}: expected at least {FEWEST_IMAGES} images to train on, "
            f"found {len(pair.labels)}"
        )
    if pair.labels.min() == pair.labels.max():
        raise DataError(
            f"{pair.labels_path}: expected at least two classes, found only label {pair.labels[0]}"
        )


def hold_out_a_fifth(pair: Pair, seed: int) -> tuple[Pair, Pair]:
    """Split off one fifth at random for test, keeping at least one image per class.

    Returns:
        The training set and the test set, each in the file's order.

    Raises:
        DataError: Every image has a different class.
    """
    count = len(pair.labels)
    order = np.random.default_rng(seed).permutation(count)
    first_of_class = np.unique(pair.labels[order], return_index=True)[1]
    testing = np.sort(np.delete(order, first_of_class)[: count // 5])
    if len(testing) == 0:
        raise DataError(
            f"{pair.labels_path}: every image has a different label; expected several per class"
        )
    return pair.part(np.setdiff1d(np.arange(count), testing)), pair.part(testing)
