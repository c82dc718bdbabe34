import numpy as np
import pytest

from nnlab.experiments.classify.baselines.constant_class import (
    chance_accuracy,
    majority_class,
    majority_class_accuracy,
)


def test_chance_is_one_in_as_many_as_there_are_classes() -> None:
    assert chance_accuracy(10) == pytest.approx(0.1)
    with pytest.raises(ValueError, match="got 0"):
        chance_accuracy(0)


def test_the_majority_class_is_that_of_the_training_labels() -> None:
    labels, test_labels = np.array([3, 1, 3, 1, 0], np.uint8), np.array([1, 3, 3, 1, 1, 2])
    assert majority_class(labels) == 1
    assert majority_class_accuracy(labels, test_labels) == pytest.approx(0.5)


def test_no_labels_are_refused() -> None:
    nothing = np.array([], np.uint8)
    with pytest.raises(ValueError, match="training labels"):
        majority_class(nothing)
    with pytest.raises(ValueError, match="test labels"):
        majority_class_accuracy(np.array([1]), nothing)
