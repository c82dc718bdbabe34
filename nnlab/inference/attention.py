"""Attention of several heads (Vaswani et al., 2017), as Keras' `MultiHeadAttention` computes it.

One Keras layer is two nodes here. The first computes the keys and values, the second looks at them.
This lets a decoder keep the keys and values of earlier steps, and those of the source
sentence.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.inference import settings
from nnlab.inference.activations import softmax
from nnlab.inference.layer import Arrays, Layer, Shape, expect_form
from nnlab.inference.writer import Writer

HIDDEN = np.float32(-1e9)
"""The score of a position that must not be looked at; Keras adds it."""


@dataclass(frozen=True)
class AttentionMemory(Layer):
    """What attention looks at: a key and a value of each head for each position."""

    passes_mask = True
    each_position = True
    heads: int = settings.size()
    key_size: int = settings.size()
    use_bias: bool = settings.flag()

    def output_shapes(self, *inputs: Shape) -> tuple[Shape, ...]:
        """(time, features) -> twice (time, heads * key_size): the keys and the values."""
        expect_form(inputs[0], "(time, features)", len(inputs[0]) == 2)
        made = (inputs[0][0], self.heads * self.key_size)
        return made, made

    def variable_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """Kernel (features, heads, key_size) and bias of the keys, then those of the values."""
        return {
            f"{which}_{name}": shape
            for which in ("key", "value")
            for name, shape in _projection(inputs[0][-1], self).items()
        }

    def __call__(self, x: np.ndarray, **variables: np.ndarray) -> Arrays:
        """(batch, time, features) -> twice (batch, time, heads * key_size)."""
        return _project(x, "key", variables), _project(x, "value", variables)

    def write(
        self, to: Writer, inputs: Sequence[str], variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write two projections."""
        return [_write_projection(to, inputs[0], one, variables) for one in ("key", "value")]


