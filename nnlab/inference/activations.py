"""Activation functions on float32 arrays; each returns a new array."""

from collections.abc import Callable

import numpy as np

from nnlab.inference.writer import Writer


def linear(x: np.ndarray) -> np.ndarray:
    """Return x itself."""
    return x


def relu(x: np.ndarray) -> np.ndarray:
    """max(x, 0)."""
    result: np.ndarray = np.maximum(x, np.float32(0))
    return result


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)); where exp(-x) is infinite, 0."""
    one = np.float32(1)
    with np.errstate(over="ignore"):
        result: np.ndarray = one / (one + np.exp(-x))
    return result


def tanh(x: np.ndarray) -> np.ndarray:
    """Hyperbolic tangent."""
    result: np.ndarray = np.tanh(x)
    return result


def softsign(x: np.ndarray) -> np.ndarray:
    """Like tanh, but slower to saturate: x / (1 + abs(x)), -1 to 1."""
    result: np.ndarray = x / (np.float32(1) + np.abs(x))
    return result


def softmax(x: np.ndarray) -> np.ndarray:
    """exp(x) scaled to sum 1 along the last axis; shifted first, so that nothing overflows."""
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    result: np.ndarray = powers / powers.sum(axis=-1, keepdims=True)
    return result


def log_softmax(x: np.ndarray) -> np.ndarray:
    """Return the logarithm of softmax."""
    shifted = x - x.max(axis=-1, keepdims=True)
    result: np.ndarray = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result


ONNX_NAMES = {
    "relu": "Relu",
    "sigmoid": "Sigmoid",
    "softmax": "Softmax",
    "softsign": "Softsign",
    "tanh": "Tanh",
}


def write_activation(to: Writer, name: str, x: str, axis: int = -1) -> str:
    """Write an activation as an ONNX operator; softmax runs along `axis`."""
    if name == "linear":
        return x
    return to.op(ONNX_NAMES[name], x, **({"axis": axis} if name == "softmax" else {}))


ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": linear,
    "relu": relu,
    "sigmoid": sigmoid,
    "softmax": softmax,
    "softsign": softsign,
    "tanh": tanh,
}
