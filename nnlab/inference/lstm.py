"""Long short-term memory (Hochreiter and Schmidhuber, 1997), as Keras computes it."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.inference import settings
from nnlab.inference.layer import Arrays, Layer, Shape, expect_form
from nnlab.inference.writer import BOOL, FLOAT, Writer


@dataclass(frozen=True)
class LSTM(Layer):
    """A memory over time, with the activations tanh and sigmoid.

    Takes a sequence, and optionally the hidden state and the cell state that it begins in; else
    they are zero. Puts out the last hidden state or those of all time steps, and with
    `return_state` also the last hidden state and the last cell state.
    """

    input_counts = (1, 3)
    input_words = "one or three inputs"
    state_names: ClassVar[tuple[str, ...]] = ("hidden", "cell")
    units: int = settings.size()
    return_sequences: bool = settings.flag()
    return_state: bool = settings.flag()
    use_bias: bool = settings.flag()

    def output_shapes(self, *inputs: Shape) -> tuple[Shape, ...]:
        """(time, features) -> (time, units) or (units,), and twice (units,) for the states."""
        form = "(1 time step or more, features)"
        expect_form(inputs[0], form, len(inputs[0]) == 2 and inputs[0][0] >= 1)
        for state in inputs[1:]:
            expect_form(state, f"({self.units},) as a state", state == (self.units,))
        state = (self.units,)
        output = (inputs[0][0], self.units) if self.return_sequences else state
        return (output, state, state) if self.return_state else (output,)

    def variable_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """Kernels and bias of the gates in, forget, candidate, out; side by side."""
        gates = 4 * self.units
        kernels: dict[str, Shape] = {
            "kernel": (inputs[0][-1], gates),
            "recurrent_kernel": (self.units, gates),
        }
        return kernels | ({"bias": (gates,)} if self.use_bias else {})

    def scratch(self, *inputs: Shape) -> int:
        """The gates of all time steps, and the sequence in another order."""
        return inputs[0][0] * 4 * self.units + math.prod(inputs[0])

    def uses_mask(self, masked: Sequence[bool]) -> bool:
        """Keras looks at the mask only where no states are given."""
        return len(masked) == 1 and masked[0]

    def makes_mask(self, masked: Sequence[bool]) -> bool:
        """A sequence passes on its mask, whether or not it was looked at."""
        return self.return_sequences and masked[0]

    def write(
        self, to: Writer, inputs: Sequence[str], variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write ONNX' LSTM."""
        steps = to.op("Transpose", inputs[0], perm=(1, 0, 2))  # (time, batch, features)
        states = [to.op("Unsqueeze", state, np.array([0])) for state in inputs[1:]]
        weights: list[str | np.ndarray] = [*self._onnx_weights(variables)]
        if states:  # behind an empty place for the bias, if there is none, and for lengths
            weights += ["", *states] if self.use_bias else ["", "", *states]
        made = to.ops("LSTM", 3, steps, *weights, hidden_size=self.units)
        hidden, cell = (to.op("Squeeze", state, np.array([0])) for state in made[1:])
        return self._outputs(to, to.op("Squeeze", made[0], np.array([1])), hidden, cell)

    def _outputs(self, to: Writer, sequence: str, hidden: str, cell: str) -> list[str]:
        """Choose the outputs; the sequence is (time, batch, units)."""
        output = to.op("Transpose", sequence, perm=(1, 0, 2)) if self.return_sequences else hidden
        return [output, hidden, cell] if self.return_state else [output]

    def _onnx_weights(self, variables: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        """Return kernels and bias as ONNX has them: gates in, out, forget, candidate, in rows."""

        def ordered(gates: np.ndarray) -> np.ndarray:
            given, forget, candidate, out = np.split(gates, 4, axis=-1)
            return np.concatenate([given, out, forget, candidate], axis=-1)

        kernels = [ordered(variables[name]).T[None] for name in ("kernel", "recurrent_kernel")]
        if not self.use_bias:
            return [np.ascontiguousarray(kernel) for kernel in kernels]
        bias = ordered(variables["bias"])[None]
        return [np.ascontiguousarray(one) for one in (*kernels, np.hstack([bias, 0 * bias]))]

    def write_masked(
        self, to: Writer, inputs: Sequence[str], mask: str, variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write a scan over the steps, in which the states stay where the mask is False."""
        steps = to.op("Transpose", inputs[0], perm=(1, 0, 2))  # (time, batch, features)
        gates = to.op("MatMul", steps, variables["kernel"])
        if self.use_bias:
            gates = to.op("Add", gates, variables["bias"])
        seen = to.op("Unsqueeze", to.op("Transpose", mask, perm=(1, 0)), np.array([-1]))
        batch = to.op("Slice", to.op("Shape", steps), np.array([1]), np.array([2]))
        shape = to.op("Concat", batch, np.array([self.units]), axis=0)
        zero = to.op("ConstantOfShape", shape, value=to.value(0))
        inside = to.body("step")
        hidden, cell, share, now = inside.take(hidden=FLOAT, cell=FLOAT, share=FLOAT, seen=BOOL)
        z = inside.op("Add", share, inside.op("MatMul", hidden, variables["recurrent_kernel"]))
        given, forget, candidate, out = inside.ops("Split", 4, z, axis=-1)
        kept = inside.op("Mul", inside.op("Sigmoid", forget), cell)
        added = inside.op("Mul", inside.op("Sigmoid", given), inside.op("Tanh", candidate))
        new_cell = inside.op("Add", kept, added)
        new_hidden = inside.op("Mul", inside.op("Sigmoid", out), inside.op("Tanh", new_cell))
        next_hidden = inside.op("Where", now, new_hidden, hidden)
        next_cell = inside.op("Where", now, new_cell, cell)
        body = inside.finish(next_hidden=next_hidden, next_cell=next_cell, output=next_hidden)
        last_hidden, last_cell, sequence = to.ops(
            "Scan", 3, zero, zero, gates, seen, body=body, num_scan_inputs=2
        )
        return self._outputs(to, sequence, last_hidden, last_cell)

    def ready(self, variables: Mapping[str, np.ndarray]) -> Callable[..., Arrays]:
        """Scale the weights such that one tanh does for all gates.

        sigmoid(z) is tanh(z / 2) / 2 + 1 / 2. Halving is exact.
        """
        scale = np.repeat(np.array([0.5, 0.5, 1, 0.5], np.float32), self.units)
        bias = variables["bias"] * scale if self.use_bias else None
        kernels = np.concatenate([variables["kernel"], variables["recurrent_kernel"]]) * scale
        return _Cell(self, kernels, bias, scale, np.float32(1) - scale)


@dataclass(frozen=True, slots=True)
class _Cell:
    """An LSTM with its weights.

    Attributes:
        layer: The settings.
        kernels: (features + units, gates), scaled: that of the inputs, then that of the state.
        bias: (gates,), scaled.
        scale: (gates,), from tanh to the value of a gate: 1/2, of the candidate 1.
        offset: (gates,), likewise: 1/2, of the candidate 0.
    """

    layer: LSTM
    kernels: np.ndarray
    bias: np.ndarray | None
    scale: np.ndarray
    offset: np.ndarray

    def __call__(
        self,
        x: np.ndarray,
        hidden: np.ndarray | None = None,
        cell: np.ndarray | None = None,
        mask: np.ndarray | None = None,
    ) -> Arrays:
        """Run over a sequence.

        Args:
            x: (batch, time, features).
            hidden: (batch, units), the hidden state at first; zero if none is given.
            cell: (batch, units), the cell state at first.
            mask: bool (batch, time); where it is False the states stay as they are.

        Returns:
            (batch, time, units) or (batch, units); with the states (batch, units) if the layer
            returns them.
        """
        batch, time, features = x.shape
        if hidden is None or cell is None:
            hidden = cell = np.zeros((batch, self.layer.units), np.float32)
        if time == 1 and mask is None:  # as when a text is written: one product is faster than two
            gates = np.concatenate([x[:, 0], hidden], axis=1) @ self.kernels
            if self.bias is not None:
                gates += self.bias
            hidden, cell = self._step(gates, cell)
            output = hidden[:, None] if self.layer.return_sequences else hidden
            return (output, hidden, cell) if self.layer.return_state else output
        kernel, recurrent = self.kernels[:features], self.kernels[features:]
        gates = x.transpose(1, 0, 2).reshape(-1, features) @ kernel
        if self.bias is not None:
            gates += self.bias
        gates = gates.reshape(time, batch, kernel.shape[1])
        sequence = []
        for step in range(time):
            before = hidden, cell
            z = hidden @ recurrent
            z += gates[step]
            hidden, cell = self._step(z, cell)
            if mask is not None:
                seen = mask[:, step, None]
                hidden = np.where(seen, hidden, before[0])
                cell = np.where(seen, cell, before[1])
            if self.layer.return_sequences:
                sequence.append(hidden)
        output = np.stack(sequence, axis=1) if self.layer.return_sequences else hidden
        return (output, hidden, cell) if self.layer.return_state else output

    def _step(self, z: np.ndarray, cell: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Make the next states (batch, units) of the gates (batch, gates), which it changes."""
        np.tanh(z, out=z)
        z *= self.scale
        z += self.offset
        units = self.layer.units
        cell = z[:, units : 2 * units] * cell
        cell += z[:, :units] * z[:, 2 * units : 3 * units]
        hidden = np.tanh(cell)
        hidden *= z[:, 3 * units :]
        return hidden, cell
