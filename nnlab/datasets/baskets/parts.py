"""Which baskets train and which test, and their arrays: rows of items, one hidden, counted.

Rows of items are held as `indptr` and `indices`, as in `baskets.Baskets` and SciPy's csr_array.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike


@dataclass(frozen=True)
class HeldOut:
    """Baskets of which one item each was hidden, to be found again from the others.

    Attributes:
        rows: int64 (count,), numbers of the baskets.
        hidden: int32 (count,), the item hidden in each.
        indptr: int64 (count + 1,), where each basket's other items begin; at least one is left.
        indices: int32 (entries,), those items, ascending within a basket.

    Of a basket 2, 5, 9 the item 5 may be hidden: hidden 5, indices 2, 9. A basket of one item is
    not among them.
    """

    rows: np.ndarray
    hidden: np.ndarray
    indptr: np.ndarray
    indices: np.ndarray


def split_baskets(count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Deal out baskets at random: a fifth to test on, an eighth of the others to validate on.

    Args:
        count: Number of baskets.
        seed: Which ones; not the training seed, so that trainings are tested on the same baskets.

    Returns:
        training: int64 row numbers, ascending: seven tenths.
        validation: int64, ascending: one tenth.
        test: int64, ascending: two tenths.

    Of 10 baskets 7, 1 and 2; of 9,835 baskets 6,885, 983 and 1,967.
    """
    order = np.random.default_rng(seed).permutation(count)
    testing, others = np.split(order, [count // 5])
    validation, training = np.split(others, [len(others) // 8])
    return np.sort(training), np.sort(validation), np.sort(testing)


def take_rows(
    indptr: np.ndarray, indices: np.ndarray, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return some of the rows, in the order asked for.

    Args:
        indptr: int64 (baskets + 1,).
        indices: int32 (entries,).
        rows: Integers (count,), 0 to baskets - 1; may repeat.

    Returns:
        int64 (count + 1,) and int32 (taken,): of the rows 3 4 | 5 | 6 7 the rows 2, 0 are
        indptr 0, 2, 4 and indices 6, 7, 3, 4; no rows are indptr 0 and no indices.
    """
    rows = np.asarray(rows, np.int64)
    lengths = np.diff(indptr)[rows]
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    shift = np.repeat(indptr[rows] - starts[:-1], lengths)
    return starts, indices[np.arange(starts[-1]) + shift]


def hold_out_one(indptr: np.ndarray, indices: np.ndarray, rows: np.ndarray, seed: int) -> HeldOut:
    """Hide one item of each basket that has two or more, any of them as likely.

    Args:
        indptr: int64 (baskets + 1,).
        indices: int32 (entries,).
        rows: Integers (count,), the baskets in question.
        seed: Which items.
    """
    rows = np.asarray(rows, np.int64)
    rows = rows[np.diff(indptr)[rows] >= 2]
    starts, taken = take_rows(indptr, indices, rows)
    places = starts[:-1] + np.random.default_rng(seed).integers(np.diff(starts))
    return HeldOut(
        rows=rows,
        hidden=taken[places],
        indptr=starts - np.arange(len(starts)),
        indices=np.delete(taken, places),
    )


def multi_hot(
    indptr: np.ndarray,
    indices: np.ndarray,
    rows: np.ndarray,
    items: int,
    dtype: DTypeLike = np.uint8,
) -> np.ndarray:
    """Spread rows over all items: 1 where an item is in the basket, else 0.

    Args:
        indptr: int64 (baskets + 1,).
        indices: int32 (entries,), 0 to items - 1.
        rows: Integers (count,), 0 to baskets - 1.
        items: Number of items.
        dtype: Of the result.

    Returns:
        (count, items): of three items the basket 0, 2 is 1, 0, 1 and the empty basket is 0, 0, 0.
    """
    starts, taken = take_rows(indptr, indices, rows)
    spread = np.zeros((len(starts) - 1, items), dtype)
    spread[np.repeat(np.arange(len(spread)), np.diff(starts)), taken] = 1
    return spread
