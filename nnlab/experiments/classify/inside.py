"""What leads to a class: the image as the network gets it, its activations, all probabilities."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlab.datasets.images.in_json import image_as_json, pixels_as_text
from nnlab.experiments.classify.reading import Reader
from nnlab.experiments.contract import Answer, Model
from nnlab.inference import Network
from nnlab.inference.finite import check_finite

MOST_MAPS = 16
"""Maps of a layer that are shown, its first ones."""
LEAST = 1e-6
"""What still counts as an activation: a layer without any is black."""
_KINDS = {"conv2d": "convolution", "activation": "convolution", "max_pooling2d": "pooling"}
"""What the layers that are shown do, by their kind; an activation follows a convolution."""


def shown(model: Model[Any], image: np.ndarray) -> Answer:
    """Return the class of an image with what led to it.

    Args:
        model: A trained network.
        image: uint8 (height, width), as the network gets it.
    """
    network, names, reader = model.network, model.facts["class_names"], Reader(model)
    kinds = _image_layers(network)
    found = network.part(network.input_shapes, [*kinds, *reader.tensors]).outputs(image[None])
    for name in kinds:
        check_finite(found[name])
    reading = reader.reading(found)
    (probabilities,) = reading.probabilities
    every = [
        {"label": name, "probability": round(probability, 6)}
        for name, probability in zip(names, probabilities.tolist(), strict=True)
    ]
    return {
        **every[probabilities.argmax()],
        "probabilities": every,
        **reading.typical(0),
        "remarks": [f"This picture {doubt}."] if (doubt := reading.doubt(0)) else [],
        "image": image_as_json(image),
        "layers": [_layer(name, kind, found[name][0]) for name, kind in kinds.items()],
    }


def _image_layers(network: Network) -> Mapping[str, str]:
    """Return what the layers do whose outputs are images, by name: activated or pooled."""
    return {
        node.name: _KINDS[node.kind]
        for node in network.graph.needed()
        if node.kind in _KINDS
        and len(network.shapes[node.name]) == 3
        and node.settings.get("activation") != "linear"
    }


def _layer(name: str, kind: str, maps: np.ndarray) -> Answer:
    """Return the first maps of a layer, float32 (height, width, channels): 255 is its largest."""
    height, width, _ = maps.shape
    largest = max(float(maps.max()), LEAST)
    grey = (np.clip(maps[..., :MOST_MAPS], 0, None) * (255 / largest)).round().astype(np.uint8)
    return {
        "name": name,
        "kind": kind,
        "width": width,
        "height": height,
        "maps": [pixels_as_text(one) for one in np.moveaxis(grey, -1, 0)],
    }
