"""A trained network that NumPy or ONNX Runtime runs: the layers of a graph and their weights."""

import functools
from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np

from nnlab.errors import CheckpointError, NnlabError, UsageError, nearest
from nnlab.inference.engines import ENGINES, ONNX, Engine, OnnxSession, choose
from nnlab.inference.finite import check_finite
from nnlab.inference.graph import Graph
from nnlab.inference.layer import Shape
from nnlab.inference.parts import part, stepwise
from nnlab.inference.plan import plan

# What one batch may keep in memory, so that it is bounded for networks of large images.
_MAX_BATCH_ELEMENTS = 2**21  # 8 MiB


class Network:
    """A trained network.

    Only the nodes that lead to an output are run.

    Attributes:
        graph: Its layers.
        input_shapes: Shape of each input by name, without the batch axis.
        output_shapes: Shape of each output by name, without the batch axis.
        shapes: Shape of each tensor by name: inputs and all outputs of nodes, such as `encoder:1`.
        weights: Array of each variable by name, float32.
        engine: What computes it; None lets nnlab choose.
    """

    def __init__(
        self,
        graph: Graph,
        weights: Mapping[str, np.ndarray],
        *,
        engine: str | None = None,
        expected: int = 0,
    ) -> None:
        """Put the weights in their places.

        Args:
            graph: As `checked_graph` makes it of a description.
            weights: Array of each variable that `graph.variable_shapes()` names.
            engine: What computes it, "numpy" or "onnx"; by default the faster one.
            expected: How many examples will come in all, one call after the other: the faster
                engine is chosen for so many. Parts of the network do not expect them; the network
                with further outputs does.

        Raises:
            CheckpointError: The weights are not those of the graph.
            UsageError: The engine is unknown.
        """
        if engine not in (None, *ENGINES):
            raise UsageError(f"unknown engine {engine!r}; expected one of {', '.join(ENGINES)}")
        _check_weights(graph, weights)
        self.graph = graph
        self.input_shapes: dict[str, Shape] = graph.inputs
        self.output_shapes: dict[str, Shape] = {name: graph.shapes[name] for name in graph.outputs}
        self.shapes: dict[str, Shape] = graph.shapes
        self.weights = {
            name: np.ascontiguousarray(array, np.float32) for name, array in weights.items()
        }
        self.engine = engine
        self._expected = expected
        self._plan = plan(graph, self.weights)
        self._largest_batch = max(1, _MAX_BATCH_ELEMENTS // self._plan.most_held)
        self._resized: Self | None = None
        self._tapped: Self | None = None
        self._onnx_fails = False

    @property
    def most_held(self) -> int:
        """How many numbers are held at once for one example, at most."""
        return self._plan.most_held

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
        arrays = self._checked(inputs)
        return self._only(self._computed(self._engine(len(arrays[0])), arrays))

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

    def answer(self, *inputs: np.ndarray, total: int | None = None) -> np.ndarray:
        """Compute the output for a user's inputs, and return nothing but finite numbers.

        Args:
            inputs: As for `predict`.
            total: As for `outputs`.

        Raises:
            CheckpointError: The output is not finite.
        """
        result = self._only(self.outputs(*inputs, total=total))
        check_finite(result)
        return result

    def outputs(
        self, *inputs: np.ndarray, batch_size: int = 256, total: int | None = None
    ) -> dict[str, np.ndarray]:
        """Compute all outputs by name, otherwise as `predict` does.

        Args:
            inputs: As for `predict`.
            batch_size: Likewise.
            total: The number of all examples, if these are only some; it decides the engine.
        """
        if batch_size < 1:
            raise UsageError(f"expected a batch size of at least 1, got {batch_size}")
        arrays = self._checked(inputs)
        count, step = len(arrays[0]), min(batch_size, self._largest_batch)
        results = {
            name: np.empty((count, *shape), np.float32)
            for name, shape in self.output_shapes.items()
        }
        for start in range(0, count, step):
            engine = self._engine(total or count)
            batch = self._computed(engine, [array[start : start + step] for array in arrays])
            for name, array in batch.items():
                results[name][start : start + step] = array
        return results

    def run(self, *inputs: np.ndarray) -> tuple[np.ndarray, ...]:
        """Compute one batch without checks, for loops of many small calls.

        NumPy computes it unless the engine "onnx" was requested.

        Args:
            inputs: One float32 array (batch, *shape) per input, in the description's order. That
                they are so is the caller's duty.

        Returns:
            float32 (batch, *shape) of each output, in the description's order.
        """
        if self.engine == ONNX:
            return self._onnx.run(inputs)
        with np.errstate(all="ignore"):  # the caller checks whether the output is finite
            return self._plan.run(inputs)

    def part(self, inputs: Mapping[str, Shape], outputs: Sequence[str]) -> Self:
        """Cut a network out of this one, with the same weights.

        A step of a decoder, which takes the states it begins in:

            network.part(
                {"target": (1, 80), "encoder:1": (256,), "encoder:2": (256,)},
                ["probabilities", "decoder:1", "decoder:2"],
            )

        Args:
            inputs: Graph inputs and outputs of nodes that are given from outside from now on,
                with their shape without the batch axis, which may be another one than now. The
                new network has them in this order, `encoder:1` as `encoder_1`, without masks.
            outputs: Outputs of nodes, in the order in which the new network has them.

        Raises:
            CheckpointError: The network has no such tensors, they are not the ends of a part of
                it, or the layers and weights do not fit these shapes.
        """
        return self._changed(part(self.graph, inputs, outputs))

    def resized(self, *shapes: Shape) -> Self:
        """Return this network for inputs of other shapes; the last result is kept for reuse.

        Args:
            shapes: Of each input, without the batch axis.

        Raises:
            CheckpointError: The layers and weights do not fit these shapes.
        """
        kept = self._resized
        if kept is None or tuple(kept.input_shapes.values()) != shapes:
            given = dict(zip(self.input_shapes, shapes, strict=True))
            kept = self._resized = self.part(given, list(self.output_shapes))
        return kept

    def tapped(self, *tensors: str) -> Self:
        """Return this network with further outputs; the last result is kept for reuse.

        Args:
            tensors: Outputs of nodes, one or more, which come before the outputs of this network.

        Raises:
            CheckpointError: The network has no such tensors.
        """
        outputs = [*tensors, *self.output_shapes]
        kept = self._tapped
        if kept is None or list(kept.output_shapes) != outputs:
            graph = part(self.graph, self.input_shapes, outputs)
            kept = self._tapped = self._changed(graph, self._expected)
        return kept

    def stepwise(self, sequences: Sequence[str] | None = None) -> Self:
        """Make the network that runs one time step of this one's sequences, with the same weights.

        It takes the step (batch, 1, ...), then of each recurrent layer the state `<name>_hidden`
        and, of an LSTM, the cell state `<name>_cell`, (batch, units) and zero at first; and of
        attention the keys and values of the steps before, (batch, steps, ...). It gives this
        network's outputs, then the new states in the same order.

        Args:
            sequences: The inputs that go on step by step; by default the only input.

        Raises:
            CheckpointError: The network begins a recurrent layer in a state of its own, makes
                masks, or has other layers that look at several steps.
        """
        return self._changed(stepwise(self.graph, sequences))

    def _changed(self, graph: Graph, expected: int = 0) -> Self:
        """Run another graph, made of this one's nodes, by their names."""
        weights = {}
        for name in graph.variable_shapes():
            node, variable = name.split("/")
            weights[name] = self.weights[f"{self.graph.nodes[node].owner}/{variable}"]
        return type(self)(graph, weights, engine=self.engine, expected=expected)

    def _only(self, results: dict[str, np.ndarray]) -> np.ndarray:
        if len(results) > 1:
            names = ", ".join(results)
            raise UsageError(f"expected a network with one output, got {names}; use outputs()")
        return next(iter(results.values()))

    @functools.cached_property
    def _onnx(self) -> OnnxSession:
        return OnnxSession(self.graph, self.weights)

    def _engine(self, examples: int) -> Engine:
        """Choose what computes a number of examples.

        Unless ONNX Runtime has failed, the choice does not depend on earlier calls, so that
        answers do not either.
        """
        if self.engine == ONNX:
            return self._onnx
        examples = max(examples, self._expected)
        if self.engine is None and not self._onnx_fails and choose(self.graph, examples) == ONNX:
            try:
                return self._onnx
            except NnlabError:  # it does not work on this machine; NumPy does
                self._onnx_fails = True
        return self._plan

    def _computed(self, engine: Engine, batch: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
        floats = [array.astype(np.float32, copy=False) for array in batch]
        with np.errstate(all="ignore"):  # the caller checks whether the output is finite
            try:
                results = engine.run(floats)
            except NnlabError:
                if engine is self._plan or self.engine == ONNX:
                    raise
                self._onnx_fails = True
                results = self._plan.run(floats)
        return dict(zip(self.output_shapes, results, strict=True))

    def _checked(self, inputs: tuple[np.ndarray, ...]) -> list[np.ndarray]:
        arrays = [np.asarray(one) for one in inputs]
        if len(arrays) != len(self.input_shapes):
            names = ", ".join(self.input_shapes)
            raise UsageError(f"expected the inputs {names}, got {len(arrays)} arrays")
        for array, (name, shape) in zip(arrays, self.input_shapes.items(), strict=True):
            if array.shape[1:] != shape or array.ndim == 0 or array.dtype.kind not in "biuf":
                expected = ", ".join(["batch", *map(str, shape)])
                raise UsageError(
                    f"expected numbers of shape ({expected}) as input {name!r}, "
                    f"got {array.dtype} {array.shape}"
                )
        if len({len(array) for array in arrays}) > 1:
            counts = ", ".join(str(len(array)) for array in arrays)
            raise UsageError(f"expected equally many examples in each input, got {counts}")
        return arrays


def _check_weights(graph: Graph, weights: Mapping[str, np.ndarray]) -> None:
    expected = graph.variable_shapes()
    for name in sorted(expected.keys() - weights.keys()):
        raise CheckpointError(f"weights {name!r} are missing")
    for name in sorted(weights.keys() - expected.keys()):
        raise CheckpointError(f"unexpected weights {name!r}; {nearest(name, expected)}")
    for name, shape in expected.items():
        if weights[name].shape != shape:
            came = weights[name].shape
            raise CheckpointError(f"expected weights {name!r} of shape {shape}, got {came}")
