"""Items that are bought together: the recommender of the online shops of the 2000s."""

from dataclasses import dataclass

import numpy as np

from nnlab.experiments.recommend.baselines.baskets import co_occurrences, sparse, training_baskets
from nnlab.metrics.ranking import Baskets, Floats


@dataclass(frozen=True)
class ItemKNN:
    """Scores an item by its likeness to those in the basket.

    Sarwar et al., "Item-based collaborative filtering recommendation algorithms" (WWW 2001), with
    the cosine of the items' columns: baskets with both / sqrt(baskets with one * with the other).

    Attributes:
        similarities: float64 (items, items), 0 to 1; row: item in the basket, column: item that
            is scored. The diagonal is 0.
    """

    similarities: Floats

    @classmethod
    def fit(cls, baskets: Baskets) -> "ItemKNN":
        """Compare all items with each other.

        Args:
            baskets: multi-hot or sparse (count, items).

        Raises:
            ValueError: if there is no basket, or a number is neither 0 nor 1.
        """
        together = co_occurrences(training_baskets(baskets))
        lengths = np.sqrt(np.maximum(together.diagonal(), 1))
        similarities = together / lengths / lengths[:, None]
        np.fill_diagonal(similarities, 0)
        return cls(similarities)

    def scores(self, baskets: Baskets) -> Floats:
        """Add up the similarities of each item to those in the basket.

        Args:
            baskets: multi-hot or sparse (count, items).

        Returns:
            float64 (count, items), 0 and up; items in the basket are scored too.

        Raises:
            ValueError: if there are not as many items as in training.
        """
        return np.asarray(sparse(baskets, len(self.similarities)) @ self.similarities)
