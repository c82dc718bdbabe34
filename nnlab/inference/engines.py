"""Which engine runs a network: NumPy, or ONNX Runtime if its convolutions are large.

NumPy is there at once, and suits the small steps of a sequence. ONNX Runtime computes large
convolutions several times as fast, but takes a tenth of a second to start.
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
"""From this many multiplications in convolutions, ONNX Runtime makes up for its start-up."""


def multiplications(graph: Graph) -> int:
    """Return how many multiplications the convolutions of a network make for one example."""
    total = 0
    for node in graph.needed():
        if isinstance(node.layer, Conv2D):
            kernel = math.prod(node.variable_shapes["kernel"])
            down, across, _ = graph.shapes[node.name]
            total += down * across * kernel
    return total


def choose(graph: Graph, examples: int) -> str:
    """Return the engine that is likely to be faster for this many examples, with start-up."""
    return ONNX if examples * multiplications(graph) >= LARGE else NUMPY


class Engine(Protocol):
    """What computes a network."""

    def run(self, inputs: Sequence[np.ndarray], /) -> tuple[np.ndarray, ...]:
        """Compute the outputs for one batch of float32 arrays."""


class OnnxSession:
    """A network in ONNX Runtime, made from its checked description.

    Raises:
        NnlabError: ONNX Runtime cannot be imported, or refuses the network.
    """

    def __init__(self, graph: Graph, weights: Mapping[str, np.ndarray]) -> None:
        self._names = list(graph.inputs)
        try:
            import onnxruntime

            from nnlab.inference.onnx_model import onnx_model

            options = onnxruntime.SessionOptions()
            options.log_severity_level = _ERRORS
            options.intra_op_num_threads = cores()
            options.enable_mem_pattern = False  # otherwise each tile takes a hundred megabytes more
            self._session = onnxruntime.InferenceSession(
                onnx_model(graph, weights).SerializeToString(),
                options,
                providers=["CPUExecutionProvider"],
            )
        except Exception as error:  # its own errors share no other base class
            raise NnlabError(f"cannot start ONNX Runtime: {error}; use the engine numpy") from error

    def run(self, inputs: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
        """Compute the outputs for one batch of float32 arrays.

        Raises:
            NnlabError: ONNX Runtime failed, for example because memory ran out.
        """
        try:
            return tuple(self._session.run(None, dict(zip(self._names, inputs, strict=True))))
        except Exception as error:
            raise NnlabError(f"ONNX Runtime failed: {error}; use the engine numpy") from error


_ERRORS = 3  # log errors only: ONNX Runtime warns about processors that it does not know