@dataclass(frozen=True)
class Attention(Layer):
    """A weighted mean of the values for each query, by how well the keys fit it.

    Takes the queries, keys and values. With `causal`, the last query belongs to the last key, and
    no query sees keys after its own. Keys that are masked are not seen; the mask of the queries
    makes no difference to those that are seen.
    """

    input_counts = (3,)
    input_words = "queries, keys and values"
    passes_mask = True
    mask_input = 1
    heads: int = settings.size()
    key_size: int = settings.size()
    units: int = settings.size()
    causal: bool = settings.flag()
    use_bias: bool = settings.flag()

    def output_shape(self, *inputs: Shape) -> Shape:
        """(time, features), twice (other time, heads * key_size) -> (time, units)."""
        query, *memory = inputs
        expect_form(query, "(time, features)", len(query) == 2)
        for one in memory:
            fits = len(one) == 2 and one[1] == self.heads * self.key_size and one == memory[0]
            expect_form(one, f"(time, {self.heads * self.key_size})", fits)
        if self.causal:
            expect_form(query, f"(at most {memory[0][0]}, features)", query[0] <= memory[0][0])
        return (query[0], self.units)

    def variable_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """Kernels of queries (features, heads, key_size) and output (heads, key_size, units)."""
        query = {f"query_{k}": shape for k, shape in _projection(inputs[0][-1], self).items()}
        output: dict[str, Shape] = {"output_kernel": (self.heads, self.key_size, self.units)}
        return query | output | ({"output_bias": (self.units,)} if self.use_bias else {})

    def scratch(self, *inputs: Shape) -> int:
        """The queries, the scores twice, and what is made of them."""
        query, keys = inputs[0], inputs[1]
        return 2 * self.heads * query[0] * keys[0] + 3 * math.prod(keys) + 2 * query[0] * keys[1]

    def uses_mask(self, masked: Sequence[bool]) -> bool:
        """Positions of padding are not seen."""
        return masked[1]

    def weights(
        self,
        x: np.ndarray,
        keys: np.ndarray,
        mask: np.ndarray | None = None,
        **variables: np.ndarray,
    ) -> np.ndarray:
        """Tell how much each query looks at each position.

        Args:
            x: (batch, time, features).
            keys: (batch, positions, heads * key_size).
            mask: bool (batch, positions).
            variables: As for a call.

        Returns:
            float32 (batch, heads, time, positions), 1 in sum over the positions.
        """
        queries = self._split(_project(x, "query", variables)) / np.float32(self._scale)
        scores = queries @ self._split(keys).swapaxes(-1, -2)
        if mask is not None:
            scores = np.where(mask[:, None, None], scores, HIDDEN)
        if self.causal and x.shape[1] > 1:
            times, positions = x.shape[1], keys.shape[1]
            seen = np.tri(times, positions, positions - times, dtype=bool)
            scores = np.where(seen, scores, HIDDEN)
        return softmax(scores)

    def __call__(
        self,
        x: np.ndarray,
        keys: np.ndarray,
        values: np.ndarray,
        mask: np.ndarray | None = None,
        **variables: np.ndarray,
    ) -> np.ndarray:
        """(batch, time, features), twice (batch, positions, ...) -> (batch, time, units)."""
        seen = self.weights(x, keys, mask, **variables) @ self._split(values)
        joined = seen.transpose(0, 2, 1, 3).reshape(-1, self.heads * self.key_size)
        y = joined @ variables["output_kernel"].reshape(-1, self.units)
        if self.use_bias:
            y += variables["output_bias"]
        result: np.ndarray = y.reshape(len(x), x.shape[1], self.units)
        return result

    def write(
        self, to: Writer, inputs: Sequence[str], variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write the products of matrices around a softmax."""
        return self._write(to, inputs, None, variables)

    def write_masked(
        self, to: Writer, inputs: Sequence[str], mask: str, variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write the same, without what is masked."""
        return self._write(to, inputs, mask, variables)

    def _write(
        self,
        to: Writer,
        inputs: Sequence[str],
        mask: str | None,
        variables: Mapping[str, np.ndarray],
    ) -> Sequence[str]:
        query, keys, values = inputs
        queries = self._write_split(to, _write_projection(to, query, "query", variables))
        queries = to.op("Div", queries, np.array(self._scale, np.float32))
        transposed = to.op("Transpose", self._write_split(to, keys), perm=(0, 1, 3, 2))
        scores = to.op("MatMul", queries, transposed)
        hidden = np.array(HIDDEN)
        if mask is not None:
            seen = to.op("Unsqueeze", mask, np.array([1, 2]))
            scores = to.op("Where", seen, scores, hidden)
        if self.causal:
            scores = to.op("Where", self._write_seen(to, query, keys), scores, hidden)
        weights = to.op("Softmax", scores, axis=-1)
        mixed = to.op("MatMul", weights, self._write_split(to, values))
        joined = to.op("Transpose", mixed, perm=(0, 2, 1, 3))
        joined = to.op("Reshape", joined, np.array([0, 0, self.heads * self.key_size]))
        y = to.op("MatMul", joined, variables["output_kernel"].reshape(-1, self.units))
        return [to.op("Add", y, variables["output_bias"]) if self.use_bias else y]

    @property
    def _scale(self) -> float:
        return math.sqrt(self.key_size)

    def _split(self, joined: np.ndarray) -> np.ndarray:
        """(batch, time, heads * key_size) -> (batch, heads, time, key_size)."""
        parts = joined.reshape(len(joined), joined.shape[1], self.heads, self.key_size)
        return parts.transpose(0, 2, 1, 3)

    def _write_split(self, to: Writer, joined: str) -> str:
        parts = to.op("Reshape", joined, np.array([0, 0, self.heads, self.key_size]))
        return to.op("Transpose", parts, perm=(0, 2, 1, 3))

    def _write_seen(self, to: Writer, query: str, keys: str) -> str:
        """Write which positions each query sees: bool (time, positions)."""
        shapes = (to.op("Shape", one) for one in (query, keys))
        times, positions = (to.op("Gather", shape, np.array(1)) for shape in shapes)
        first, one = np.array(0), np.array(1)
        offset = to.op("Sub", positions, times)
        own = to.op("Add", to.op("Range", first, times, one), offset)
        rows = to.op("Unsqueeze", own, np.array([1]))
        return to.op("LessOrEqual", to.op("Range", first, positions, one), rows)


def _projection(features: int, layer: AttentionMemory | Attention) -> dict[str, Shape]:
    per_head = (layer.heads, layer.key_size)
    kernel: dict[str, Shape] = {"kernel": (features, *per_head)}
    return kernel | ({"bias": per_head} if layer.use_bias else {})


def _project(x: np.ndarray, which: str, variables: Mapping[str, np.ndarray]) -> np.ndarray:
    """(batch, time, features) -> (batch, time, heads * key_size)."""
    kernel = variables[f"{which}_kernel"]
    y: np.ndarray = x.reshape(-1, len(kernel)) @ kernel.reshape(len(kernel), -1)
    if f"{which}_bias" in variables:
        y += variables[f"{which}_bias"].reshape(-1)
    return y.reshape(len(x), x.shape[1], y.shape[-1])


def _write_projection(to: Writer, x: str, which: str, variables: Mapping[str, np.ndarray]) -> str:
    kernel = variables[f"{which}_kernel"]
    y = to.op("MatMul", x, kernel.reshape(len(kernel), -1))
    bias = variables.get(f"{which}_bias")
    return y if bias is None else to.op("Add", y, bias.reshape(-1))
