"""EASE: the best linear recommender, in closed form."""

from dataclasses import dataclass

import numpy as np

from nnlab.experiments.recommend.baselines.baskets import co_occurrences, sparse, training_baskets
from nnlab.metrics.ranking import Baskets, Floats


@dataclass(frozen=True)
class EASE:
    """Predicts each item from all others by ridge regression.

    Steck, "Embarrassingly shallow autoencoders for sparse data" (WWW 2019): of all matrices B
    without a diagonal, the one that minimises |X - XB|² + penalty |B|² over the baskets X.

    Attributes:
        weights: float64 (items, items); row: item in the basket, column: item that is scored.
        bias: float64 (items,), what an item scores in an empty basket; 0 without a constant.
    """

    weights: Floats
    bias: Floats

    @classmethod
    def fit(cls, baskets: Baskets, penalty: float = 1000.0, constant: bool = False) -> "EASE":
        """Solve for the weights: one inverse of a matrix (items, items).

        Args:
            baskets: multi-hot or sparse (count, items).
            penalty: on the squares of the weights (Steck's lambda), above 0. Without a constant
                it takes about 1,000 on 169 groceries, with one about 50.
            constant: whether a column of ones is added to the baskets, so that items have a bias;
                its weights are penalised like the others.

        Raises:
            ValueError: if there is no basket, a number is neither 0 nor 1, or no penalty.
        """
        if not penalty > 0:
            raise ValueError(f"expected a penalty above 0, got {penalty}")
        matrix = training_baskets(baskets)
        gram = co_occurrences(matrix)
        if constant:
            counts = gram.diagonal()[:, None]
            gram = np.block([[gram, counts], [counts.T, np.array([[matrix.shape[0]]])]])
        inverse = np.linalg.inv(gram + penalty * np.eye(len(gram)))
        weights = -inverse / inverse.diagonal()
        np.fill_diagonal(weights, 0)
        items = matrix.shape[1]
        bias = weights[items, :items] if constant else np.zeros(items)
        return cls(weights[:items, :items], bias)

    def scores(self, baskets: Baskets) -> Floats:
        """Predict every item from the basket.

        Args:
            baskets: multi-hot or sparse (count, items).

        Returns:
            float64 (count, items), about 0 to 1; items in the basket are scored too.

        Raises:
            ValueError: if there are not as many items as in training.
        """
        return np.asarray(sparse(baskets, len(self.weights)) @ self.weights) + self.bias
