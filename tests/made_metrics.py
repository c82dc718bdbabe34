"""Metrics of runs that never were, for tests of what reads them."""

from typing import Any

from nnlab.datasets.store.provenance import Source
from nnlab.experiments.contract import Scores
from nnlab.results import NoDetails, RunMetrics, TrainingRecord

SOURCE = Source("made", "0" * 64, sample=False, files=())


def metrics_of(score: Scores[Any], **changes: Any) -> RunMetrics[Any]:
    """Return what a run with these scores would leave."""
    return run_metrics(
        dict(score.scores),
        **{"baselines": dict(score.baselines), "details": score.details, **changes},
    )


def run_metrics(scores: dict[str, float], **changes: Any) -> RunMetrics[Any]:
    """Return the metrics of a run of an epoch."""
    made: dict[str, Any] = {
        "experiment": "made",
        "dataset": SOURCE,
        "baselines": {},
        "details": NoDetails(),
        "config": {},
        "training": TrainingRecord(epochs=1, best_epoch=1, seconds=1.0),
        **changes,
    }
    return RunMetrics(scores=scores, **made)
