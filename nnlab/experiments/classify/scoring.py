"""Scores of an image classifier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

import numpy as np

from nnlab.experiments.classify.baselines.constant_class import (
    chance_accuracy,
    majority_class_accuracy,
)
from nnlab.experiments.classify.baselines.logistic_regression import fitted
from nnlab.experiments.classify.reading import Reading
from nnlab.experiments.classify.typicality import UNUSUAL
from nnlab.experiments.contract import Data, Scores
from nnlab.metrics import (
    ClassAccuracy,
    ConfusedPair,
    Estimate,
    Interval,
    class_accuracy,
    confused_pairs,
    confusion_matrix,
    expected_calibration_error,
    mean_interval,
    rank_stability,
    wilson_interval,
)

if TYPE_CHECKING:
    from nnlab.results import RunMetrics


@dataclass(frozen=True)
class ClassifyDetails:
    """Accuracy of a trained classifier: its interval, by class, and what was taken for what.

    Attributes:
        class_names: Of each label.
        test_images: How many there are.
        misclassified: How many of them.
        accuracy_interval: Of the accuracy over all classes.
        class_accuracy: By class, the worst first.
        confusion_matrix: Counts; a row per true class, a column per predicted class.
        confused_pairs: The cells off the diagonal, the largest first.
        temperature: What the logarithms of the probabilities are divided by.
        calibration_error: Of the probabilities of the answers, expected calibration error.
        calibration_error_before: Of those of the network, before the temperature.
        unusual_share: Of the test images, those whose typicality is below `UNUSUAL`.
    """

    class_names: list[str]
    test_images: int
    misclassified: int
    accuracy_interval: Interval
    class_accuracy: list[ClassAccuracy]
    confusion_matrix: list[list[int]]
    confused_pairs: list[ConfusedPair]
    temperature: float = 1.0
    calibration_error: float | None = None
    calibration_error_before: float | None = None
    unusual_share: float | None = None


ClassStanding = TypedDict(
    "ClassStanding",
    {"class": str, "accuracy": Estimate, "mean_rank": float, "among_worst_three": int},
)
"""One class over several runs; rank 1 is the class recognised worst. (`class` is a keyword.)"""


@dataclass(frozen=True)
class ClassifySummary:
    """What several runs say together.

    Attributes:
        classes: The worst first.
        rank_correlation: Whether the runs agree on the order; None where that is undefined, as for
            a single run.
        kendall_w: Likewise.
        calibration_error: As of single runs; None if a run has none.
        calibration_error_before: Likewise.
    """

    classes: list[ClassStanding]
    rank_correlation: float | None
    kendall_w: float | None
    calibration_error: Estimate | None = None
    calibration_error_before: Estimate | None = None


def score(reading: Reading, data: Data, temperature: float) -> Scores[ClassifyDetails]:
    """Measure test accuracy, overall and per class, beside naive baselines.

    Args:
        reading: Of the test images.
        data: Arrays `test_images` and `test_labels` to score on, and `images` and `labels` to
            fit the baselines on, in the rows `training` (without them there are no baselines);
            facts `class_names`.
        temperature: What the logarithms of the probabilities were divided by.
    """
    images, labels = data.arrays["test_images"], data.arrays["test_labels"]
    probabilities, typicality = reading.probabilities, reading.typicality
    predictions = probabilities.argmax(axis=-1)
    wrong = np.flatnonzero(predictions != labels)
    correct = len(labels) - len(wrong)
    confusion = confusion_matrix(labels, predictions, len(data.facts["class_names"]))
    unusual = None if typicality is None else float((typicality < UNUSUAL).mean())
    return Scores(
        scores={"accuracy": correct / len(labels)},
        baselines=_baselines(data),
        details=ClassifyDetails(
            class_names=data.facts["class_names"],
            test_images=len(labels),
            misclassified=len(wrong),
            accuracy_interval=wilson_interval(correct, len(labels)),
            class_accuracy=list(class_accuracy(confusion)),
            confusion_matrix=confusion.tolist(),
            confused_pairs=list(confused_pairs(confusion)),
            temperature=temperature,
            calibration_error=expected_calibration_error(probabilities, labels),
            calibration_error_before=expected_calibration_error(reading.raw, labels),
            unusual_share=unusual,
        ),
        evidence={
            "misclassified_images": images[wrong],
            "misclassified_labels": labels[wrong],
            "misclassified_predictions": predictions[wrong],
            "misclassified_probabilities": probabilities[wrong].max(axis=-1),
        },
    )


def _baselines(data: Data) -> dict[str, dict[str, float]]:
    arrays = data.arrays
    if "images" not in arrays:
        return {}
    classes = len(data.facts["class_names"])
    rows = arrays["training"]
    linear = fitted(arrays["images"][rows], arrays["labels"][rows], classes)
    right = linear.predict(arrays["test_images"]) == arrays["test_labels"]
    constant = majority_class_accuracy(arrays["labels"][rows], arrays["test_labels"])
    return {
        "logistic regression": {"accuracy": float(right.mean())},
        "most frequent class": {"accuracy": constant},
        "chance": {"accuracy": chance_accuracy(classes)},
    }


def summarise(results: Mapping[str, RunMetrics[ClassifyDetails]]) -> ClassifySummary:
    """Rank the classes by accuracy over several runs, say how stable that is, and average errors.

    Args:
        results: The runs by name, which share their classes.
    """
    details = [metrics.details for metrics in results.values()]
    names = details[0].class_names
    recalls = [_recalls(one.class_accuracy) for one in details]
    tested = [label for label in range(len(names)) if all(label in run for run in recalls)]
    stability = rank_stability([[run[label] for label in tested] for run in recalls])
    ranks = {tested[rank.label]: rank for rank in stability.classes}
    classes: list[ClassStanding] = [
        {
            "class": names[label],
            "accuracy": mean_interval([run[label] for run in recalls], share=True),
            "mean_rank": ranks[label].mean_rank,
            "among_worst_three": ranks[label].among_worst_three,
        }
        for label in tested
    ]
    classes.sort(key=lambda entry: entry["mean_rank"])
    return ClassifySummary(
        classes,
        stability.spearman,
        stability.kendall_w,
        _mean_share([one.calibration_error for one in details]),
        _mean_share([one.calibration_error_before for one in details]),
    )


def _mean_share(values: Sequence[float | None]) -> Estimate | None:
    """Return the mean of a share over runs that all have it."""
    known = [value for value in values if value is not None]
    return mean_interval(known, share=True) if len(known) == len(values) else None


def _recalls(entries: Iterable[ClassAccuracy]) -> dict[int, float]:
    """Return the accuracy of each class that has test images, by label."""
    return {entry.label: entry.accuracy for entry in entries if entry.accuracy is not None}
