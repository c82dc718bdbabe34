"""The figures of `classify`."""

from typing import Any

from nnlab.experiments.classify.scoring import ClassifyDetails
from nnlab.experiments.contract import Evidence


def draw(evidence: Evidence[ClassifyDetails]) -> dict[str, Any]:
    """Draw the confusion matrix, the accuracy by class, and the misclassified images."""
    from nnlab.experiments.classify.figures.class_accuracy import class_accuracy
    from nnlab.experiments.classify.figures.confusion import confusion_matrix
    from nnlab.experiments.classify.figures.image_grid import misclassified_images

    details, arrays, footer = evidence.metrics.details, evidence.arrays, evidence.footer
    names = details.class_names
    return {
        "confusion": confusion_matrix(details.confusion_matrix, names, footer),
        "class-accuracy": class_accuracy(details.class_accuracy, names, footer),
        "misclassified": misclassified_images(
            arrays["misclassified_images"],
            arrays["misclassified_labels"],
            arrays["misclassified_predictions"],
            arrays["misclassified_probabilities"],
            names,
            footer,
        ),
    }
