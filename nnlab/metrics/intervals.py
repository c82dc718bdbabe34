"""95 % intervals for proportions and means, and the paired t test.

SciPy is imported inside functions, so that intervals of proportions start quickly.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

CONFIDENCE = 0.95  # of every interval
RESAMPLES = 1000
FEWEST_UNITS = 10  # with fewer, a bootstrap says nothing


@dataclass(frozen=True)
class Interval:
    """An interval, both ends included."""

    low: float
    high: float


@dataclass(frozen=True)
class Estimate:
    """A mean over `n` runs with its interval.

    For a single run `sd`, `low` and `high` are None; if all runs are equal, `low` and `high` are.
    """

    mean: float
    sd: float | None
    low: float | None
    high: float | None
    n: int

    def in_words(self) -> str:
        """Return the mean with its interval as a table shows it."""
        if self.low is None or self.high is None:
            return f"{self.mean:.4f}"
        return f"{self.mean:.4f} ({self.low:.4f} to {self.high:.4f})"


@dataclass(frozen=True)
class PairedDifference:
    """The mean of `n` paired differences, its interval, and the p-value of "no difference"."""

    mean: float
    sd: float | None
    low: float | None
    high: float | None
    p: float | None
    n: int
    differences: tuple[float, ...]


def wilson_interval(successes: int, trials: int) -> Interval:
    """Wilson's score interval for a proportion (Wilson 1927, JASA 22, 209-212).

    Unlike the textbook interval it stays within 0..1 and keeps its level near 0 and 1, as needed
    for accuracies. Without any trials the interval is 0..1.

    Raises:
        ValueError: unless 0 <= successes <= trials.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"expected 0 <= successes <= trials, got {successes} of {trials}")
    if trials == 0:
        return Interval(0.0, 1.0)
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    share = successes / trials
    shrink = 1 + z**2 / trials
    centre = (share + z**2 / (2 * trials)) / shrink
    half = z * math.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2)) / shrink
    # the interval must contain the estimate, despite rounding at 0 % and 100 %
    return Interval(min(max(centre - half, 0.0), share), max(min(centre + half, 1.0), share))


def resampled_interval(
    statistics: npt.NDArray[Any], score: Callable[[npt.NDArray[Any]], npt.NDArray[np.float64]]
) -> Interval:
    """Percentile bootstrap interval of a score over the units of a test set: pages, sentences.

    It reflects the choice of the test units, not the variation between trainings (Efron and
    Tibshirani, "An introduction to the bootstrap", 1993, chapter 13).

    Args:
        statistics: (units, numbers): the numbers of each unit, which are summed; at least one unit.
        score: From sums (resamples, numbers) to scores (resamples,).
    """
    rng, count = np.random.default_rng(0), len(statistics)
    sums = np.empty((RESAMPLES, statistics.shape[1]))
    for row in sums:
        drawn = np.bincount(rng.integers(count, size=count), minlength=count)
        row[:] = drawn @ statistics
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(score(sums), (tail, 1 - tail)).tolist()
    return Interval(low, high)


def mean_interval(
    values: Sequence[float], *, share: bool = False, overlap: float = 0.0
) -> Estimate:
    """Mean of one score per run, with Student's t interval.

    Args:
        values: finite scores, one per run. A single run has a mean, but no spread and no interval;
            equal runs have no interval either, because a few equal numbers do not justify one of
            width zero (accuracies come in steps of 1/examples).
        share: whether the scores are shares of a whole; the interval is then cut at 0 and 1, which
            Student's interval may exceed for few runs.
        overlap: see `standard_error`.

    Raises:
        ValueError: if there are no values, or one is not finite.
    """
    scores = _finite(values, "values")
    mean = float(scores.mean())
    if len(scores) == 1:
        return Estimate(mean, None, None, None, 1)
    if _is_constant(scores, scores):
        return Estimate(mean, 0.0, None, None, len(scores))
    sd = float(scores.std(ddof=1))
    half = _t_quantile(len(scores) - 1) * standard_error(sd, len(scores), overlap)
    low, high = mean - half, mean + half
    if share:
        low, high = max(low, 0.0), min(high, 1.0)
    return Estimate(mean, sd, low, high, len(scores))


def standard_error(sd: float, n: int, overlap: float = 0.0) -> float:
    """Standard error of a mean over runs.

    Args:
        sd: standard deviation of the runs' scores.
        n: how many runs there are.
        overlap: 0 if the runs share their test set. If each divides the same data at random, test
            examples per training example: then runs depend on one another, and the error of
            independent ones would be too small (Nadeau and Bengio, "Inference for the
            generalization error", Machine Learning 52, 2003).
    """
    return sd * math.sqrt(1 / n + overlap)


def paired_difference(
    a: Sequence[float], b: Sequence[float], *, overlap: float = 0.0
) -> PairedDifference:
    """Mean of `a - b` over paired runs, with Student's t interval and the two-sided paired t test.

    Special cases without a spread to compare the mean with:

    - all differences exactly 0: p = 1 and the interval is 0..0;
    - all the same, but not 0: the t statistic would be infinite, which two or three equal numbers
      do not justify (accuracies come in steps of 1/examples), so p and interval are None;
    - a single pair: sd, interval and p are None.

    Args:
        a: finite scores, one per pair.
        b: finite scores, as many as `a` and in the same order.
        overlap: see `standard_error`.

    Raises:
        ValueError: if there are no pairs, the lengths differ, or a score is not finite.
    """
    first, second = _finite(a, "a"), _finite(b, "b")
    if len(first) != len(second):
        raise ValueError(f"expected pairs, got {len(first)} and {len(second)} values")
    differences = first - second
    n, mean = len(differences), float(differences.mean())
    sd = float(differences.std(ddof=1)) if n > 1 else None
    low = high = p = None
    if n > 1 and not differences.any():
        low, high, p = 0.0, 0.0, 1.0
    elif sd is not None and not _is_constant(differences, first, second):
        error = standard_error(sd, n, overlap)
        half = _t_quantile(n - 1) * error
        low, high, p = mean - half, mean + half, _t_test(mean / error, n - 1)
    return PairedDifference(mean, sd, low, high, p, n, tuple(differences.tolist()))


def has_effect(low: float, high: float, tolerance: float) -> bool | None:
    """Tell whether a difference is an effect: None if its interval cannot tell.

    It is none if the whole interval lies within the tolerance of zero, and one if the whole
    interval lies beyond it.

    Args:
        low: lower end of the difference's interval.
        high: upper end.
        tolerance: the largest difference that nobody would call an effect.
    """
    if -tolerance <= low and high <= tolerance:
        return False
    if low > tolerance or high < -tolerance:
        return True
    return None


def _t_quantile(degrees: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(degrees, (1 + CONFIDENCE) / 2))


def _t_test(t: float, degrees: int) -> float:
    from scipy.special import stdtr

    return float(2 * stdtr(degrees, -abs(t)))


def _is_constant(differences: np.ndarray, *operands: np.ndarray) -> bool:
    """Whether the differences vary by no more than rounding errors of their operands."""
    size = max(float(np.abs(operand).max()) for operand in operands)
    return bool(np.ptp(differences) <= 4 * np.finfo(np.float64).eps * size)


def _finite(values: Sequence[float], name: str) -> npt.NDArray[np.float64]:
    scores = np.asarray(values, dtype=np.float64)
    if scores.ndim != 1 or not scores.size or not np.isfinite(scores).all():
        raise ValueError(f"expected a list of finite numbers for {name}, got {values!r}")
    return scores
