"""Which classes are confused, and whether several runs agree on that."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nnlab.metrics.intervals import wilson_interval

MOST_PAIRS = 10


@dataclass(frozen=True)
class ClassAccuracy:
    """Recall of one class: how many of its `count` examples were classified correctly."""

    label: int
    correct: int
    count: int
    accuracy: float | None
    low: float
    high: float


@dataclass(frozen=True)
class ConfusedPair:
    """Class `label` was mistaken for class `prediction` in `count` examples."""

    label: int
    prediction: int
    count: int


@dataclass(frozen=True)
class ClassRank:
    """Rank of one class over several runs; rank 1 has the lowest recall."""

    label: int
    mean_rank: float
    among_worst_three: int


@dataclass(frozen=True)
class RankStability:
    """How far several runs rank the classes alike (1: identically, near 0: by chance).

    `spearman` is the mean rank correlation over all pairs of runs, `kendall_w` Kendall's
    coefficient of concordance. Both are None where they are undefined: for a single run, or
    if all classes have the same recall in every run.
    """

    runs: int
    classes: tuple[ClassRank, ...]
    spearman: float | None
    kendall_w: float | None


def confusion_matrix(
    labels: npt.ArrayLike, predictions: npt.ArrayLike, classes: int
) -> npt.NDArray[np.int64]:
    """Count how often each true class was predicted as each class.

    Args:
        labels: true classes, integers (count,), 0 to classes - 1.
        predictions: predicted classes, likewise.
        classes: number of classes, including those without examples.

    Returns:
        int64 (classes, classes): row = true class, column = predicted class.

    Raises:
        ValueError: if the lengths differ or a class is out of range.
    """
    true, predicted = np.asarray(labels), np.asarray(predictions)
    if true.ndim != 1 or true.shape != predicted.shape:
        raise ValueError(f"expected lists of equal length, got {true.shape}, {predicted.shape}")
    for values in (true, predicted):
        if values.size and not (values.min() >= 0 and values.max() < classes):
            raise ValueError(
                f"expected classes 0 to {classes - 1}, got {values.min()} to {values.max()}"
            )
    cells = true.astype(np.int64) * classes + predicted.astype(np.int64)
    return np.bincount(cells, minlength=classes**2).reshape(classes, classes)


def class_accuracy(confusion: npt.ArrayLike) -> tuple[ClassAccuracy, ...]:
    """Recall of each class with its Wilson interval, the lowest first.

    Classes of equal recall keep the order of their labels; a class without examples has no recall
    and comes last.

    Args:
        confusion: counts (classes, classes) as `confusion_matrix` returns them.
    """
    matrix = np.asarray(confusion)
    rows = []
    for label, (correct, count) in enumerate(
        zip(matrix.diagonal().tolist(), matrix.sum(axis=1).tolist(), strict=True)
    ):
        interval = wilson_interval(correct, count)
        accuracy = correct / count if count else None
        rows.append(ClassAccuracy(label, correct, count, accuracy, interval.low, interval.high))
    return tuple(sorted(rows, key=lambda row: math.inf if row.accuracy is None else row.accuracy))


def confused_pairs(confusion: npt.ArrayLike) -> tuple[ConfusedPair, ...]:
    """The ten most frequent errors as pairs of true and predicted class, most frequent first."""
    errors = np.array(confusion)
    np.fill_diagonal(errors, 0)
    pairs = [
        ConfusedPair(label, prediction, int(errors[label, prediction]))
        for label, prediction in np.argwhere(errors > 0).tolist()
    ]
    return tuple(sorted(pairs, key=lambda pair: -pair.count)[:MOST_PAIRS])


def rank_stability(recalls: npt.ArrayLike) -> RankStability:
    """Whether the most misclassified classes are the same from run to run.

    Ties share their mean rank. A class is among the worst three of a run if fewer than three
    classes have a lower recall. Kendall's W is corrected for ties (Siegel 1956, section 9).

    Args:
        recalls: recall of each class in each run, (runs, classes), 0 to 1. A class without recall
            (NaN) in any run is left out.

    Returns:
        The stability; its classes are sorted by mean rank, the lowest recall first.

    Raises:
        ValueError: if the recalls are not a non-empty (runs, classes) array.
    """
    from scipy.stats import rankdata

    table = np.asarray(recalls, dtype=np.float64)
    if table.ndim != 2 or table.size == 0:
        raise ValueError(f"expected recalls of shape (runs, classes), got {table.shape}")
    labels = np.flatnonzero(np.isfinite(table).all(axis=0))
    ranks = rankdata(table[:, labels], axis=1)
    worst = (rankdata(table[:, labels], method="min", axis=1) <= 3).sum(axis=0)
    rows = [
        ClassRank(label, mean_rank, count)
        for label, mean_rank, count in zip(
            labels.tolist(), ranks.mean(axis=0).tolist(), worst.tolist(), strict=True
        )
    ]
    rows.sort(key=lambda row: row.mean_rank)
    return RankStability(len(table), tuple(rows), _mean_correlation(ranks), _kendall_w(ranks))


def _mean_correlation(ranks: npt.NDArray[np.float64]) -> float | None:
    """Mean Pearson correlation of the ranks (Spearman's) over the pairs of runs where defined."""
    deviations = ranks - ranks.mean(axis=1, keepdims=True)
    deviations = deviations[np.abs(deviations).sum(axis=1) > 0]
    if len(deviations) < 2:
        return None
    unit = deviations / np.linalg.norm(deviations, axis=1, keepdims=True)
    pairs = np.triu_indices(len(unit), k=1)
    return float((unit @ unit.T)[pairs].mean())


def _kendall_w(ranks: npt.NDArray[np.float64]) -> float | None:
    runs, classes = ranks.shape
    spread = float(((ranks.sum(axis=0) - runs * (classes + 1) / 2) ** 2).sum())
    ties = sum(
        int((counts**3 - counts).sum())
        for counts in (np.unique(run, return_counts=True)[1] for run in ranks)
    )
    largest = (runs**2 * (classes**3 - classes) - runs * ties) / 12
    return spread / largest if runs > 1 and largest > 0 else None
