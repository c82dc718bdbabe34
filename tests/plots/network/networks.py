"""Small networks for drawings, and drawings of them."""

from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure

from nnlab.inference import checked_graph
from nnlab.models.describe import Description
from nnlab.plots.network.drawing import draw_network
from tests.annotations import Node
from tests.plots.figures import FOOTER, check


def node(name: str, kind: str, *inputs: str, **settings: object) -> Node:
    return {"name": name, "kind": kind, "settings": settings, "inputs": list(inputs)}


def lstm(name: str, *inputs: str, units: int = 8, **settings: object) -> Node:
    flags = {"return_sequences": False, "return_state": False, "use_bias": True}
    return node(name, "lstm", *inputs, units=units, **(flags | settings))


def dense(name: str, source: str, units: int = 5, activation: str = "softmax") -> Node:
    return node(name, "dense", source, units=units, activation=activation, use_bias=True)


def conv2d(name: str, source: str, padding: str = "same") -> Node:
    settings = {"filters": 32, "kernel_size": [3, 3], "strides": [1, 1], "padding": padding}
    return node(name, "conv2d", source, **settings, activation="relu", use_bias=True)


def max_pooling2d(name: str, source: str) -> Node:
    return node(name, "max_pooling2d", source, pool_size=[2, 2], strides=[2, 2], padding="same")


def network(inputs: Mapping[str, tuple[int, ...]], nodes: list[Node], *outputs: str) -> Description:
    entries = [{"name": name, "shape": list(shape)} for name, shape in inputs.items()]
    return {"inputs": entries, "nodes": nodes, "outputs": list(outputs or [nodes[-1]["name"]])}


def draw(description: Description, folder: Path) -> tuple[Figure, list[str]]:
    figure = draw_network(checked_graph(description), "The network", FOOTER)
    return figure, check(figure, folder)


def arrows(figure: Figure) -> int:
    return sum(type(patch).__name__ == "FancyArrowPatch" for patch in figure.axes[0].patches)
