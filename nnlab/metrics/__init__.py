"""Scores and what may be concluded from them: intervals, paired tests, confusions, rankings.

Every result is a small frozen dataclass. What cannot be known (the spread of a single run, the
recall of a class without examples) is `None`, never NaN, so that `as_dict` is always valid JSON.
"""

from nnlab.metrics.classification import (
    ClassAccuracy,
    ClassRank,
    ConfusedPair,
    RankStability,
    class_accuracy,
    confused_pairs,
    confusion_matrix,
    rank_stability,
)
from nnlab.metrics.intervals import (
    Estimate,
    Interval,
    PairedDifference,
    mean_interval,
    paired_difference,
    wilson_interval,
)
from nnlab.metrics.text import copied_share, longest_copied_run
from nnlab.metrics.translation import (
    bleu,
    chrf,
    chrf_interval,
    exact_match,
    sentence_chrf,
)

__all__ = [
    "ClassAccuracy",
    "ClassRank",
    "ConfusedPair",
    "Estimate",
    "Interval",
    "PairedDifference",
    "RankStability",
    "bleu",
    "chrf",
    "chrf_interval",
    "class_accuracy",
    "confused_pairs",
    "confusion_matrix",
    "copied_share",
    "exact_match",
    "longest_copied_run",
    "mean_interval",
    "paired_difference",
    "rank_stability",
    "sentence_chrf",
    "wilson_interval",
]
