"""Splitting baskets for training and test, hiding one item of each, and multi-hot arrays.

Rows of items are stored as `indptr` and `indices`, as in `Baskets` and SciPy's csr_array.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class HeldOut:
    """Baskets with one item hidden in each, to be predicted from the others.

    Attributes:
        rows: int64 (count,), numbers of the baskets.
        hidden: int32 (count,), the item hidden in each.
        indptr: int64 (count + 1,), where each basket's other items start; at least one is left.
        indices: int32 (entries,), those items, ascending within a basket.

    If item 5 of the basket 2, 5, 9 is hidden, hidden is 5 and indices are 2, 9. Baskets of one item
    are left out.
    """

    rows: np.ndarray
    hidden: np.ndarray
    indptr: np.ndarray
    indices: np.ndarray


def split_baskets(count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Split baskets at random: a fifth for test, and an eighth of the rest for validation.

    Args:
        count: Number of baskets.
        seed: Seed of the split; not the training seed, so that all trainings are tested on the same
            baskets.

    Returns:
        training: int64 row numbers, ascending: seven tenths.
        validation: int64, ascending: one tenth.
        test: int64, ascending: two tenths.

    10 baskets are split into 7, 1 and 2; 9,835 baskets into 6,885, 983 and 1,967.
    """
    order = np.random.default_rng(seed).permutation(count)
    testing, others = np.split(order, [count // 5])
    validation, training = np.split(others, [len(others) // 8])
    return np.sort(training), np.sort(validation), np.sort(testing)


def take_rows(
    indptr: np.ndarray, indices: np.ndarray, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return some of the rows, in the requested order.

    Args:
        indptr: int64 (baskets + 1,).
        indices: int32 (entries,).
        rows: Integers (count,), 0 to baskets - 1; may repeat.

    Returns:
        int64 (count + 1,) and int32 (taken,). Of the rows 3 4 | 5 | 6 7, the rows 2, 0 are
        indptr 0, 2, 4 and indices 6, 7, 3, 4; no rows are indptr 0 and empty indices.
    """
    rows = np.asarray(rows, np.int64)
    lengths = np.diff(indptr)[rows]
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    shift = np.repeat(indptr[rows] - starts[:-1], lengths)
    return starts, indices[np.arange(starts[-1]) + shift]


def hold_out_one(indptr: np.ndarray, indices: np.ndarray, rows: np.ndarray, seed: int) -> HeldOut:
    """Hide one item, drawn uniformly, of each basket that has two or more.

    Args:
        indptr: int64 (baskets + 1,).
        indices: int32 (entries,).
        rows: Integers (count,), the baskets to use.
        seed: Seed of the draw.
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


def multi_hot(indptr: np.ndarray, indices: np.ndarray, rows: np.ndarray, items: int) -> np.ndarray:
    """Return rows in multi-hot form: 1 for an item in the basket, else 0.

    Args:
        indptr: int64 (baskets + 1,).
        indices: int32 (entries,), 0 to items - 1.
        rows: Integers (count,), 0 to baskets - 1.
        items: Number of items.

    Returns:
        uint8 (count, items): for three items, the basket 0, 2 is 1, 0, 1 and an empty one 0, 0, 0.
    """
    starts, taken = take_rows(indptr, indices, rows)
    spread = np.zeros((len(starts) - 1, items), np.uint8)
    spread[np.repeat(np.arange(len(spread)), np.diff(starts)), taken] = 1
    return spread
