"""Networks cut out of others, and networks that run step by step, compute as the whole does."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from nnlab.errors import CheckpointError
from nnlab.inference import Network, checked_graph
from tests.annotations import Node
from tests.inference.agreement import assert_agrees, normal


def node(name: str, kind: str, *inputs: str, layer: str = "", **settings: Any) -> Node:
    sharing = {"layer": layer} if layer else {}
    return {"name": name, "kind": kind, "settings": settings, "inputs": list(inputs), **sharing}


def lstm(
    name: str, *inputs: str, sequences: bool = False, state: bool = False, layer: str = ""
) -> Node:
    settings: dict[str, Any] = {
        "return_sequences": sequences,
        "return_state": state,
        "use_bias": True,
    }
    return node(name, "lstm", *inputs, layer=layer, units=4, **settings)


def dense(name: str, *inputs: str, layer: str = "") -> Node:
    settings: dict[str, Any] = {"units": 3, "activation": "softmax", "use_bias": True}
    return node(name, "dense", *inputs, layer=layer, **settings)


def network_of(
    inputs: Mapping[str, tuple[int, ...]], nodes: Sequence[Node], *outputs: str
) -> Network:
    description = {
        "inputs": [{"name": name, "shape": list(shape)} for name, shape in inputs.items()],
        "nodes": nodes,
        "outputs": list(outputs),
    }
    rng = np.random.default_rng(0)
    weights = {
        name: rng.normal(0, 0.5, shape).astype(np.float32)
        for name, shape in checked_graph(description).variable_shapes().items()
    }
    return Network(checked_graph(description), weights)


def close(came: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(came, expected, rtol=0, atol=1e-5)


@pytest.fixture(scope="module")
def translator() -> Network:
    """A translator, held equal to Keras."""
    import keras
    from keras import layers

    source, target = keras.Input((5, 3), name="source"), keras.Input((4, 3), name="target")
    known = layers.Masking(name="padding")(source)
    _, *state = layers.LSTM(4, return_state=True, name="encoder")(known)
    decoder = layers.LSTM(4, return_sequences=True, return_state=True, name="decoder")
    y, *_ = decoder(target, initial_state=state)
    y = layers.Dense(3, activation="softmax", name="probabilities")(y)
    return assert_agrees(keras.Model([source, target], y), normal(2, 5, 3), normal(2, 4, 3))


def test_an_encoder_and_the_step_of_a_decoder(translator: Network) -> None:
    source, target = normal(2, 5, 3), normal(2, 4, 3)
    source[1, 3:] = 0
    encoder = translator.part({"source": (7, 3)}, ["encoder:1", "encoder:2"])
    padded = np.concatenate([source, np.zeros((2, 2, 3), np.float32)], axis=1)
    states = list(encoder.run(padded))
    assert encoder.output_shapes == {"encoder:1": (4,), "encoder:2": (4,)}
    assert list(encoder.weights) == [
        f"encoder/{name}" for name in ("kernel", "recurrent_kernel", "bias")
    ]

    decoder = translator.part(
        {"target": (1, 3), "encoder:1": (4,), "encoder:2": (4,)},
        ["probabilities", "decoder:1", "decoder:2"],
    )
    assert decoder.input_shapes == {"target": (1, 3), "encoder_1": (4,), "encoder_2": (4,)}
    assert translator.shapes["encoder:1"] == (4,)
    whole = translator.predict(source, target)
    for step in range(4):
        probabilities, *states = decoder.run(target[:, [step]], *states)
        close(probabilities[:, 0], whole[:, step])


@pytest.mark.parametrize(
    ("inputs", "outputs", "message"),
    [
        ({"sauce": (5, 3)}, ["encoder:1"], "an input or an output of a node.*'source'"),
        ({"source": (5, 3)}, ["encodr"], "an output of a node.*'encoder'"),
        ({"source": (5, 3)}, ["source"], "expected an output of a node, got 'source'"),
        ({"source": (5, 3)}, ["encoder:3"], "expected an output of a node.*'encoder:2'"),
        ({"source": (5, 3)}, ["probabilities"], "expected also target among the inputs"),
        ({"source": (5, 3), "target": (4, 3)}, ["encoder"], "computed without target"),
        ({"source": (5, 2)}, ["encoder"], r"of shape \(2, 16\), got \(3, 16\)"),
        ({"source": (5,)}, ["encoder"], "expected an input of shape"),
        ({"source": (0, 3)}, ["encoder"], "whole numbers from 1"),
        ({"source": (5, 3)}, ["encoder", "encoder"], "each output once"),
        ({"source": (5, 3)}, [], "outputs of nodes as outputs, got none"),
    ],
)
def test_a_part_that_there_is_not_is_refused(
    translator: Network, inputs: dict[str, tuple[int, ...]], outputs: list[str], message: str
) -> None:
    with pytest.raises(CheckpointError, match=message):
        translator.part(inputs, outputs)


def test_a_part_behind_a_shared_layer_has_its_weights() -> None:
    nodes = [
        dense("first", "x"),
        dense("second", "first", layer="first"),
        dense("third", "second", layer="first"),
    ]
    whole = network_of({"x": (3,)}, nodes, "third", "first")
    x = normal(2, 3)
    outputs = whole.outputs(x)
    behind = whole.part({"first": (3,)}, ["third"])
    assert list(behind.weights) == ["second/kernel", "second/bias"]
    close(behind.predict(outputs["first"]), outputs["third"])
    last = behind.part({"second": (3,)}, ["third"])
    assert list(last.weights) == ["third/kernel", "third/bias"]
    close(
        last.predict(behind.part({"first": (3,)}, ["second"])(outputs["first"])), outputs["third"]
    )


def test_further_outputs_come_first_and_change_none(translator: Network) -> None:
    inputs = [normal(2, *shape) for shape in translator.input_shapes.values()]
    tapped = translator.tapped("encoder")
    found = tapped.outputs(*inputs)
    assert list(found) == ["encoder", *translator.output_shapes]
    for name, array in translator.outputs(*inputs).items():
        np.testing.assert_array_equal(found[name], array)
    assert translator.tapped("encoder") is tapped
    assert next(iter(translator.tapped("decoder").output_shapes)) == "decoder"
    with pytest.raises(CheckpointError, match="no_such"):
        translator.tapped("no_such")


def test_an_input_never_takes_the_name_of_a_node() -> None:
    nodes = [lstm("a", "x", state=True), dense("a_1", "a:1"), dense("y", "a_1"), dense("z", "a")]
    whole = network_of({"x": (2, 3)}, nodes, "y", "z")
    part = whole.part({"a:1": (4,)}, ["y"])
    assert part.input_shapes == {"a_1_2": (4,)}
    looped = whole.part({"x": (2, 3), "a": (4,)}, ["z", "a"])
    assert looped.input_shapes == {"x": (2, 3), "a_2": (4,)}
    given = normal(1, 4)
    close(looped.outputs(normal(1, 2, 3), given)["z"], whole.part({"a": (4,)}, ["z"])(given))


def test_steps_of_a_stacked_network_give_what_keras_gives() -> None:
    import keras
    from keras import layers

    x = keras.Input((6, 3), name="x")
    y = layers.Dropout(0.2, name="drop")(x)
    y = layers.LSTM(5, return_sequences=True, name="lower")(y)
    y = layers.Concatenate(name="beside")([y, x])
    y = layers.Dense(4, activation="tanh", name="between")(y)
    y = layers.LSTM(4, name="upper")(y)
    y = layers.Dense(3, activation="softmax", name="probabilities")(y)
    sequences = normal(2, 6, 3)
    whole = assert_agrees(keras.Model(x, y), sequences)
    step = whole.stepwise()
    assert step.input_shapes == {
        "x": (1, 3),
        "lower_hidden": (5,),
        "lower_cell": (5,),
        "upper_hidden": (4,),
        "upper_cell": (4,),
    }
    assert list(step.output_shapes) == ["probabilities", "lower:1", "lower:2", "upper:1", "upper:2"]
    states = [np.zeros((2, *shape), np.float32) for shape in list(step.input_shapes.values())[1:]]
    for length in range(1, 7):
        probabilities, *states = step.run(sequences[:, [length - 1]], *states)
        begun = whole.part({"x": (length, 3)}, ["probabilities"])
        close(probabilities, begun.predict(sequences[:, :length]))
    close(probabilities, whole.predict(sequences))


def test_steps_of_embedded_numbers_through_a_shared_lstm() -> None:
    nodes = [
        node("embedding", "embedding", "x", input_dim=5, output_dim=4, mask_zero=False),
        lstm("memory", "embedding", sequences=True),
        lstm("again", "memory", sequences=True, layer="memory"),
    ]
    whole = network_of({"x": (6,)}, nodes, "again")
    step = whole.stepwise()
    numbers = np.array([[1, 0, 4, 3, 0, 2]], np.float32)
    expected = whole.predict(numbers)
    states = [np.zeros((1, 4), np.float32)] * 4
    for place in range(6):
        output, *states = step.run(numbers[:, [place]], *states)
        close(output[:, 0], expected[:, place])


MASKING = node("mask", "masking", "x", mask_value=0.0)
NOT_STEPWISE = {
    "flattened": ([node("flat", "flatten", "x"), dense("y", "flat")], "'flat' looks at the whole"),
    "over time": ([node("y", "concatenate", "x", "x", axis=1)], "'y' looks at the whole"),
    "masked": ([MASKING, lstm("y", "mask")], "no masks step by step, but 'mask' makes one"),
    "begun": (
        [lstm("a", "x", state=True), lstm("y", "x", "a:1", "a:2")],
        "that begin at zero, but 'y' takes x, a:1, a:2",
    ),
    "another sequence": (
        [lstm("a", "x"), node("more", "repeat_vector", "a", count=3), lstm("y", "more")],
        "over the sequence 'x' that begin at zero, but 'y' takes more",
    ),
    "states already": ([lstm("y", "x", state=True)], "'y:1' comes twice"),
}


@pytest.mark.parametrize("case", NOT_STEPWISE)
def test_what_cannot_run_step_by_step_is_refused(case: str) -> None:
    nodes, message = NOT_STEPWISE[case]
    outputs = ["y", "y:1"] if case == "states already" else ["y"]
    with pytest.raises(CheckpointError, match=message):
        network_of({"x": (4, 3)}, nodes, *outputs).stepwise()


def test_steps_need_one_sequence() -> None:
    two = network_of({"x": (2, 3), "z": (2, 3)}, [node("y", "add", "x", "z")], "y")
    with pytest.raises(CheckpointError, match="one input, a sequence, but it has x, z"):
        two.stepwise()
    none = network_of({"x": ()}, [node("y", "rescale", "x", scale=1.0, offset=0.0)], "y")
    with pytest.raises(CheckpointError, match="it has no axes"):
        none.stepwise()
    flat = network_of({"x": (3,)}, [dense("y", "x")], "y")
    with pytest.raises(CheckpointError, match="'y' looks at the whole sequence"):
        flat.stepwise()


def test_the_whole_network_stays_as_it_was(translator: Network) -> None:
    before = repr(translator.graph)
    translator.part({"target": (1, 3), "encoder:1": (4,), "encoder:2": (4,)}, ["probabilities"])
    whole = network_of({"x": (4, 3)}, [lstm("y", "x")], "y")
    told = repr(whole.graph)
    whole.stepwise()
    assert (repr(translator.graph), repr(whole.graph)) == (before, told)
