"""A network that NumPy runs: the description's layers, in order, with their weights."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.errors import CheckpointError, UsageError, nearest
from nnlab.inference.graph import Graph, Node, checked_graph
from nnlab.inference.layer import Layer, Shape

# What one batch may keep in memory: about what caches hold, which is a fifth faster for the CNN
# than 256 images at once, and bounded for networks of large images.
_MAX_BATCH_ELEMENTS = 2**21  # 8 MiB


@dataclass(frozen=True)
class _Step:
    """One node, ready to run."""

    layer: Layer
    inputs: tuple[str, ...]
    output: str
    weights: dict[str, np.ndarray]
    spent: tuple[str, ...]  # tensors that nobody needs after this step


class Network:
    """A trained network.

    Only the nodes that lead to an output are run: a description with other `outputs` gives the
    part of the network up to there, with the same weights.

    Attributes:
        input_shapes: Shape of each input by name, without the batch axis.
        output_shapes: Shape of each output by name, without the batch axis.
    """

    def __init__(self, description: Mapping[str, Any], weights: Mapping[str, np.ndarray]):
        """Check the description and put the weights in their places.

        Args:
            description: The network, as `nnlab.models.describe` made it.
            weights: Array of each variable that `expected_variables(description)` names.

        Raises:
            CheckpointError: The description is not valid, or the weights are not its weights.
        """
        graph = checked_graph(description)
        _check_weights(graph, weights)
        self.input_shapes: dict[str, Shape] = graph.inputs
        self.output_shapes: dict[str, Shape] = {name: graph.shape(name) for name in graph.outputs}
        self._steps = _plan(_needed(graph), graph.outputs, weights)
        self._largest_batch = max(1, _MAX_BATCH_ELEMENTS // _most_held(graph, self._steps))

    def __call__(self, *inputs: np.ndarray) -> np.ndarray:
        """Compute the output for one batch.

        Args:
            inputs: One array (batch, *shape) per input, in the description's order; any numeric
                type, computed as float32.

        Returns:
            float32 (batch, *shape).

        Raises:
            UsageError: The inputs do not have the network's shapes or are not numbers, or the
                network has several outputs.
        """
        return self._only(self._run(self._checked(inputs)))

    def predict(self, *inputs: np.ndarray, batch_size: int = 256) -> np.ndarray:
        """Compute the output for any number of examples, in batches of bounded memory.

        Args:
            inputs: As for a call; converted to float32 batch by batch.
            batch_size: Examples at a time; fewer where the network's tensors are large.

        Returns:
            float32 (examples, *shape).

        Raises:
            UsageError: As for a call.
        """
        return self._only(self.outputs(*inputs, batch_size=batch_size))

    def answer(self, *inputs: np.ndarray) -> np.ndarray:
        """Compute the output for inputs of a user's, and give nothing but finite numbers.

        Finite weights, in a file that anyone may have made, can still be too large to compute with.

        Raises:
            CheckpointError: The output is not finite.
        """
        result = self.predict(*inputs)
        if not np.isfinite(result).all():
            raise CheckpointError(
                "expected finite numbers from the network, but its weights are too large for that; "
                "answer from another checkpoint"
            )
        return result

    def outputs(self, *inputs: np.ndarray, batch_size: int = 256) -> dict[str, np.ndarray]:
        """Compute all outputs by name, otherwise as `predict` does."""
        if batch_size < 1:
            raise UsageError(f"expected a batch size of at least 1, but came {batch_size}")
        arrays = self._checked(inputs)
        count, step = len(arrays[0]), min(batch_size, self._largest_batch)
        results = {
            name: np.empty((count, *shape), np.float32)
            for name, shape in self.output_shapes.items()
        }
        for start in range(0, count, step):
            batch = self._run([array[start : start + step] for array in arrays])
            for name, part in batch.items():
                results[name][start : start + step] = part
        return results

    def _only(self, results: dict[str, np.ndarray]) -> np.ndarray:
        if len(results) > 1:
            names = ", ".join(results)
            raise UsageError(f"expected a network of one output, but it has {names}; use outputs()")
        return next(iter(results.values()))

    def _run(self, batch: list[np.ndarray]) -> dict[str, np.ndarray]:
        tensors = {
            name: array.astype(np.float32, copy=False)
            for name, array in zip(self.input_shapes, batch, strict=True)
        }
        with np.errstate(all="ignore"):  # who uses the output looks whether it is finite
            for step in self._steps:
                inputs = [tensors[name] for name in step.inputs]
                tensors[step.output] = step.layer(*inputs, **step.weights)
                for name in step.spent:
                    del tensors[name]
        return {name: tensors[name] for name in self.output_shapes}

    def _checked(self, inputs: tuple[np.ndarray, ...]) -> list[np.ndarray]:
        arrays = [np.asarray(one) for one in inputs]
        if len(arrays) != len(self.input_shapes):
            names = ", ".join(self.input_shapes)
            raise UsageError(f"expected the inputs {names}, but came {len(arrays)} arrays")
        for array, (name, shape) in zip(arrays, self.input_shapes.items(), strict=True):
            if array.shape[1:] != shape or array.ndim == 0 or array.dtype.kind not in "biuf":
                expected = ", ".join(["batch", *map(str, shape)])
                raise UsageError(
                    f"expected numbers of shape ({expected}) as input {name!r}, "
                    f"but came {array.dtype} {array.shape}"
                )
        if len({len(array) for array in arrays}) > 1:
            counts = ", ".join(str(len(array)) for array in arrays)
            raise UsageError(f"expected as many examples in each input, but came {counts}")
        return arrays


def _check_weights(graph: Graph, weights: Mapping[str, np.ndarray]) -> None:
    expected = graph.variable_shapes()
    for name in sorted(expected.keys() - weights.keys()):
        raise CheckpointError(f"expected weights {name!r}, but there are none of that name")
    for name in sorted(weights.keys() - expected.keys()):
        raise CheckpointError(f"unexpected weights {name!r}; {nearest(name, expected)}")
    for name, shape in expected.items():
        if weights[name].shape != shape:
            came = weights[name].shape
            raise CheckpointError(f"expected weights {name!r} of shape {shape}, but came {came}")


def _needed(graph: Graph) -> list[Node]:
    """The nodes that lead to an output, in order."""
    wanted = set(graph.outputs)
    for node in reversed(graph.nodes.values()):
        if node.name in wanted:
            wanted.update(node.inputs)
    return [node for node in graph.nodes.values() if node.name in wanted]


def _plan(nodes: list[Node], outputs: list[str], weights: Mapping[str, np.ndarray]) -> list[_Step]:
    last_use = {name: index for index, node in enumerate(nodes) for name in node.inputs}
    steps = []
    for index, node in enumerate(nodes):
        spent = {one for one in node.inputs if last_use[one] == index} - set(outputs)
        own = {
            variable: np.ascontiguousarray(weights[f"{node.owner}/{variable}"], np.float32)
            for variable in node.variable_shapes
        }
        steps.append(_Step(node.layer, node.inputs, node.name, own, tuple(spent)))
    return steps


def _most_held(graph: Graph, steps: list[_Step]) -> int:
    """Numbers held at once for one example, at the step that holds most."""
    held = sum(math.prod(shape) for shape in graph.inputs.values())
    most = held
    for step in steps:
        held += math.prod(graph.shape(step.output))
        most = max(most, held)
        held -= sum(math.prod(graph.shape(name)) for name in step.spent)
    return most
