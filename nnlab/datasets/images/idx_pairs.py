"""Pairs of idx files, images and labels, and splitting off a test part."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlab.datasets.images.idx import read_labelled_images
from nnlab.errors import DataError

FEWEST_IMAGES = 10


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
        The training part and the test part, each in the file's order.

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
