"""The figures of `embed`."""

from typing import Any

from nnlab.experiments.contract import Evidence
from nnlab.experiments.embed.scoring import EmbedDetails


def draw(evidence: Evidence[EmbedDetails]) -> dict[str, Any]:
    """Draw the plane with an image for each class, and the decoder's grid."""
    from nnlab.experiments.embed.figures.decoder_grid import decoder_grid
    from nnlab.experiments.embed.figures.plane import plane

    arrays = evidence.arrays
    thumbnails = dict(zip(arrays["medoid_classes"].tolist(), arrays["medoid_images"], strict=True))
    return {
        "plane": plane(
            arrays["points"],
            arrays["labels"],
            evidence.metrics.details.class_names,
            evidence.footer,
            thumbnails,
        ),
        "decoder": decoder_grid(
            arrays["decoded"],
            tuple(arrays["x_range"].tolist()),
            tuple(arrays["y_range"].tolist()),
            evidence.footer,
        ),
    }
