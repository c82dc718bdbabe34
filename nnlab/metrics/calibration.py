"""Whether a classifier is as often right as its probabilities say (Guo et al., 2017)."""

import numpy as np

BINS = 15
LEAST = float(np.finfo(np.float32).tiny)
"""Stands for probabilities that a network has rounded to 0."""
LEAST_LIKELY = 1e-7
"""Below, a wrong answer costs no more in the fit: one could decide it otherwise."""
TEMPERATURES = (0.1, 10.0)
"""Limits of the fit."""
ROUNDS = 60
"""Of the search, each of which leaves .62 of the interval."""


def expected_calibration_error(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Return how far the probability of the likeliest class is from how often it is right.

    The mean over bins of equal width, weighted by what falls into them.

    Args:
        probabilities: (count, classes); one row or more.
        labels: (count,), the right classes.

    Returns:
        0 to 1.
    """
    sure = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, right - sure, minlength=BINS)
    return float(np.abs(gaps).sum() / len(labels))


def tempered(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Return probabilities whose logarithms are divided by a temperature; above 1 less sure.

    Args:
        probabilities: (count, classes).
        temperature: Above 0; 1 changes nothing but rounding.
    """
    powers = np.log(np.maximum(probabilities.astype(np.float64), LEAST)) / temperature
    weights = np.exp(powers - powers.max(axis=1, keepdims=True))
    result: np.ndarray = weights / weights.sum(axis=1, keepdims=True)
    return result


def best_temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Return the temperature with which held-out labels are likeliest, rounded to thousandths.

    Args:
        probabilities: (count, classes), of examples that the network was not trained on.
        labels: (count,), their classes.
    """

    def cost(exponent: float) -> float:
        likely = tempered(probabilities, np.exp(exponent))[np.arange(len(labels)), labels]
        return -float(np.log(np.maximum(likely, LEAST_LIKELY)).mean())

    low, high = np.log(TEMPERATURES)
    golden = (np.sqrt(5) - 1) / 2
    for _ in range(ROUNDS):
        lower, upper = high - golden * (high - low), low + golden * (high - low)
        if cost(lower) <= cost(upper):
            high = upper
        else:
            low = lower
    return round(float(np.exp((low + high) / 2)), 3)
