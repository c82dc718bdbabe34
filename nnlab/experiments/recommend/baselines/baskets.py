"""Baskets as the recommenders take them: multi-hot or sparse, a basket a row, an item a column."""

from typing import TYPE_CHECKING

import numpy as np

from nnlab.metrics.ranking import Baskets, Floats

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


def sparse(baskets: Baskets, items: int | None = None) -> "csr_matrix":
    """Baskets as a float64 CSR matrix (baskets, items) of ones.

    Args:
        baskets: numbers (baskets, items), 1 for an item in the basket and 0 for all others;
            booleans, or a SciPy matrix of these.
        items: how many items there have to be.

    Raises:
        ValueError: if there are not so many items, or a number is neither 0 nor 1.
    """
    from scipy.sparse import csr_matrix

    if len(baskets.shape) != 2 or (items is not None and baskets.shape[1] != items):
        raise ValueError(
            f"expected baskets of shape (count, {items or 'items'}), got {baskets.shape}"
        )
    matrix = csr_matrix(baskets, dtype=np.float64)
    matrix.eliminate_zeros()
    if not (matrix.data == 1).all():
        raise ValueError("expected 1 for an item in the basket and 0 for all others")
    return matrix


def training_baskets(baskets: Baskets) -> "csr_matrix":
    """Baskets to fit a recommender to, as of `sparse`.

    Raises:
        ValueError: likewise, or if there is no basket or no item.
    """
    matrix = sparse(baskets)
    if not all(matrix.shape):
        raise ValueError(f"expected baskets of items, got shape {matrix.shape}")
    return matrix


def co_occurrences(baskets: "csr_matrix") -> Floats:
    """In how many baskets each pair of items is, float64 (items, items)."""
    result: Floats = (baskets.T @ baskets).toarray()
    return result
