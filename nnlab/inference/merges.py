"""Layers that make one tensor of several."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, ClassVar

import numpy as np

from nnlab.errors import CheckpointError
from nnlab.inference import settings
from nnlab.inference.layer import Layer, Shape, expect_form
from nnlab.inference.writer import BOOL, FLOAT, Writer

_TWO_OR_MORE = range(2, 2**31)


@dataclass(frozen=True)
class Concatenate(Layer):
    """Inputs one after another along an axis."""

    input_counts = _TWO_OR_MORE
    input_words = "two or more inputs"
    each_position = True
    axis: int = settings.axis()

    def output_shape(self, *inputs: Shape) -> Shape:
        """Shapes that differ along the axis at most -> the lengths along it added up."""
        rank = len(inputs[0])
        along = self.axis - 1 if self.axis > 0 else rank + self.axis
        expect_form(inputs[0], f"with an axis {self.axis}", 0 <= along < rank)
        for other in inputs[1:]:
            form = f"{inputs[0]} but for axis {self.axis}"
            fits = len(other) == rank and all(
                other[axis] == inputs[0][axis] for axis in range(rank) if axis != along
            )
            expect_form(other, form, fits)
        length = sum(shape[along] for shape in inputs)
        return (*inputs[0][:along], length, *inputs[0][along + 1 :])

    def __call__(self, *inputs: np.ndarray) -> np.ndarray:
        """Join arrays (batch, ...)."""
        return np.concatenate(inputs, axis=self.axis)

    def write(
        self, to: Writer, inputs: Sequence[str], variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write a joining; images side by side in channels stay as they are."""
        if to.are_channels_first(inputs) and self.axis in (-1, 3):
            images = [to.channels_first(one) for one in inputs]
            return [to.channels_last(to.op("Concat", *images, axis=1))]
        return [to.op("Concat", *inputs, axis=self.axis)]

    def makes_mask(self, masked: Sequence[bool]) -> bool:
        """There is a mask if any input has one."""
        return any(masked)

    def mask(self, inputs: Sequence[np.ndarray], masks: Sequence[np.ndarray | None]) -> np.ndarray:
        """Join the masks as the inputs; an input without a mask counts as unmasked."""
        whole = [
            np.broadcast_to(True if mask is None else mask[..., None], x.shape)
            for x, mask in zip(inputs, masks, strict=True)
        ]
        result: np.ndarray = np.any(np.concatenate(whole, axis=self.axis), axis=-1)
        return result

    def write_mask(self, to: Writer, inputs: Sequence[str], masks: Sequence[str | None]) -> str:
        """Write what `mask` computes."""
        whole = []
        for x, mask in zip(inputs, masks, strict=True):
            if mask is None:
                seen = to.op("ConstantOfShape", to.op("Shape", x), value=to.value(1))
            else:
                column = to.op("Unsqueeze", mask, np.array([-1]))
                seen = to.op("Expand", to.op("Cast", column, to=FLOAT), to.op("Shape", x))
            whole.append(seen)
        joined = to.op("Concat", *whole, axis=self.axis)
        most = to.op("ReduceMax", joined, axes=[-1], keepdims=0)
        return to.op("Cast", most, to=BOOL)


@dataclass(frozen=True)
class _ElementByElement(Layer):
    """Applies one operation element by element, from the first input on.

    Attributes:
        compute: The operation on arrays.
        operator: Its name in ONNX.
    """

    input_counts = _TWO_OR_MORE
    input_words = "two or more inputs"
    each_position = True
    compute: ClassVar[Callable[..., Any]]
    operator: ClassVar[str]

    def output_shape(self, *inputs: Shape) -> Shape:
        """Equal shapes -> that shape; Keras would stretch others, in ways of its own."""
        for other in inputs[1:]:
            expect_form(other, str(inputs[0]), other == inputs[0])
        return inputs[0]

    def __call__(self, *inputs: np.ndarray) -> np.ndarray:
        """Combine arrays (batch, ...)."""
        result: np.ndarray = reduce(type(self).compute, inputs)
        return result

    def write(
        self, to: Writer, inputs: Sequence[str], variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write the operation between one input and the next."""
        if to.are_channels_first(inputs):
            images = [to.channels_first(one) for one in inputs]
            return [to.channels_last(self._written(to, images))]
        return [self._written(to, inputs)]

    def _written(self, to: Writer, inputs: Sequence[str]) -> str:
        return reduce(lambda result, other: to.op(self.operator, result, other), inputs)


@dataclass(frozen=True)
class Add(_ElementByElement):
    """The sum of all inputs."""

    compute = np.add
    operator = "Add"

    def makes_mask(self, masked: Sequence[bool]) -> bool:
        """There is a mask if all inputs have one."""
        return all(masked)

    def mask(self, inputs: Sequence[np.ndarray], masks: Sequence[np.ndarray | None]) -> np.ndarray:
        """A position is unmasked where any input is unmasked."""
        result: np.ndarray = np.any(np.stack([mask for mask in masks if mask is not None]), axis=0)
        return result

    def write_mask(self, to: Writer, inputs: Sequence[str], masks: Sequence[str | None]) -> str:
        """Write what `mask` computes."""
        result, *others = (mask for mask in masks if mask is not None)
        for other in others:
            result = to.op("Or", result, other)
        return result


@dataclass(frozen=True)
class Multiply(_ElementByElement):
    """The product of all inputs."""

    compute = np.multiply
    operator = "Mul"

    def makes_mask(self, masked: Sequence[bool]) -> bool:
        """Refuse masks: Keras leaves masked factors out of the product, which is not done here."""
        if any(masked):
            raise CheckpointError("a layer of kind 'multiply' takes no masked input")
        return False
