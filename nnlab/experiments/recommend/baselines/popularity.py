"""What everybody buys: the same answer for every basket."""

from dataclasses import dataclass

import numpy as np

from nnlab.experiments.recommend.baselines.baskets import sparse, training_baskets
from nnlab.metrics.ranking import Baskets, Floats


@dataclass(frozen=True)
class Popularity:
    """Scores each item by how often it is bought.

    Attributes:
        shares: float64 (items,), share of the training baskets that have the item, 0 to 1.
    """

    shares: Floats

    @classmethod
    def fit(cls, baskets: Baskets) -> "Popularity":
        """Count the items.

        Args:
            baskets: multi-hot or sparse (count, items).

        Raises:
            ValueError: if there is no basket, or a number that is neither 0 nor 1.
        """
        matrix = training_baskets(baskets)
        return cls(np.asarray(matrix.mean(axis=0)).ravel())

    def scores(self, baskets: Baskets) -> Floats:
        """Score every item for each basket.

        Args:
            baskets: multi-hot or sparse (count, items).

        Returns:
            float64 (count, items), read-only; the same for each basket, what is in it included.

        Raises:
            ValueError: if there are not as many items as in training.
        """
        count = sparse(baskets, len(self.shares)).shape[0]
        return np.broadcast_to(self.shares, (count, len(self.shares)))
