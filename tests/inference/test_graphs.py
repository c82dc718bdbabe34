"""Networks that are no plain chain of layers, and what a network takes."""

import itertools
import tracemalloc

import numpy as np
import pytest

from nnlab.errors import CheckpointError, UsageError
from nnlab.inference import Network, checked_graph
from nnlab.models.describe import Description
from tests.annotations import Node
from tests.inference.agreement import assert_agrees, normal


def chain(length: int, side: int = 4) -> Description:
    """A description of `length` nodes that add 1 each."""
    names = ["x", *(f"plus_{number}" for number in range(1, length + 1))]
    return {
        "inputs": [{"name": "x", "shape": [side, side]}],
        "nodes": [
            {
                "name": name,
                "kind": "rescale",
                "settings": {"scale": 1.0, "offset": 1.0},
                "inputs": [before],
            }
            for before, name in itertools.pairwise(names)
        ],
        "outputs": [names[-1]],
    }


def dense(name: str, source: str, units: int = 2, **more: str) -> Node:
    settings = {"units": units, "activation": "linear", "use_bias": False}
    return {"name": name, "kind": "dense", "settings": settings, "inputs": [source], **more}


def test_a_skip() -> None:
    import keras
    from keras import layers

    x = keras.Input((8, 8, 2), name="x")
    y = layers.Conv2D(2, 3, padding="same", activation="relu", name="convolution")(x)
    y = layers.Add(name="skip")([x, y])
    y = layers.Concatenate(name="beside")([y, x])
    assert_agrees(keras.Model(x, y), normal(3, 8, 8, 2))


def test_two_inputs_in_the_order_of_the_model() -> None:
    import keras
    from keras import layers

    left, right = keras.Input((3,), name="left"), keras.Input((4,), name="right")
    joined = layers.Concatenate(name="joined")([right, left])
    y = layers.Dense(5, activation="tanh", name="y")(joined)
    network = assert_agrees(keras.Model([left, right], y), normal(5, 3), normal(5, 4))
    assert network.input_shapes == {"left": (3,), "right": (4,)}


def test_a_shared_layer() -> None:
    import keras
    from keras import layers

    left, right = keras.Input((3,), name="left"), keras.Input((3,), name="right")
    shared = layers.Dense(3, activation="relu", name="shared")
    once, twice = shared(left), shared(shared(right))
    y = layers.Dense(2, name="y")(layers.Concatenate(name="joined")([twice, once]))
    assert_agrees(keras.Model([left, right], y), normal(5, 3), normal(5, 3, seed=2))


def test_several_outputs() -> None:
    import keras
    from keras import layers

    x = keras.Input((6,), name="x")
    code = layers.Dense(2, name="code")(x)
    decoded = layers.Dense(6, activation="sigmoid", name="decoded")(code)
    network = assert_agrees(keras.Model(x, [decoded, code]), normal(5, 6))
    assert network.output_shapes == {"decoded": (6,), "code": (2,)}
    with pytest.raises(UsageError, match="decoded, code"):
        network(normal(1, 6))


def test_a_part_of_a_network_gives_what_the_whole_has_in_between() -> None:
    description = {
        "inputs": [{"name": "x", "shape": [3]}],
        "nodes": [dense("code", "x"), dense("decoded", "code", 3)],
        "outputs": ["decoded", "code"],
    }
    weights = {
        name: np.random.default_rng(0).normal(size=shape).astype(np.float32)
        for name, shape in checked_graph(description).variable_shapes().items()
    }
    whole = Network(checked_graph(description), weights).outputs(normal(4, 3))
    encoder = Network(checked_graph(description | {"outputs": ["code"]}), weights)
    np.testing.assert_array_equal(encoder.predict(normal(4, 3)), whole["code"])


@pytest.mark.parametrize("batch_size", [1, 3, 256])
def test_the_size_of_a_batch_makes_no_difference(batch_size: int) -> None:
    network = Network(checked_graph(chain(3)), {})
    images = np.arange(7 * 16, dtype=np.uint8).reshape(7, 4, 4)
    result = network.predict(images, batch_size=batch_size)
    assert result.dtype == np.float32
    np.testing.assert_array_equal(result, images + np.float32(3))
    np.testing.assert_array_equal(network(images), result)


