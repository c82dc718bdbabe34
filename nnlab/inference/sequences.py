"""Layers that make, number or blank out the steps of a sequence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nnlab.errors import UsageError
from nnlab.inference import settings
from nnlab.inference.layer import Layer, Shape, expect_form
from nnlab.inference.writer import BOOL, FLOAT, INT64, Writer


@dataclass(frozen=True)
class RepeatVector(Layer):
    """The same vector at every time step."""

    count: int = settings.size()

    def output_shape(self, *inputs: Shape) -> Shape:
        """(features,) -> (count, features)."""
        expect_form(inputs[0], "(features,)", len(inputs[0]) == 1)
        return (self.count, *inputs[0])

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """(batch, features) -> (batch, count, features)."""
        return np.repeat(x[:, None], self.count, axis=1)

    def write(
        self, to: Writer, inputs: Sequence[str], variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write a stretching."""
        step = to.op("Unsqueeze", inputs[0], np.array([1]))
        return [to.op("Expand", step, np.array([1, self.count, 1]))]


@dataclass(frozen=True)
class Embedding(Layer):
    """A vector for each whole number from 0 to `input_dim` - 1."""

    each_position = True
    input_dim: int = settings.size()
    output_dim: int = settings.size()
    mask_zero: bool = settings.flag()

    def output_shape(self, *inputs: Shape) -> Shape:
        """(...) -> (..., output_dim)."""
        form = f"of at most {settings.MAX_RANK - 1} axes"
        expect_form(inputs[0], form, len(inputs[0]) < settings.MAX_RANK)
        return (*inputs[0], self.output_dim)

    def variable_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """Embeddings (input_dim, output_dim)."""
        return {"embeddings": (self.input_dim, self.output_dim)}

    def __call__(self, x: np.ndarray, embeddings: np.ndarray) -> np.ndarray:
        """(batch, ...) -> (batch, ..., output_dim).

        Raises:
            UsageError: A number is not whole, or has no vector.
        """
        if x.size == 1:  # as when a text is written: in a sixth of the time
            code = float(x.item())
            if code.is_integer() and 0 <= code < self.input_dim:
                row: np.ndarray = embeddings[int(code)].reshape(*x.shape, -1)
                return row
        codes = x.astype(np.intp)  # infinities and NaN become some number, which is not x
        fits = (codes == x) & (codes.view(np.uintp) < self.input_dim)  # a negative one is large
        if not fits.all():
            raise UsageError(
                f"expected whole numbers from 0 to {self.input_dim - 1} for the embedding, "
                f"got {x[~fits][0]:g}"
            )
        return embeddings[codes]

    def write(
        self, to: Writer, inputs: Sequence[str], variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write a choice of rows."""
        return [to.op("Gather", variables["embeddings"], to.op("Cast", inputs[0], to=INT64))]

    def makes_mask(self, masked: Sequence[bool]) -> bool:
        """There is a mask if zero stands for nothing."""
        return self.mask_zero

    def mask(self, inputs: Sequence[np.ndarray], masks: Sequence[np.ndarray | None]) -> np.ndarray:
        """Seen is what is not zero."""
        result: np.ndarray = inputs[0] != 0
        return result

    def write_mask(self, to: Writer, inputs: Sequence[str], masks: Sequence[str | None]) -> str:
        """Write what `mask` computes."""
        return to.op("Cast", inputs[0], to=BOOL)


@dataclass(frozen=True)
class ReversibleEmbedding(Embedding):
    """An embedding; with `reverse` the way back, with the same variables.

    Vectors become a score for each number: how alike its vector is (Press and Wolf, 2017).
    """

    reverse: bool = settings.flag()

    def output_shape(self, *inputs: Shape) -> Shape:
        """(...) -> (..., output_dim); in reverse (..., output_dim) -> (..., input_dim)."""
        if not self.reverse:
            return super().output_shape(*inputs)
        expect_form(inputs[0], f"(..., {self.output_dim})", inputs[0][-1:] == (self.output_dim,))
        return (*inputs[0][:-1], self.input_dim)

    def shares_with(self, other: Layer) -> bool:
        """There and back use the same variables."""
        return isinstance(other, ReversibleEmbedding) and replace(other, reverse=False) == replace(
            self, reverse=False
        )

    def __call__(self, x: np.ndarray, embeddings: np.ndarray) -> np.ndarray:
        """(batch, ...) -> (batch, ..., output_dim); in reverse to (batch, ..., input_dim)."""
        if not self.reverse:
            return super().__call__(x, embeddings)
        y: np.ndarray = x.reshape(-1, self.output_dim) @ embeddings.T
        return y.reshape(*x.shape[:-1], self.input_dim)

    def write(
        self, to: Writer, inputs: Sequence[str], variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write a choice of rows, or a product of matrices."""
        if not self.reverse:
            return super().write(to, inputs, variables)
        turned = to.op("Transpose", variables["embeddings"], perm=(1, 0))
        return [to.op("MatMul", inputs[0], turned)]

    def makes_mask(self, masked: Sequence[bool]) -> bool:
        """There is a mask if zero stands for nothing, but not on the way back."""
        return self.mask_zero and not self.reverse


@dataclass(frozen=True)
class Masking(Layer):
    """Masks the time steps at which all features have one value, and sets them to zero."""

    each_position = True
    mask_value: float = settings.number()

    def output_shape(self, *inputs: Shape) -> Shape:
        """(..., features) -> the same."""
        expect_form(inputs[0], "(..., features)", len(inputs[0]) >= 1)
        return inputs[0]

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """(batch, ..., features) -> the same."""
        return np.where(self.mask([x], [None])[..., None], x, np.float32(0))

    def makes_mask(self, masked: Sequence[bool]) -> bool:
        """Always, in place of the one before."""
        return True

    def mask(self, inputs: Sequence[np.ndarray], masks: Sequence[np.ndarray | None]) -> np.ndarray:
        """Seen is what has another value in any feature."""
        result: np.ndarray = (inputs[0] != np.float32(self.mask_value)).any(axis=-1)
        return result

    def write(
        self, to: Writer, inputs: Sequence[str], variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write zeros where the mask is False."""
        seen = to.op("Unsqueeze", self.write_mask(to, inputs, [None]), np.array([-1]))
        return [to.op("Where", seen, inputs[0], np.array(0, np.float32))]

    def write_mask(self, to: Writer, inputs: Sequence[str], masks: Sequence[str | None]) -> str:
        """Write what `mask` computes."""
        same = to.op("Equal", inputs[0], np.array(self.mask_value, np.float32))
        other = to.op("Cast", to.op("Not", same), to=FLOAT)
        return to.op("Cast", to.op("ReduceMax", other, axes=[-1], keepdims=0), to=BOOL)
