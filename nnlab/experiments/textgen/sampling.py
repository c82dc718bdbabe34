"""Drawing one character out of a distribution over all of them."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Sampler:
    """How bold a choice is: temperature, then the k likeliest, then the nucleus.

    Attributes:
        temperature: Below 1 the likely become likelier, above 1 less so; 0 takes the likeliest.
        top_k: Choose among this many of the likeliest; 0: all.
        top_p: Choose among the fewest likeliest whose probabilities sum to this (Holtzman et al.
            2020, nucleus sampling); 1: all.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0

    def weights(self, probabilities: np.ndarray) -> np.ndarray:
        """Return how often each is chosen, up to a common factor.

        Args:
            probabilities: (count,), at least 0.

        Returns:
            (count,), 0 to 1; 1 for the likeliest, of equals for the first at temperature 0.
        """
        if self.temperature == 0:
            weights = np.zeros(len(probabilities))
            weights[probabilities.argmax()] = 1.0
            return weights
        # float64: a chance just below 1 times a sum in float32 is the sum, and would choose the
        # last index, whatever its weight
        likely = probabilities.astype(np.float64)
        weights = (likely / likely.max()) ** (1.0 / self.temperature)
        if self.top_k or self.top_p < 1:
            return self._likeliest(weights)
        result: np.ndarray = weights
        return result

    def pick(self, probabilities: np.ndarray, chance: float) -> int:
        """Choose an index.

        Args:
            probabilities: (count,), at least 0.
            chance: Uniform from 0 to 1, 1 excluded: what decides.
        """
        sums = self.weights(probabilities).cumsum()
        return min(int(sums.searchsorted(chance * sums[-1], side="right")), len(sums) - 1)

    def _likeliest(self, weights: np.ndarray) -> np.ndarray:
        order = (-weights).argsort(kind="stable")
        if self.top_k:
            order = order[: self.top_k]
        if self.top_p < 1:
            sums = weights[order].cumsum()
            order = order[: int(sums.searchsorted(self.top_p * sums[-1])) + 1]
        chosen = np.zeros_like(weights)
        chosen[order] = weights[order]
        return chosen
