"""The gated recurrent unit (Cho et al., 2014), as Keras computes it with `reset_after`."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.inference import settings
from nnlab.inference.activations import sigmoid
from nnlab.inference.layer import Arrays, Layer, Shape, expect_form
from nnlab.inference.writer import BOOL, FLOAT, Writer


@dataclass(frozen=True)
class GRU(Layer):
    """A memory over time with two gates; it has one state, where an LSTM has two.

    Takes a sequence, and optionally the state that it begins in; else that is zero. Puts out the
    last state or those of all time steps, and with `return_state` also the last one.
    """

    input_counts = (1, 2)
    input_words = "one or two inputs"
    state_names: ClassVar[tuple[str, ...]] = ("hidden",)
    units: int = settings.size()
    return_sequences: bool = settings.flag()
    return_state: bool = settings.flag()
    use_bias: bool = settings.flag()

    def output_shapes(self, *inputs: Shape) -> tuple[Shape, ...]:
        """(time, features) -> (time, units) or (units,), and (units,) for the state."""
        form = "(1 time step or more, features)"
        expect_form(inputs[0], form, len(inputs[0]) == 2 and inputs[0][0] >= 1)
        for state in inputs[1:]:
            expect_form(state, f"({self.units},) as a state", state == (self.units,))
        output = (inputs[0][0], self.units) if self.return_sequences else (self.units,)
        return (output, (self.units,)) if self.return_state else (output,)

    def variable_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """Kernels of the gates update, reset, candidate, side by side; biases of both."""
        gates = 3 * self.units
        kernels: dict[str, Shape] = {
            "kernel": (inputs[0][-1], gates),
            "recurrent_kernel": (self.units, gates),
        }
        return kernels | ({"bias": (2, gates)} if self.use_bias else {})

    def scratch(self, *inputs: Shape) -> int:
        """The gates of all time steps, and the sequence in another order."""
        return inputs[0][0] * 3 * self.units + math.prod(inputs[0])

    def uses_mask(self, masked: Sequence[bool]) -> bool:
        """Keras looks at the mask only where no state is given."""
        return len(masked) == 1 and masked[0]

    def makes_mask(self, masked: Sequence[bool]) -> bool:
        """A sequence passes on its mask, whether or not it was looked at."""
        return self.return_sequences and masked[0]

    def __call__(
        self,
        x: np.ndarray,
        hidden: np.ndarray | None = None,
        mask: np.ndarray | None = None,
        *,
        kernel: np.ndarray,
        recurrent_kernel: np.ndarray,
        bias: np.ndarray | None = None,
    ) -> Arrays:
        """Run over a sequence.

        Args:
            x: (batch, time, features).
            hidden: (batch, units), the state at first; zero if none is given.
            mask: bool (batch, time); where it is False the state stays as it is.
            kernel: (features, 3 * units).
            recurrent_kernel: (units, 3 * units).
            bias: (2, 3 * units), of the inputs and of the state.

        Returns:
            (batch, time, units) or (batch, units); with the state (batch, units) if the layer
            returns it.
        """
        batch, time, features = x.shape
        if hidden is None:
            hidden = np.zeros((batch, self.units), np.float32)
        gates = x.transpose(1, 0, 2).reshape(-1, features) @ kernel
        if bias is not None:
            gates += bias[0]
        gates = gates.reshape(time, batch, kernel.shape[1])
        sequence = []
        for step in range(time):
            z = hidden @ recurrent_kernel
            if bias is not None:
                z += bias[1]
            both = sigmoid(gates[step, :, : -self.units] + z[:, : -self.units])
            update, reset = both[:, : self.units], both[:, self.units :]
            candidate = np.tanh(gates[step, :, -self.units :] + reset * z[:, -self.units :])
            new = candidate + update * (hidden - candidate)
            hidden = new if mask is None else np.where(mask[:, step, None], new, hidden)
            if self.return_sequences:
                sequence.append(hidden)
        output = np.stack(sequence, axis=1) if self.return_sequences else hidden
        return (output, hidden) if self.return_state else output

    def write(
        self, to: Writer, inputs: Sequence[str], variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write ONNX' GRU."""
        steps = to.op("Transpose", inputs[0], perm=(1, 0, 2))  # (time, batch, features)
        names = ("kernel", "recurrent_kernel")
        weights: list[str | np.ndarray] = [
            np.ascontiguousarray(variables[name].T)[None] for name in names
        ]
        weights.append(variables["bias"].reshape(1, -1) if self.use_bias else "")
        if len(inputs) == 2:  # behind an empty place for lengths
            weights += ["", to.op("Unsqueeze", inputs[1], np.array([0]))]
        made = to.ops("GRU", 2, steps, *weights, hidden_size=self.units, linear_before_reset=1)
        sequence = to.op("Squeeze", made[0], np.array([1]))
        return self._outputs(to, sequence, to.op("Squeeze", made[1], np.array([0])))

    def write_masked(
        self, to: Writer, inputs: Sequence[str], mask: str, variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write a scan over the steps, in which the state stays where the mask is False."""
        gates = to.op("MatMul", inputs[0], variables["kernel"])
        bias = variables["bias"] if self.use_bias else np.zeros((2, 3 * self.units), np.float32)
        gates = to.op("Transpose", to.op("Add", gates, bias[0]), perm=(1, 0, 2))
        seen = to.op("Unsqueeze", to.op("Transpose", mask, perm=(1, 0)), np.array([-1]))
        batch = to.op("Slice", to.op("Shape", gates), np.array([1]), np.array([2]))
        shape = to.op("Concat", batch, np.array([self.units]), axis=0)
        zero = to.op("ConstantOfShape", shape, value=to.value(0))
        inside = to.body("step")
        hidden, share, now = inside.take(hidden=FLOAT, share=FLOAT, seen=BOOL)
        own = inside.op("MatMul", hidden, variables["recurrent_kernel"])
        own = inside.op("Add", own, bias[1])
        shares = inside.ops("Split", 3, share, axis=-1)
        owns = inside.ops("Split", 3, own, axis=-1)
        update, reset = (
            inside.op("Sigmoid", inside.op("Add", *pair))
            for pair in zip(shares[:2], owns[:2], strict=True)
        )
        candidate = inside.op("Tanh", inside.op("Add", shares[2], inside.op("Mul", reset, owns[2])))
        kept = inside.op("Mul", update, inside.op("Sub", hidden, candidate))
        next_hidden = inside.op("Where", now, inside.op("Add", candidate, kept), hidden)
        body = inside.finish(next_hidden=next_hidden, output=next_hidden)
        last, sequence = to.ops("Scan", 2, zero, gates, seen, body=body, num_scan_inputs=2)
        return self._outputs(to, sequence, last)

    def _outputs(self, to: Writer, sequence: str, last: str) -> list[str]:
        """Choose the outputs; the sequence is (time, batch, units)."""
        output = to.op("Transpose", sequence, perm=(1, 0, 2)) if self.return_sequences else last
        return [output, last] if self.return_state else [output]
