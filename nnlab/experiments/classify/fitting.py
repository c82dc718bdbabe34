"""What is fitted to images that were held out from training, after the training."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlab.experiments.classify.reading import TEMPERATURE, observed
from nnlab.experiments.classify.typicality import TYPICALITY, Typicality
from nnlab.experiments.contract import Data
from nnlab.inference import Network
from nnlab.metrics import best_temperature

FEWEST_HELD_OUT = 100
"""Images from which on anything is fitted to them."""
MOST_COMPARED = 10_000
"""Training images of which the means and the covariance are taken, equally many of each class."""


def fitted_facts(network: Network, data: Data) -> Mapping[str, Any]:
    """Fit the temperature and typicality, if enough images were held out.

    Args:
        network: From images to the probabilities of the classes.
        data: Arrays `images` and `labels`, and the rows `training` and `validation`.

    Returns:
        Both as facts, or nothing.
    """
    held_out = data.arrays.get("validation", np.empty(0, np.intp))
    if len(held_out) < FEWEST_HELD_OUT:
        return {}
    images, labels, training = (data.arrays[name] for name in ("images", "labels", "training"))
    classes = np.unique(labels[training])
    most = max(1, MOST_COMPARED // len(classes))
    compared = np.concatenate([training[labels[training] == one][:most] for one in classes])
    _, known = observed(network, images[compared])
    probabilities, features = observed(network, images[held_out])
    return {
        TEMPERATURE: fitted_temperature(probabilities, labels[held_out]),
        TYPICALITY: Typicality.fit(known, labels[compared], features).as_fact(),
    }


def fitted_temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Fit the temperature on images that were held out from training.

    Args:
        probabilities: Of the network, (count, classes).
        labels: (count,).
    """
    temperature = best_temperature(probabilities, labels)
    # without a mistake the best one is near 0, which would claim certainty
    faultless = (probabilities.argmax(axis=1) == labels).all()
    return max(1.0, temperature) if faultless else temperature
