"""The tables that `embed` prints of its runs."""

from nnlab.experiments.contract import Table
from nnlab.experiments.embed.scoring import EmbedDetails
from nnlab.metrics import wilson_interval
from nnlab.results import Metrics
from nnlab.wording import counted

WORDS = {
    "nn_1": "1-NN",
    "nn_5": "5-NN",
    "trustworthiness": "trustworthiness",
    "silhouette": "silhouette",
    "reconstruction_error": "reconstruction error",
}


def tables(metrics: Metrics[EmbedDetails]) -> list[Table]:
    """Return the scores beside those of principal components."""
    methods = metrics.by_method
    known = [key for key in WORDS if key in metrics.scores]
    rows = [
        (name, *(f"{scores[key]:.4f}" if key in scores else "" for key in known))
        for name, scores in methods.items()
    ]
    details = metrics.details
    count = len(details.class_names)
    classes = "1 class" if count == 1 else f"{count} classes"
    title = f"{counted(details.test_images, 'test image')} of {classes} in the plane"
    return [Table(title, ("", *(WORDS[key] for key in known)), rows, _note(metrics))]


def _note(metrics: Metrics[EmbedDetails]) -> str:
    share, count = metrics.scores.get("nn_5"), metrics.details.test_images
    if share is None:
        return ""
    interval = wilson_interval(round(share * count), count)
    span = f"{interval.low:.4f} to {interval.high:.4f}"
    return f"5-NN of this network: {span} (95 % interval over test images)"
