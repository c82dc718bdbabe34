"""A network description comes from anyone: it is valid, or refused with CheckpointError."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.errors import CheckpointError
from nnlab.inference import checked_graph

Place = tuple[str | int, ...]
"""The keys and numbers on the way to a value inside a description."""

VALID: dict[str, Any] = {
    "inputs": [{"name": "image", "shape": [8, 8]}, {"name": "other", "shape": [3]}],
    "nodes": [
        {
            "name": "channel",
            "kind": "reshape",
            "settings": {"shape": [8, 8, 1]},
            "inputs": ["image"],
        },
        {
            "name": "convolution",
            "kind": "conv2d",
            "settings": {
                "filters": 2,
                "kernel_size": [3, 3],
                "strides": [1, 1],
                "padding": "valid",
                "activation": "relu",
                "use_bias": True,
            },
            "inputs": ["channel"],
        },
        {
            "name": "pool",
            "kind": "max_pooling2d",
            "settings": {"pool_size": [2, 2], "strides": [2, 2], "padding": "valid"},
            "inputs": ["convolution"],
        },
        {"name": "flatten", "kind": "flatten", "settings": {}, "inputs": ["pool"]},
        {
            "name": "hidden",
            "kind": "dense",
            "settings": {"units": 3, "activation": "relu", "use_bias": True},
            "inputs": ["flatten"],
        },
        {
            "name": "first",
            "kind": "dense",
            "settings": {"units": 3, "activation": "linear", "use_bias": False},
            "inputs": ["hidden"],
        },
        {
            "name": "second",
            "layer": "first",
            "kind": "dense",
            "settings": {"units": 3, "activation": "linear", "use_bias": False},
            "inputs": ["other"],
        },
        {"name": "sum", "kind": "add", "settings": {}, "inputs": ["first", "second"]},
        {
            "name": "joined",
            "kind": "concatenate",
            "settings": {"axis": -1},
            "inputs": ["sum", "hidden"],
        },
        {
            "name": "scale",
            "kind": "rescale",
            "settings": {"scale": 2, "offset": 0.5},
            "inputs": ["joined"],
        },
        {"name": "mask", "kind": "masking", "settings": {"mask_value": 0}, "inputs": ["image"]},
        {
            "name": "encoder",
            "kind": "lstm",
            "settings": {
                "units": 3,
                "return_sequences": False,
                "return_state": True,
                "use_bias": True,
            },
            "inputs": ["mask"],
        },
        {
            "name": "embedding",
            "kind": "embedding",
            "settings": {"input_dim": 5, "output_dim": 4, "mask_zero": True},
            "inputs": ["other"],
        },
        {
            "name": "decoder",
            "kind": "lstm",
            "settings": {
                "units": 3,
                "return_sequences": True,
                "return_state": False,
                "use_bias": False,
            },
            "inputs": ["embedding", "encoder:1", "encoder:2"],
        },
        {
            "name": "repeat",
            "kind": "repeat_vector",
            "settings": {"count": 3},
            "inputs": ["encoder"],
        },
        {"name": "both", "kind": "add", "settings": {}, "inputs": ["decoder", "repeat"]},
    ],
    "outputs": ["scale", "sum", "both", "encoder:2"],
}

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["image", "first", "encoder:1", "encoder:3", "dense", "lstm", "relu", "same"])
    | st.sampled_from([0, -1, 10**9, 2**24]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


def _places(value: Any, path: Place = ()) -> list[Place]:
    """Paths to everything inside a JSON value."""
    if not isinstance(value, (dict, list)):
        return [path]
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    return [path, *(place for key, item in inside for place in _places(item, (*path, key)))]


def changed(path: Place, value: Any) -> Any:
    """VALID with the value at `path` replaced."""
    if not path:
        return value
    description = copy.deepcopy(VALID)
    parent: Any = description
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = value
    return description


def test_a_valid_description_tells_its_variables() -> None:
    assert checked_graph(VALID).variable_shapes() == {
        "convolution/kernel": (3, 3, 1, 2),
        "convolution/bias": (2,),
        "hidden/kernel": (18, 3),
        "hidden/bias": (3,),
        "first/kernel": (3, 3),
        "encoder/kernel": (8, 12),
        "encoder/recurrent_kernel": (3, 12),
        "encoder/bias": (12,),
        "embedding/embeddings": (5, 4),
        "decoder/kernel": (4, 12),
        "decoder/recurrent_kernel": (3, 12),
    }
    assert json.loads(json.dumps(VALID)) == VALID


@settings(max_examples=300)
@given(path=st.sampled_from(_places(VALID)), value=json_values)
def test_a_change_anywhere_is_accepted_or_refused(path: Place, value: object) -> None:
    try:
        variables = checked_graph(changed(path, value)).variable_shapes()
    except CheckpointError as error:
        assert str(error).startswith("network: ")
        assert len(str(error)) < 2000
        assert str(error).isprintable()
    else:
        assert all(length >= 1 for shape in variables.values() for length in shape)


@given(json_values)
def test_any_json_is_accepted_or_refused(value: Any) -> None:
    with pytest.raises(CheckpointError):
        checked_graph(value).variable_shapes()


FIELDS = [path for path in _places(VALID) if path and isinstance(path[-1], str)]


@pytest.mark.parametrize("path", FIELDS, ids=lambda path: "-".join(map(str, path)))
def test_a_missing_field_is_refused(path: Place) -> None:
    description = copy.deepcopy(VALID)
    parent: Any = description
    for key in path[:-1]:
        parent = parent[key]
    del parent[path[-1]]
    if path[-1] == "layer":
        assert "second/kernel" in checked_graph(description).variable_shapes()
    else:
        with pytest.raises(CheckpointError, match=f"expected a field '{path[-1]}'"):
            checked_graph(description).variable_shapes()


NODES = {node["name"]: number for number, node in enumerate(VALID["nodes"])}


@pytest.mark.parametrize(
    ("node", "field", "value", "message"),
    [
        ("hidden", "kind", "dens", "unknown kind of layer 'dens'; did you mean 'dense'"),
        ("hidden", "kind", "lambda", "unknown kind of layer"),
        ("hidden", "kind", ["dense"], "unknown kind of layer"),
        ("hidden", "name", "flatten", "'flatten' comes twice"),
        ("hidden", "name", "image", "'image' comes twice"),
        ("hidden", "name", "a/b", "expected a name"),
        ("hidden", "name", "a\n", "expected a name"),
        ("hidden", "inputs", ["flaten"], "did you mean 'flatten'"),
        ("hidden", "inputs", ["hidden"], "expected an earlier node"),
        ("hidden", "inputs", ["sum"], "expected an earlier node"),
        ("hidden", "inputs", ["flatten:1"], "expected an earlier node"),
        ("hidden", "inputs", [], "expected a list"),
        ("hidden", "inputs", ["flatten", "flatten"], "expected one input"),
        ("sum", "inputs", ["first"], "expected two or more inputs"),
        ("sum", "inputs", ["first", "flatten"], r"of shape \(3,\), but it is \(18,\)"),
        ("sum", "inputs", ["first", "image"], r"of shape \(3,\), but it is \(8, 8\)"),
        ("joined", "inputs", ["sum", "image"], "but for axis -1"),
        ("joined", "settings", {"axis": 2}, "with an axis 2"),
        ("joined", "settings", {"axis": -2}, "with an axis -2"),
        ("joined", "settings", {"axis": 0}, "not 0"),
        ("channel", "settings", {"shape": [8, 9, 1]}, "holds 72 numbers"),
        ("channel", "settings", {"shape": [8, 8, -1]}, "whole numbers from 1"),
        ("convolution", "inputs", ["image"], r"\(height, width, channels\)"),
        ("pool", "settings", {"pool_size": [9, 9], "strides": [1, 1], "padding": "valid"}, "9 or"),
        (
            "pool",
            "settings",
            {"pool_size": [2], "strides": [1, 1], "padding": "valid"},
            "two whole",
        ),
        ("pool", "settings", {"pool_size": [2, 2], "strides": [0, 1], "padding": "same"}, "from 1"),
        ("scale", "settings", {"scale": float("nan"), "offset": 0}, "a number within ±3e38"),
        ("scale", "settings", {"scale": 1e39, "offset": 0}, "a number within ±3e38"),
        ("scale", "settings", {"scale": True, "offset": 0}, "a number within ±3e38"),
        ("scale", "settings", {"scale": 1, "offset": 0, "ofset": 1}, "did you mean 'offset'"),
        ("both", "inputs", ["decoder", "encoder:0"], "did you mean 'encoder"),
        ("both", "inputs", ["decoder", "encoder:3"], "did you mean 'encoder"),
        ("both", "inputs", ["decoder", "decoder:1"], "expected an earlier node"),
        ("both", "inputs", ["decoder", "image:1"], "expected an earlier node"),
        ("both", "name", "encoder:1", "expected a name"),
        ("decoder", "inputs", ["embedding", "encoder:1"], "expected one or three inputs"),
        ("decoder", "inputs", ["embedding"] * 4, "expected one or three inputs"),
        ("decoder", "inputs", ["embedding", "encoder:1", "flatten"], r"\(3,\) as a state"),
        ("decoder", "inputs", ["other"], r"\(1 time step or more, features\), but it is \(3,\)"),
        ("encoder", "settings", {"units": 3}, "expected a field 'return_sequences'"),
        ("embedding", "inputs", ["mask", "mask"], "expected one input"),
        ("repeat", "settings", {"count": 0}, "from 1 to"),
        ("repeat", "inputs", ["image"], r"\(features,\), but it is \(8, 8\)"),
        ("second", "layer", "third", "expected an earlier node"),
        ("second", "layer", "hidden", "kind, settings or shapes differ"),
        ("second", "layer", "image", "expected an earlier node"),
        ("second", "inputs", ["flatten"], "kind, settings or shapes differ"),
    ],
)
def test_a_bad_node_is_refused_by_name(node: str, field: str, value: object, message: str) -> None:
    with pytest.raises(CheckpointError, match=message) as caught:
        checked_graph(changed(("nodes", NODES[node], field), value)).variable_shapes()
    assert field == "name" or f"node '{node}'" in str(caught.value)


def _dense(name: str, source: str, units: int) -> dict[str, Any]:
    settings = {"units": units, "activation": "linear", "use_bias": False}
    return {"name": name, "kind": "dense", "settings": settings, "inputs": [source]}


def test_absurd_sizes_are_refused() -> None:
    wide, huge = [{"name": "x", "shape": [2**24]}], [{"name": "x", "shape": [2**24, 2**24]}]
    for inputs, message in ((wide, "weights, but it has"), (huge, "numbers between layers")):
        nodes = [_dense("y", "x", 2**24 if inputs is wide else 1)]
        with pytest.raises(CheckpointError, match=message):
            checked_graph({"inputs": inputs, "nodes": nodes, "outputs": ["y"]}).variable_shapes()
    with pytest.raises(CheckpointError, match="whole numbers from 1"):
        checked_graph(changed(("inputs", 0, "shape"), [2**25])).variable_shapes()
    with pytest.raises(CheckpointError, match="list of 1 to 1000"):
        checked_graph(changed(("nodes",), VALID["nodes"] * 101)).variable_shapes()


def _description(inputs: list[int], **node: Any) -> dict[str, Any]:
    node = {"name": "y", "inputs": ["x"], **node}
    return {"inputs": [{"name": "x", "shape": inputs}], "nodes": [node], "outputs": ["y"]}


def test_the_memory_of_an_lstm_counts() -> None:
    """Its gates at all time steps take more than what it puts out."""
    lstm = {"units": 2**10, "return_sequences": False, "return_state": False, "use_bias": True}
    checked_graph(_description([2**14, 1], kind="lstm", settings=lstm)).variable_shapes()
    with pytest.raises(CheckpointError, match="numbers between layers"):
        checked_graph(_description([2**17, 1], kind="lstm", settings=lstm)).variable_shapes()
    wide = {**lstm, "units": 2**14}
    with pytest.raises(CheckpointError, match="weights, but it has"):
        checked_graph(_description([1, 1], kind="lstm", settings=wide)).variable_shapes()


def test_many_embeddings_of_embeddings_are_refused() -> None:
    nodes = [
        {
            "name": f"y_{number}",
            "kind": "embedding",
            "settings": {"input_dim": 1, "output_dim": 1, "mask_zero": False},
            "inputs": [f"y_{number - 1}" if number else "x"],
        }
        for number in range(9)
    ]
    description = {"inputs": [{"name": "x", "shape": []}], "nodes": nodes, "outputs": ["y_7"]}
    with pytest.raises(CheckpointError, match="'y_8': expected an input of shape of at most 7"):
        checked_graph(description).variable_shapes()
    assert len(checked_graph(description | {"nodes": nodes[:8]}).variable_shapes()) == 8


def test_an_output_that_comes_twice_is_refused() -> None:
    with pytest.raises(CheckpointError, match="each output once"):
        checked_graph(changed(("outputs",), ["sum", "sum"])).variable_shapes()
