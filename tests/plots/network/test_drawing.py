from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from nnlab.plots.network.drawing import draw_network
from nnlab.plots.network.glyphs import Shape
from nnlab.plots.network.layout import arrange
from tests.annotations import Node
from tests.plots.figures import FOOTER, check

Shapes = Mapping[str, Shape]


def node(name: str, kind: str, *inputs: str, **settings: object) -> Node:
    return {"name": name, "kind": kind, "settings": settings, "inputs": list(inputs)}


def drawing(
    inputs: Shapes, nodes: Sequence[Node], shapes: Shapes, weights: Mapping[str, int]
) -> Figure:
    entries = [{"name": name, "shape": list(shape)} for name, shape in inputs.items()]
    description = {"inputs": entries, "nodes": nodes, "outputs": [nodes[-1]["name"]]}
    return draw_network(description, {**inputs, **shapes}, weights, "the network", FOOTER)


def chain(length: int) -> Figure:
    names = ["image", *(f"layer_{number}" for number in range(1, length))]
    nodes = [
        node(name, "dense", before, units=64, activation="tanh") for before, name in pairwise(names)
    ]
    weights = dict.fromkeys(names[1:], 4160)
    return drawing({"image": (64,)}, nodes, dict.fromkeys(names[1:], (64,)), weights)


def test_the_report_cnn_is_drawn_with_kinds_shapes_activations_and_weights(tmp_path: Path) -> None:
    nodes = [
        node("scale", "rescale", "image", scale=1 / 255, offset=0.0),
        node("conv_1", "conv2d", "scale", filters=32, kernel_size=[3, 3], activation="relu"),
        node("pool", "max_pooling2d", "conv_1", pool_size=[2, 2]),
        node("drop", "dropout", "pool", rate=0.25),
        node("flat", "flatten", "drop"),
        node("digit", "dense", "flat", units=10, activation="softmax"),
    ]
    shapes = {
        "scale": (28, 28, 1),
        "conv_1": (26, 26, 32),
        "pool": (13, 13, 32),
        "drop": (13, 13, 32),
        "flat": (5408,),
        "digit": (10,),
    }
    figure = drawing({"image": (28, 28, 1)}, nodes, shapes, {"conv_1": 320, "digit": 54090})
    texts = check(figure, tmp_path)
    assert {"the network: 54,410 weights", "26 × 26 × 32", "320 weights", "softmax"} <= set(texts)
    assert {"max pooling2d", "2 × 2", "25 %", "3 × 3, relu"} <= set(texts)


@pytest.mark.parametrize("length", [2, 12, 13, 40])
def test_a_chain_of_any_length_is_drawn(tmp_path: Path, length: int) -> None:
    figure = chain(length)
    texts = check(figure, tmp_path)
    assert sum(text == "dense" for text in texts) == length - 1
    width, height = figure.get_size_inches()
    assert (width > height) == (length <= 12)


def test_two_inputs_and_a_partly_used_output_are_drawn(tmp_path: Path) -> None:
    nodes = [
        node("encoder", "lstm", "source", units=256),
        node("decoder", "lstm", "target", "encoder:1", "encoder:2", units=256),
        node("character", "dense", "decoder", activation="softmax"),
    ]
    shapes = {"encoder": (256,), "decoder": (None, 256), "character": (None, 90)}
    figure = drawing({"source": (None, 70), "target": (None, 90)}, nodes, shapes, {})
    texts = check(figure, tmp_path)
    assert {"source", "target", "n steps × 70", "256 units"} <= set(texts)


def test_a_layer_called_twice_names_the_weights_that_it_shares(tmp_path: Path) -> None:
    second = node("twin", "dense", "right", units=8) | {"layer": "shared"}
    nodes = [node("shared", "dense", "left", units=8), second, node("sum", "add", "shared", "twin")]
    shapes = dict.fromkeys(("shared", "twin", "sum"), (8,))
    inputs = {"left": (4,), "right": (4,)}
    texts = check(drawing(inputs, nodes, shapes, {"shared": 40}), tmp_path)
    assert "weights of shared" in texts
    assert "the network: 40 weights" in texts


def test_skips_of_a_deep_network_are_drawn(tmp_path: Path) -> None:
    nodes, last, skips = [], "page", []
    for level in range(4):
        nodes.append(node(f"down_{level}", "conv2d", last, kernel_size=[3, 3], activation="relu"))
        nodes.append(node(f"pool_{level}", "max_pooling2d", f"down_{level}", pool_size=[2, 2]))
        last = f"pool_{level}"
        skips.append(f"down_{level}")
    for level in range(4):
        nodes.append(node(f"up_{level}", "up_sampling2d", last))
        nodes.append(node(f"join_{level}", "concatenate", f"up_{level}", skips.pop()))
        nodes.append(node(f"conv_{level}", "conv2d", f"join_{level}", kernel_size=[3, 3]))
        last = f"conv_{level}"
    shapes = {entry["name"]: (16, 16, 32) for entry in nodes}
    figure = drawing({"page": (None, None, 1)}, nodes, shapes, {"down_0": 320})
    check(figure, tmp_path)
    arrows = sum(len(entry["inputs"]) for entry in nodes)
    assert (
        sum(type(patch).__name__ == "FancyArrowPatch" for patch in figure.axes[0].patches) == arrows
    )


def test_names_that_are_long_or_look_like_formulas_are_drawn(tmp_path: Path) -> None:
    name = "a_layer_$with$_a_name_longer_than_anybody_would_type_$"
    figure = drawing({"x": (2,)}, [node(name, "dense", "x")], {name: (3,)}, {name: 9})
    check(figure, tmp_path)


# positions of nodes -----------------------------------------------------------------------------


def test_a_node_is_one_layer_after_its_last_source() -> None:
    places = arrange({"a": [], "b": ["a"], "c": ["b", "a"], "d": ["c"]}).places
    assert [places[name].layer for name in "abcd"] == [0, 1, 2, 3]
    assert [places[name].lane for name in "abcd"] == [0, 0, 0, 0]


def test_an_input_is_one_layer_before_its_first_use() -> None:
    places = arrange({"x": [], "late": [], "b": ["x"], "c": ["b"], "d": ["c", "late"]}).places
    assert places["late"].layer == places["c"].layer
    assert places["late"].lane != places["c"].lane


def test_no_skip_crosses_a_node_and_short_skips_are_inside_long_ones() -> None:
    sources = {"a": [], "b": ["a"], "c": ["b"], "d": ["c"], "e": ["d", "b"], "f": ["e", "a"]}
    layout = arrange(sources)
    nodes = set(layout.places.values())
    assert all(nodes.isdisjoint(route[1:-1]) for route in layout.routes)
    lanes = {route[0].layer: route[1].lane for route in layout.routes if len(route) > 2}
    assert lanes == {1: 1, 0: 2}


def test_using_a_source_twice_is_one_edge() -> None:
    assert len(arrange({"x": [], "square": ["x", "x"]}).routes) == 1
