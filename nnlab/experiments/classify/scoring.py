"""Scores of an image classifier."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from nnlab.experiments.classify.baselines.constant_class import (
    chance_accuracy,
    majority_class_accuracy,
)
from nnlab.experiments.classify.baselines.logistic_regression import fitted
from nnlab.experiments.contract import Data, Scores
from nnlab.metrics import (
    class_accuracy,
    confused_pairs,
    confusion_matrix,
    mean_interval,
    rank_stability,
    wilson_interval,
)


def score(predict: Callable[[np.ndarray], np.ndarray], data: Data) -> Scores:
    """Measure test accuracy, overall and per class, beside naive baselines.

    Args:
        predict: uint8 images (count, height, width) to probabilities (count, classes).
        data: Arrays `test_images` and `test_labels` to score on, and `images` and `labels` to
            fit the baselines on, in the rows `training` (without them there are no baselines);
            facts `class_names`.
    """
    images, labels = data.arrays["test_images"], data.arrays["test_labels"]
    probabilities = predict(images)
    predictions = probabilities.argmax(axis=-1)
    wrong = np.flatnonzero(predictions != labels)
    correct = len(labels) - len(wrong)
    confusion = confusion_matrix(labels, predictions, len(data.facts["class_names"]))
    return Scores(
        scores={"accuracy": correct / len(labels)},
        baselines=_baselines(data),
        details={
            "class_names": data.facts["class_names"],
            "test_images": len(labels),
            "misclassified": len(wrong),
            "accuracy_interval": wilson_interval(correct, len(labels)).as_dict(),
            "class_accuracy": [entry.as_dict() for entry in class_accuracy(confusion)],
            "confusion_matrix": confusion.tolist(),
            "confused_pairs": [pair.as_dict() for pair in confused_pairs(confusion)],
        },
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


def summarise(results: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Rank the classes by accuracy over several runs, and say how stable the ranking is.

    Args:
        results: metrics.json by run; all runs share their classes.
    """
    details = [metrics["details"] for metrics in results.values()]
    names = details[0]["class_names"]
    recalls = [_recalls(entry["class_accuracy"]) for entry in details]
    tested = [label for label in range(len(names)) if all(label in run for run in recalls)]
    stability = rank_stability([[run[label] for label in tested] for run in recalls])
    ranks = {tested[rank.label]: rank for rank in stability.classes}
    classes = [
        {
            "class": names[label],
            "accuracy": mean_interval([run[label] for run in recalls], share=True).as_dict(),
            "mean_rank": ranks[label].mean_rank,
            "among_worst_three": ranks[label].among_worst_three,
        }
        for label in tested
    ]
    return {
        "classes": sorted(classes, key=lambda entry: entry["mean_rank"]),
        "rank_correlation": stability.spearman,
        "kendall_w": stability.kendall_w,
    }


def _recalls(entries: Iterable[Mapping[str, Any]]) -> dict[int, float]:
    """Return the accuracy of each class that has test images, by label."""
    return {entry["label"]: entry["accuracy"] for entry in entries if entry["count"]}
