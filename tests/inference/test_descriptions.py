"""A network description comes from anyone: it is valid, or refused with CheckpointError."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.errors import CheckpointError
from nnlab.inference import expected_variables

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
    ],
    "outputs": ["scale", "sum"],
}

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["image", "first", "dense", "relu", "same", 0, -1, 10**9, 2**24]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


def _places(value: Any, path: tuple = ()) -> list[tuple]:
    """Paths to everything inside a JSON value."""
    if not isinstance(value, (dict, list)):
        return [path]
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    return [path, *(place for key, item in inside for place in _places(item, (*path, key)))]


def changed(path: tuple, value: Any) -> Any:
    """VALID with the value at `path` replaced."""
    if not path:
        return value
    description = copy.deepcopy(VALID)
    parent: Any = description
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = value
    return description


def test_a_valid_description_tells_its_variables():
    assert expected_variables(VALID) == {
        "convolution/kernel": (3, 3, 1, 2),
        "convolution/bias": (2,),
        "hidden/kernel": (18, 3),
        "hidden/bias": (3,),
        "first/kernel": (3, 3),
    }
    assert json.loads(json.dumps(VALID)) == VALID


@settings(max_examples=300)
@given(path=st.sampled_from(_places(VALID)), value=json_values)
def test_a_change_anywhere_is_accepted_or_refused(path, value):
    try:
        variables = expected_variables(changed(path, value))
    except CheckpointError as error:
        assert str(error).startswith("network: ")
        assert len(str(error)) < 2000
        assert str(error).isprintable()
    else:
        assert all(length >= 1 for shape in variables.values() for length in shape)


@given(json_values)
def test_any_json_is_accepted_or_refused(value):
    with pytest.raises(CheckpointError):
        expected_variables(value)


FIELDS = [path for path in _places(VALID) if path and isinstance(path[-1], str)]


@pytest.mark.parametrize("path", FIELDS, ids=lambda path: "-".join(map(str, path)))
def test_a_missing_field_is_refused(path):
    description = copy.deepcopy(VALID)
    parent: Any = description
    for key in path[:-1]:
        parent = parent[key]
    del parent[path[-1]]
    if path[-1] == "layer":
        assert "second/kernel" in expected_variables(description)
    else:
        with pytest.raises(CheckpointError, match=f"expected a field '{path[-1]}'"):
            expected_variables(description)


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
        ("scale", "settings", {"scale": float("nan"), "offset": 0}, "a finite number"),
        ("scale", "settings", {"scale": 1e39, "offset": 0}, "a finite number"),
        ("scale", "settings", {"scale": True, "offset": 0}, "a finite number"),
        ("scale", "settings", {"scale": 1, "offset": 0, "ofset": 1}, "did you mean 'offset'"),
        ("second", "layer", "third", "expected an earlier node"),
        ("second", "layer", "hidden", "kind, settings or shapes differ"),
        ("second", "layer", "image", "expected an earlier node"),
        ("second", "inputs", ["flatten"], "kind, settings or shapes differ"),
    ],
)
def test_a_bad_node_is_refused_by_name(node, field, value, message):
    with pytest.raises(CheckpointError, match=message) as caught:
        expected_variables(changed(("nodes", NODES[node], field), value))
    assert field == "name" or f"node '{node}'" in str(caught.value)


def _dense(name: str, source: str, units: int) -> dict[str, Any]:
    settings = {"units": units, "activation": "linear", "use_bias": False}
    return {"name": name, "kind": "dense", "settings": settings, "inputs": [source]}


def test_absurd_sizes_are_refused():
    wide, huge = [{"name": "x", "shape": [2**24]}], [{"name": "x", "shape": [2**24, 2**24]}]
    for inputs, message in ((wide, "weights, but it has"), (huge, "numbers between layers")):
        nodes = [_dense("y", "x", 2**24 if inputs is wide else 1)]
        with pytest.raises(CheckpointError, match=message):
            expected_variables({"inputs": inputs, "nodes": nodes, "outputs": ["y"]})
    with pytest.raises(CheckpointError, match="whole numbers from 1"):
        expected_variables(changed(("inputs", 0, "shape"), [2**25]))
    with pytest.raises(CheckpointError, match="list of 1 to 1000"):
        expected_variables(changed(("nodes",), VALID["nodes"] * 101))


def test_an_output_that_comes_twice_is_refused():
    with pytest.raises(CheckpointError, match="each output once"):
        expected_variables(changed(("outputs",), ["sum", "sum"]))
