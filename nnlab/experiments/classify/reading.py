"""Reading images with a network: how probable each class is, and how typical the image."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from nnlab.errors import CheckpointError
from nnlab.experiments.classify.scoring import TEMPERATURE, fitted_temperature
from nnlab.experiments.classify.typicality import TYPICALITY, Typicality
from nnlab.experiments.contract import Data, Model
from nnlab.inference import Network
from nnlab.inference.finite import check_finite
from nnlab.inference.layers import Dense
from nnlab.metrics import tempered

FEWEST_HELD_OUT = 100
"""Images from which on anything is fitted to them."""
MOST_LEARNED = 10_000
"""Training images of which the places of the classes are taken."""


class Reading(NamedTuple):
    """What is read in some images.

    Attributes:
        raw: Probabilities of the classes as the network gives them, (count, classes).
        probabilities: The same, calibrated.
        typicality: Of each image, (count,); None if the checkpoint does not know.
    """

    raw: np.ndarray
    probabilities: np.ndarray
    typicality: np.ndarray | None


class Reader:
    """A network with what is fitted to held-out images.

    Attributes:
        tensors: The outputs of nodes that a reading is made of.
    """

    def __init__(self, model: Model[Any]) -> None:
        self._network = model.network
        self._temperature = model.facts.get(TEMPERATURE, 1.0)
        known = model.facts.get(TYPICALITY)
        self._typicality = Typicality.from_fact(known) if known else None
        self.tensors = ends(model.network) if known else tuple(model.network.output_shapes)

    def read(self, images: np.ndarray) -> Reading:
        """Read images (count, height, width), as the network wants them.

        Raises:
            CheckpointError: The network computes no finite numbers.
        """
        return self.reading(self._network.tapped(*self.tensors[:-1]).outputs(images))

    def reading(self, found: Mapping[str, np.ndarray]) -> Reading:
        """Make a reading of `tensors` by name.

        Raises:
            CheckpointError: They are not finite.
        """
        for name in self.tensors:
            check_finite(found[name])
        *features, raw = (found[name] for name in self.tensors)
        typicality = self._typicality.of(*features) if self._typicality else None
        return Reading(raw, tempered(raw, self._temperature), typicality)


def ends(network: Network) -> tuple[str, str]:
    """Return the names of the features, which the last layer reads, and of the probabilities.

    Raises:
        CheckpointError: The network does not end in a dense layer.
    """
    (last,) = network.output_shapes
    node = network.graph.nodes[last]
    if not isinstance(node.layer, Dense):
        raise CheckpointError(f"expected a dense layer at the end, but it ends in {node.kind}")
    (features,) = node.inputs
    return features, last


def fitted_facts(network: Network, data: Data) -> Mapping[str, Any]:
    """Fit the temperature and typicality on the images that were held out, if they are enough.

    Args:
        network: From images to the probabilities of the classes.
        data: Arrays `images` and `labels`, and the rows `training` and `validation`.

    Returns:
        Both as facts, or nothing.
    """
    held_out = data.arrays.get("validation", ())
    if len(held_out) < FEWEST_HELD_OUT:
        return {}
    images, labels, training = (data.arrays[name] for name in ("images", "labels", "training"))
    learned = training[:: -(-len(training) // MOST_LEARNED)]
    features, last = ends(network)
    known = network.part(network.input_shapes, [features]).answer(images[learned])
    held = network.tapped(features).outputs(images[held_out])
    check_finite(held[last])
    places = Typicality.fit(known, labels[learned], held[features])
    return {
        TEMPERATURE: fitted_temperature(held[last], labels[held_out]),
        TYPICALITY: places.as_fact(),
    }
