"""The figures of `denoise`."""

from typing import Any

from nnlab.experiments.contract import Evidence
from nnlab.experiments.denoise.scoring import DenoiseDetails


def draw(evidence: Evidence[DenoiseDetails]) -> dict[str, Any]:
    """Draw a page of each kind of noise before and after, and the error by kind."""
    from nnlab.experiments.denoise.figures.pages import CleanedPage, cleaned_pages
    from nnlab.plots.method_bars import method_bars

    details, arrays = evidence.metrics.details, evidence.arrays
    rows = [
        CleanedPage(
            f"{one.kind}: RMSE {one.before:.3f} before, {one.after:.3f} after",
            *(arrays[f"{name}_{number}"] for name in ("noisy", "cleaned", "true")),
        )
        for number, one in enumerate(details.shown)
    ]
    errors = {
        name: {kind: scores["rmse"] for kind, scores in kinds.items()}
        for name, kinds in details.by_kind.items()
    }
    title = "A test page of each kind of noise, the one with the median error"
    return {
        "pages": cleaned_pages(rows, title, evidence.footer),
        "by-noise": method_bars(
            errors, "What is left of each kind of noise", "", "RMSE", evidence.footer
        ),
    }
