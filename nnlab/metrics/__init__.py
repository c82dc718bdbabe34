"""Scores and statistics about them: intervals, paired tests, confusions, rankings.

Every result is a small frozen dataclass. Unknown values (the spread of a single run, the recall of
a class without examples) are `None`, never NaN, so that the result is always valid JSON.
"""

from nnlab.metrics.calibration import best_temperature, expected_calibration_error, tempered
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
from nnlab.metrics.images import pooled_rmse, psnr, rmse, ssim
from nnlab.metrics.intervals import (
    FEWEST_UNITS,
    Estimate,
    Interval,
    PairedDifference,
    has_effect,
    mean_interval,
    paired_difference,
    resampled_interval,
    standard_error,
    wilson_interval,
)
from nnlab.metrics.neighbours import class_medoids, knn_accuracy, silhouette, trustworthiness
from nnlab.metrics.ranking import RecallAt, auc, mrr, ndcg_at, ranks, recall_at, recall_curve
from nnlab.metrics.reading import character_error_rate, ocr
from nnlab.metrics.text import copied_share, longest_copied_run
from nnlab.metrics.translation import (
    are_words_unmarked,
    bleu,
    chrf,
    chrf_interval,
    exact_match,
    sentence_chrf,
)

__all__ = [
    "FEWEST_UNITS",
    "ClassAccuracy",
    "ClassRank",
    "ConfusedPair",
    "Estimate",
    "Interval",
    "PairedDifference",
    "RankStability",
    "RecallAt",
    "are_words_unmarked",
    "auc",
    "best_temperature",
    "bleu",
    "character_error_rate",
    "chrf",
    "chrf_interval",
    "class_accuracy",
    "class_medoids",
    "confused_pairs",
    "confusion_matrix",
    "copied_share",
    "exact_match",
    "expected_calibration_error",
    "has_effect",
    "knn_accuracy",
    "longest_copied_run",
    "mean_interval",
    "mrr",
    "ndcg_at",
    "ocr",
    "paired_difference",
    "pooled_rmse",
    "psnr",
    "rank_stability",
    "ranks",
    "recall_at",
    "recall_curve",
    "resampled_interval",
    "rmse",
    "sentence_chrf",
    "silhouette",
    "ssim",
    "standard_error",
    "tempered",
    "trustworthiness",
    "wilson_interval",
]
