from itertools import pairwise
from pathlib import Path

import pytest

from nnlab.models.describe import Description
from nnlab.plots.network.layout import arrange
from tests.plots.network.networks import (
    arrows,
    conv2d,
    dense,
    draw,
    lstm,
    max_pooling2d,
    network,
    node,
)


def chain(length: int) -> Description:
    names = ["image", *(f"layer_{number}" for number in range(1, length))]
    nodes = [dense(name, before, 64, "tanh") for before, name in pairwise(names)]
    return network({"image": (64,)}, nodes)


def test_the_report_cnn_is_drawn_with_kinds_shapes_activations_and_weights(tmp_path: Path) -> None:
    nodes = [
        node("scale", "rescale", "image", scale=1 / 255, offset=0.0),
        conv2d("conv_1", "scale", "valid"),
        max_pooling2d("pool", "conv_1"),
        node("drop", "dropout", "pool"),
        node("flat", "flatten", "drop"),
        dense("digit", "flat", 10),
    ]
    _, texts = draw(network({"image": (28, 28, 1)}, nodes), tmp_path)
    assert {"The network: 54,410 weights", "26 × 26 × 32", "320 weights", "softmax"} <= set(texts)
    assert {"max pooling", "2 × 2", "3 × 3, relu"} <= set(texts)


@pytest.mark.parametrize("length", [2, 12, 13, 40])
def test_a_chain_of_any_length_is_drawn(tmp_path: Path, length: int) -> None:
    figure, texts = draw(chain(length), tmp_path)
    assert sum(text == "dense" for text in texts) == length - 1
    width, height = figure.get_size_inches()
    assert (width > height) == (length <= 12)


def test_two_inputs_and_a_partly_used_output_are_drawn(tmp_path: Path) -> None:
    nodes = [
        lstm("encoder", "source", units=256, return_state=True),
        lstm("decoder", "target", "encoder:1", "encoder:2", units=256, return_sequences=True),
        dense("character", "decoder", 90),
    ]
    _, texts = draw(network({"source": (19, 70), "target": (54, 90)}, nodes), tmp_path)
    assert {"source", "target", "19 steps × 70", "256 units"} <= set(texts)


def test_a_layer_called_twice_names_the_weights_that_it_shares(tmp_path: Path) -> None:
    second = dense("twin", "right", 8) | {"layer": "shared"}
    nodes = [dense("shared", "left", 8), second, node("sum", "add", "shared", "twin")]
    _, texts = draw(network({"left": (4,), "right": (4,)}, nodes), tmp_path)
    assert "weights of shared" in texts
    assert "The network: 40 weights" in texts


def test_skips_of_a_deep_network_are_drawn(tmp_path: Path) -> None:
    nodes, last, skips = [], "page", []
    for level in range(4):
        nodes.append(conv2d(f"down_{level}", last))
        nodes.append(max_pooling2d(f"pool_{level}", f"down_{level}"))
        last = f"pool_{level}"
        skips.append(f"down_{level}")
    for level in range(4):
        up, join = f"up_{level}", f"join_{level}"
        nodes.append(node(up, "up_sampling2d", last, size=[2, 2], interpolation="nearest"))
        nodes.append(node(join, "concatenate", up, skips.pop(), axis=-1))
        nodes.append(conv2d(f"conv_{level}", join))
        last = f"conv_{level}"
    figure, _ = draw(network({"page": (64, 64, 1)}, nodes), tmp_path)
    assert arrows(figure) == sum(len(entry["inputs"]) for entry in nodes)


def test_a_name_that_is_long_is_drawn(tmp_path: Path) -> None:
    name = "a_layer_with_a_name_longer_than_anybody_would_type"
    draw(network({"x": (2,)}, [dense(name, "x")]), tmp_path)


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
