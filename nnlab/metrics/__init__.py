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

__all__ = [
    "ClassAccuracy",
    "ClassRank",
    "ConfusedPair",
    "Estimate",
    "Interval",
    "PairedDifference",
    "RankStability",
    "class_accuracy",
    "confused_pairs",
    "confusion_matrix",
    "mean_interval",
    "paired_difference",
    "rank_stability",
    "wilson_interval",
]
