"""How well a recommender ranks the item hidden from a basket.

Sparse matrices are SciPy's, with one row per basket and one column per item.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Union

import numpy as np
import numpy.typing as npt

from nnlab.metrics.intervals import wilson_interval

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MOST = 20  # of a recall curve

Floats = npt.NDArray[np.float64]
Baskets = Union[npt.NDArray[Any], "csr_matrix"]


@dataclass(frozen=True)
class RecallAt:
    """Share of the hidden items ranked among the first `k`, with its interval."""

    k: int
    recall: float
    low: float
    high: float


def ranks(scores: npt.ArrayLike, hidden: npt.ArrayLike, known: Baskets) -> Floats:
    """The rank of each hidden item among the items that are not in its basket; 1 is the best.

    Items with equal scores share their mean rank, so that giving all items the same score gains
    nothing: three items tied for the best score all have rank 2.

    Args:
        scores: floats (baskets, items), higher for a better fit.
        hidden: the item removed from each basket, integers (baskets,).
        known: the items left in the baskets, (baskets, items): a mask, multi-hot, or sparse.

    Returns:
        float64 (baskets,): 1 to the number of items not in the basket, in steps of one half.

    Raises:
        ValueError: if shapes do not match, a score is NaN, or a hidden item is in its basket.
    """
    values, items = np.asarray(scores), np.asarray(hidden)
    mask = _mask(known)
    if values.ndim != 2 or values.shape != mask.shape or items.shape != values.shape[:1]:
        raise ValueError(
            "expected scores and baskets (baskets, items) and one hidden item per basket, "
            f"got {values.shape}, {mask.shape}, {items.shape}"
        )
    if np.isnan(values).any():
        raise ValueError("expected scores, got NaN")
    if items.size and not (items.min() >= 0 and items.max() < values.shape[1]):
        raise ValueError(f"expected items 0 to {values.shape[1] - 1}")
    rows = np.arange(len(values))
    if mask[rows, items].any():
        raise ValueError("expected hidden items that are not in their baskets")
    own = values[rows, items][:, None]
    better = ((values > own) & ~mask).sum(axis=1)
    equal = ((values == own) & ~mask).sum(axis=1)  # the hidden item among them
    result: Floats = better + (equal + 1) / 2
    return result


def recall_at(ranks: Floats, k: int) -> float:
    """Share of the hidden items among the first k, that is, with a rank of at most k.

    Raises:
        ValueError: if there are no ranks, as in all functions on ranks.
    """
    return float((_checked(ranks) <= k).mean())


def ndcg_at(ranks: Floats, k: int) -> float:
    """Normalised discounted cumulative gain of the first k, 0 to 1.

    Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002. With a
    single relevant item it is the mean of 1 / log2(1 + rank), or 0 beyond rank k.
    """
    places = _checked(ranks)
    return float(np.where(places <= k, 1 / np.log2(1 + places), 0).mean())


def mrr(ranks: Floats) -> float:
    """Mean reciprocal rank, 0 to 1."""
    return float((1 / _checked(ranks)).mean())


def recall_curve(ranks: Floats) -> tuple[RecallAt, ...]:
    """Recall at 1 to 20, with Wilson intervals over the baskets.

    The intervals cover the choice of the test baskets. They say little about the difference of two
    recommenders on the same baskets, which is a paired comparison.
    """
    places, rows = _checked(ranks), []
    for k in range(1, MOST + 1):
        found = int((places <= k).sum())
        interval = wilson_interval(found, len(places))
        rows.append(RecallAt(k, found / len(places), interval.low, interval.high))
    return tuple(rows)


def auc(scores: npt.ArrayLike, baskets: Baskets) -> float | None:
    """Area under the ROC curve of a basket, 0 to 1, averaged over all baskets.

    This is the probability that an item in the basket scores higher than one outside; ties count
    one half (Mann and Whitney 1947). A recommender that was given these same baskets had the answer
    in its input, and mere popularity gets .83 on groceries: such a number says nothing about
    recommending, and is measured here to show that.

    Args:
        scores: floats (baskets, items).
        baskets: the items in the baskets, (baskets, items): a mask, multi-hot, or sparse.

    Returns:
        The mean area over the baskets that are neither empty nor have all items; None without any.

    Raises:
        ValueError: if shapes do not match, or a score is NaN.
    """
    from scipy.stats import rankdata

    values, mask = np.asarray(scores), _mask(baskets)
    if values.ndim != 2 or values.shape != mask.shape or np.isnan(values).any():
        raise ValueError(f"expected one score per item, got {values.shape} for {mask.shape}")
    inside = mask.sum(axis=1)
    outside = mask.shape[1] - inside
    pairs = inside * outside
    if not pairs.any():
        return None
    places = (rankdata(values, axis=1) * mask).sum(axis=1)
    above = places - inside * (inside + 1) / 2
    return float((above[pairs > 0] / pairs[pairs > 0]).mean())


def _mask(baskets: Baskets) -> npt.NDArray[np.bool_]:
    result: npt.NDArray[np.bool_] = (
        np.asarray(baskets.toarray() if hasattr(baskets, "toarray") else baskets) != 0
    )
    return result


def _checked(ranks: Floats | Sequence[float]) -> Floats:
    places = np.asarray(ranks, np.float64)
    if places.ndim != 1 or not places.size or not places.min() >= 1:
        raise ValueError(f"expected ranks of at least 1, got {places!r}")
    return places
