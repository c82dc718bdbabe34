"""Reading images with a network: how probable each class is, and how typical the image."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from nnlab.errors import CheckpointError
from nnlab.experiments.classify.typicality import (
    TYPICALITY,
    Typicality,
    doubt,
    reduced,
    reduced_size,
)
from nnlab.experiments.contract import Answer, Model
from nnlab.inference import Network
from nnlab.inference.finite import check_finite
from nnlab.inference.layers import Dense
from nnlab.metrics import tempered

TEMPERATURE = "temperature"
"""The fact that calibrates the probabilities."""
TOGETHER = 1_000
"""Images at a time; a large layer has many features."""


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

    def typical(self, number: int) -> Answer:
        """Return the typicality of an image as part of an answer; nothing if it is unknown."""
        if self.typicality is None:
            return {}
        return {TYPICALITY: round(float(self.typicality[number]), 6)}

    def doubt(self, number: int) -> str:
        """Say of an unusual image that it may be none of the classes; of others nothing."""
        return "" if self.typicality is None else doubt(float(self.typicality[number]))


class Reader:
    """A network with what was fitted to held-out images.

    Attributes:
        temperature: What the logarithms of the probabilities are divided by.
        tensors: The outputs of nodes that a reading is made of.
    """

    def __init__(self, model: Model[Any]) -> None:
        self._network = model.network
        self.temperature = model.facts.get(TEMPERATURE, 1.0)
        self._typicality = typicality_of(model.network, model.facts)
        (last,) = model.network.output_shapes
        self.tensors = (last,) if self._typicality is None else last_layer(model.network)

    def read(self, images: np.ndarray) -> Reading:
        """Read images (count, height, width), as the network wants them.

        Raises:
            CheckpointError: The network computes no finite numbers.
        """
        if self._typicality is None:
            return self._reading(self._network.answer(images))
        return self._reading(*observed(self._network, images))

    def reading(self, found: Mapping[str, np.ndarray]) -> Reading:
        """Make a reading of `tensors` by name.

        Raises:
            CheckpointError: They are not finite.
        """
        for name in self.tensors:
            check_finite(found[name])
        *features, raw = (found[name] for name in self.tensors)
        return self._reading(raw, *map(reduced, features))

    def _reading(self, raw: np.ndarray, features: np.ndarray | None = None) -> Reading:
        typicality = None
        if self._typicality is not None and features is not None:
            typicality = self._typicality.of(features)
        return Reading(raw, tempered(raw, self.temperature), typicality)


def observed(network: Network, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the probabilities of images (count, classes), and their features, reduced.

    Raises:
        CheckpointError: They are not finite, or the network does not end in a dense layer.
    """
    features, last = last_layer(network)
    tapped = network.tapped(features)
    probabilities, known = [], []
    for start in range(0, len(images), TOGETHER):
        found = tapped.outputs(images[start : start + TOGETHER], total=len(images))
        for array in found.values():
            check_finite(array)
        probabilities.append(found[last])
        known.append(reduced(found[features]))
    return np.concatenate(probabilities), np.concatenate(known)


def typicality_of(network: Network, facts: Mapping[str, Any]) -> Typicality | None:
    """Return what images are compared with, if the facts have it.

    Raises:
        CheckpointError: It is damaged, or does not fit the network.
    """
    if TYPICALITY not in facts:
        return None
    features, _ = last_layer(network)
    (size,) = network.shapes[features]
    return Typicality.from_fact(facts[TYPICALITY], len(facts["class_names"]), reduced_size(size))


def last_layer(network: Network) -> tuple[str, str]:
    """Return the names of what the last layer reads, the features, and of the probabilities.

    Raises:
        CheckpointError: The network does not end in a dense layer.
    """
    (last,) = network.output_shapes
    node = network.graph.nodes.get(last)
    if node is None or not isinstance(node.layer, Dense) or node.inputs[0] in network.graph.inputs:
        raise CheckpointError("expected a network that ends in a dense layer behind others")
    return node.inputs[0], last
