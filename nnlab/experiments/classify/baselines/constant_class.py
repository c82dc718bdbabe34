"""The two baselines that look at no image: chance, and the most frequent class."""

import numpy as np
import numpy.typing as npt


def chance_accuracy(classes: int) -> float:
    """Accuracy of guessing uniformly among `classes` classes, whatever their frequencies.

    Raises:
        ValueError: if there is no class.
    """
    if classes < 1:
        raise ValueError(f"expected at least one class, got {classes}")
    return 1 / classes


def majority_class(labels: npt.NDArray[np.integer]) -> int:
    """The most frequent of `labels`, integers (count,), 0 and up; of several the lowest.

    Raises:
        ValueError: if there is no label.
    """
    if not len(labels):
        raise ValueError("expected training labels, got none")
    return int(np.bincount(labels).argmax())


def majority_class_accuracy(
    labels: npt.NDArray[np.integer], test_labels: npt.NDArray[np.integer]
) -> float:
    """Accuracy on `test_labels` of always answering the most frequent class of `labels`.

    Raises:
        ValueError: if either has no label.
    """
    if not len(test_labels):
        raise ValueError("expected test labels, got none")
    return float((test_labels == majority_class(labels)).mean())
