"""Hold a Keras model and what computes its description, NumPy and ONNX Runtime, equal."""

import json
from typing import TYPE_CHECKING

import numpy as np
from onnx import checker

from nnlab.inference import Network, checked_graph
from nnlab.inference.engines import ENGINES
from nnlab.inference.onnx_model import onnx_model
from nnlab.models.describe import describe, load_weights, weights_of

if TYPE_CHECKING:
    import keras

TOLERANCE = 1e-5


def random_weights(model: "keras.Model", seed: int = 0) -> dict[str, np.ndarray]:
    """Weights that keep outputs near 1, biases included; Keras starts with biases of 0."""
    rng = np.random.default_rng(seed)
    weights = {
        name: rng.normal(0, 1 / np.sqrt(np.prod(values.shape[:-1])), values.shape).astype("f4")
        for name, values in weights_of(model).items()
    }
    variances = {name: abs(one) for name, one in weights.items() if name.endswith("variance")}
    return weights | variances


def assert_agrees(model: "keras.Model", *inputs: np.ndarray) -> Network:
    """Give the model random weights, and run it and its description on the same inputs."""
    import keras

    weights = random_weights(model)
    load_weights(model, weights)
    network = Network(checked_graph(json.loads(json.dumps(describe(model)))), weights)
    checker.check_model(onnx_model(network.graph, weights), full_check=True)
    expected = model(list(inputs) if len(inputs) > 1 else inputs[0], training=False)
    expected = [keras.ops.convert_to_numpy(one) for one in keras.tree.flatten(expected)]
    for engine in ENGINES:
        came = Network(network.graph, weights, engine=engine).outputs(*inputs, batch_size=2)
        for output, (name, array) in zip(expected, came.items(), strict=True):
            assert array.dtype == np.float32
            assert array.shape == output.shape == (len(output), *network.output_shapes[name])
            np.testing.assert_allclose(array, output, rtol=0, atol=TOLERANCE)
    return network


def normal(*shape: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)