def test_no_examples_give_no_results() -> None:
    assert Network(checked_graph(chain(3)), {}).predict(np.empty((0, 4, 4))).shape == (0, 4, 4)


def test_inputs_are_left_as_they_were() -> None:
    x = normal(2, 4, 4)
    before = x.copy()
    Network(checked_graph(chain(2)), {}).predict(x)
    np.testing.assert_array_equal(x, before)


def test_what_nobody_needs_any_more_is_freed() -> None:
    network, image = (
        Network(checked_graph(chain(40, side=1000)), {}),
        np.zeros((1, 1000, 1000), np.float32),
    )
    tracemalloc.start()
    network.predict(image)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5 * image.nbytes


def test_large_images_get_small_batches() -> None:
    network, images = (
        Network(checked_graph(chain(3, side=1000)), {}),
        np.zeros((20, 1000, 1000), np.uint8),
    )
    tracemalloc.start()
    network.predict(images, batch_size=256)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < (20 + 8) * 4_000_000  # the result, and a few images


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ((), "expected the inputs x"),
        ((np.zeros((1, 4, 4)), np.zeros((1, 4, 4))), "expected the inputs x"),
        ((np.zeros((4, 4)),), r"shape \(batch, 4, 4\) as input 'x', got float64 \(4, 4\)"),
        ((np.zeros((1, 5, 4)),), "expected numbers of shape"),
        ((np.float32(1),), "expected numbers of shape"),
        ((np.full((1, 4, 4), "a"),), "expected numbers"),
        ((np.full((1, 4, 4), None),), "expected numbers"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(inputs: tuple[np.ndarray, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Network(checked_graph(chain(1)), {}).predict(*inputs)


def test_inputs_of_different_length_are_refused() -> None:
    description = {
        "inputs": [{"name": "a", "shape": [1]}, {"name": "b", "shape": [1]}],
        "nodes": [{"name": "y", "kind": "add", "settings": {}, "inputs": ["a", "b"]}],
        "outputs": ["y"],
    }
    with pytest.raises(UsageError, match="equally many examples"):
        Network(checked_graph(description), {}).predict(np.zeros((2, 1)), np.zeros((3, 1)))


def test_a_batch_of_less_than_one_is_refused() -> None:
    with pytest.raises(UsageError, match="at least 1"):
        Network(checked_graph(chain(1)), {}).predict(np.zeros((1, 4, 4)), batch_size=0)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({}, "weights 'y/kernel' are missing"),
        ({"y/kernel": np.zeros((3, 2)), "y/kernal": np.zeros(1)}, "did you mean 'y/kernel'"),
        ({"y/kernel": np.zeros((2, 3))}, r"shape \(3, 2\), got \(2, 3\)"),
    ],
)
def test_weights_that_do_not_fit_are_refused(weights: dict[str, np.ndarray], message: str) -> None:
    description = {
        "inputs": [{"name": "x", "shape": [3]}],
        "nodes": [dense("y", "x")],
        "outputs": ["y"],
    }
    with pytest.raises(CheckpointError, match=message):
        Network(checked_graph(description), weights)


def test_weights_are_counted_once_per_layer() -> None:
    once, twice = dense("once", "x"), dense("twice", "once", layer="once")
    inputs = [{"name": "x", "shape": [2]}]
    last = {**dense("last", "twice"), "settings": {**once["settings"], "use_bias": True}}
    description = {"inputs": inputs, "nodes": [once, twice, last], "outputs": ["last"]}
    graph = checked_graph(description)
    assert {node.name: node.weight_count for node in graph.nodes.values()} == {
        "once": 4,
        "twice": 4,
        "last": 6,
    }
    assert graph.weight_count == 10


def test_an_answer_is_finite_or_refused() -> None:
    description = {
        "inputs": [{"name": "x", "shape": [2]}],
        "nodes": [dense("y", "x")],
        "outputs": ["y"],
    }
    network = Network(checked_graph(description), {"y/kernel": np.full((2, 2), 3e38, np.float32)})
    assert np.isfinite(network.answer(np.array([[0.1, 0.2]]))).all()
    with pytest.raises(CheckpointError, match="expected finite numbers"):
        network.answer(np.ones((1, 2)))
