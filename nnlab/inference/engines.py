"""Where a network is computed: by NumPy, or by ONNX Runtime where its convolutions are large.

NumPy takes no time to start, and steps of a sequence are so small that calling anything else costs
more than computing them. ONNX Runtime computes large convolutions several times as fast, but has to
be imported and given the network first: a tenth of a second.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from nnlab.errors import NnlabError
from nnlab.inference.graph import Graph
from nnlab.inference.images import Conv2D
from nnlab.machine import cores

NUMPY, ONNX = "numpy", "onnx"
ENGINES = (NUMPY, ONNX)

LARGE = 2**31
"""Multiplications in convolutions that take NumPy about as long as ONNX Runtime takes to start."""


def multiplications(graph: Graph) -> int:
    """Return how many multiplications the convolutions of a network make for one example."""
    total = 0
    for node in graph.nodes.values():
        if isinstance(node.layer, Conv2D):
            kernel = math.prod(node.variable_shapes["kernel"])
            down, across, _ = graph.shapes[node.name]
            total += down * across * kernel
    return total


def choose(graph: Graph, examples: int) -> str:
    """Return the engine that is sooner done with a number of examples, its start included."""
    return ONNX if examples * multiplications(graph) >= LARGE else NUMPY


class Engine(Protocol):
    """What computes a network."""

    def run(self, inputs: Sequence[np.ndarray], /) -> tuple[np.ndarray, ...]:
        """Compute the outputs for one batch of float32 arrays."""


class OnnxSession:
    """A network in ONNX Runtime, made from its checked description.

    Raises:
        NnlabError: ONNX Runtime is not there, or does not take the network.
    """

    def __init__(self, graph: Graph, weights: Mapping[str, np.ndarray]) -> None:
        self._names = list(graph.inputs)
        try:
            import onnxruntime

            from nnlab.inference.onnx_model import onnx_model

            options = onnxruntime.SessionOptions()
            options.log_severity_level = _ERRORS
            options.intra_op_num_threads = cores()
            options.enable_mem_pattern = False  # with it, a tile takes a hundred megabytes more
            self._session = onnxruntime.InferenceSession(
                onnx_model(graph, weights).SerializeToString(),
                options,
                providers=["CPUExecutionProvider"],
            )
        except Exception as error:  # its own errors have no base class but this
            raise NnlabError(f"ONNX Runtime does not start: {error}; use --engine numpy") from error

    def run(self, inputs: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
        """Compute the outputs for one batch of float32 arrays.

        Raises:
            NnlabError: ONNX Runtime cannot, for want of memory say.
        """
        try:
            return tuple(self._session.run(None, dict(zip(self._names, inputs, strict=True))))
        except Exception as error:
            raise NnlabError(f"ONNX Runtime failed: {error}; use --engine numpy") from error


_ERRORS = 3  # ONNX Runtime's number of that level; it warns of processors it does not know
