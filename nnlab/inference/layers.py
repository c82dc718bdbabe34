"""Dense layers, and layers that rescale, reshape, merge or pass on."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.inference import settings
from nnlab.inference.activations import ACTIVATIONS, write_activation
from nnlab.inference.layer import Layer, Shape, expect_form
from nnlab.inference.writer import BOOL, FLOAT, Writer

_TWO_OR_MORE = range(2, 2**31)


@dataclass(frozen=True)
class Rescale(Layer):
    """x * scale + offset."""

    passes_mask = True
    each_position = True
    scale: float = settings.number()
    offset: float = settings.number()

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Scale and shift any shape."""
        return x * np.float32(self.scale) + np.float32(self.offset)

    def write(
        self, to: Writer, inputs: Sequence[str], variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write a product and a sum."""
        scaled = to.op("Mul", inputs[0], np.array(self.scale, np.float32))
        return [to.op("Add", scaled, np.array(self.offset, np.float32))]


@dataclass(frozen=True)
class Flatten(Layer):
    """All axes but the batch become one."""

    def output_shape(self, *inputs: Shape) -> Shape:
        """(height, width, channels) -> (height * width * channels,), and alike."""
        return (math.prod(inputs[0]),)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """(batch, ...) -> (batch, length)."""
        return x.reshape(len(x), math.prod(x.shape[1:]))

    def write(
        self, to: Writer, inputs: Sequence[str], variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write a reshaping."""
        return [to.op("Flatten", inputs[0], axis=1)]


@dataclass(frozen=True)
class Reshape(Layer):
    """The same numbers in another shape."""

    shape: tuple[int, ...] = settings.shape()

    def output_shape(self, *inputs: Shape) -> Shape:
        """Any shape of as many numbers -> the shape that is set."""
        form = f"that holds {math.prod(self.shape):,} numbers"
        expect_form(inputs[0], form, math.prod(inputs[0]) == math.prod(self.shape))
        return self.shape

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """(batch, ...) -> (batch, *shape)."""
        return x.reshape(len(x), *self.shape)

    def write(
        self, to: Writer, inputs: Sequence[str], variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write a reshaping; 0 stands for the batch as it is."""
        return [to.op("Reshape", inputs[0], np.array([0, *self.shape], np.int64))]


@dataclass(frozen=True)
class Dense(Layer):
    """activation(x @ kernel + bias) along the last axis."""

    passes_mask = True
    each_position = True
    units: int = settings.size()
    activation: str = settings.one_of(ACTIVATIONS)
    use_bias: bool = settings.flag()

    def output_shape(self, *inputs: Shape) -> Shape:
        """(..., features) -> (..., units)."""
        expect_form(inputs[0], "(..., features)", len(inputs[0]) >= 1)
        return (*inputs[0][:-1], self.units)

    def variable_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """Kernel (features, units) and bias (units,)."""
        kernel: dict[str, Shape] = {"kernel": (inputs[0][-1], self.units)}
        return kernel | ({"bias": (self.units,)} if self.use_bias else {})

    def __call__(
        self, x: np.ndarray, kernel: np.ndarray, bias: np.ndarray | None = None
    ) -> np.ndarray:
        """(batch, ..., features) -> (batch, ..., units)."""
        y = x.reshape(-1, len(kernel)) @ kernel  # one large product, whatever the rank of x
        if bias is not None:
            y += bias
        return ACTIVATIONS[self.activation](y).reshape(*x.shape[:-1], self.units)

    def write(
        self, to: Writer, inputs: Sequence[str], variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write a product of matrices, a sum and the activation."""
        y = to.op("MatMul", inputs[0], variables["kernel"])
        if self.use_bias:
            y = to.op("Add", y, variables["bias"])
        return [write_activation(to, self.activation, y)]


@dataclass(frozen=True)
class Dropout(Layer):
    """Drops nothing: dropout is for training."""

    passes_mask = True
    each_position = True

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Return x itself."""
        return x

    def write(
        self, to: Writer, inputs: Sequence[str], variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write nothing."""
        return inputs


@dataclass(frozen=True)
class Activation(Layer):
    """An activation as a layer of its own."""

    passes_mask = True
    each_position = True
    activation: str = settings.one_of(ACTIVATIONS)

    def output_shape(self, *inputs: Shape) -> Shape:
        """(..., features) -> (..., features)."""
        expect_form(inputs[0], "(..., features)", len(inputs[0]) >= 1)
        return inputs[0]

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """(batch, ..., features) -> the same."""
        return ACTIVATIONS[self.activation](x)

    def write(
        self, to: Writer, inputs: Sequence[str], variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write the activation."""
        return [write_activation(to, self.activation, inputs[0])]


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
        """Join the masks as the inputs; what has none counts as seen."""
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
class Add(Layer):
    """The sum of all inputs."""

    input_counts = _TWO_OR_MORE
    input_words = "two or more inputs"
    each_position = True

    def output_shape(self, *inputs: Shape) -> Shape:
        """Equal shapes -> that shape; Keras would stretch others, in ways of its own."""
        for other in inputs[1:]:
            expect_form(other, str(inputs[0]), other == inputs[0])
        return inputs[0]

    def __call__(self, *inputs: np.ndarray) -> np.ndarray:
        """Add up arrays (batch, ...)."""
        total = inputs[0] + inputs[1]
        for x in inputs[2:]:
            total = total + x
        result: np.ndarray = total
        return result

    def write(
        self, to: Writer, inputs: Sequence[str], variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write a sum."""
        if to.are_channels_first(inputs):
            images = [to.channels_first(one) for one in inputs]
            return [to.channels_last(to.op("Sum", *images))]
        return [to.op("Sum", *inputs)]

    def makes_mask(self, masked: Sequence[bool]) -> bool:
        """There is a mask if all inputs have one."""
        return all(masked)

    def mask(self, inputs: Sequence[np.ndarray], masks: Sequence[np.ndarray | None]) -> np.ndarray:
        """Seen is what any input shows."""
        result: np.ndarray = np.any(np.stack([mask for mask in masks if mask is not None]), axis=0)
        return result

    def write_mask(self, to: Writer, inputs: Sequence[str], masks: Sequence[str | None]) -> str:
        """Write what `mask` computes."""
        result, *others = (mask for mask in masks if mask is not None)
        for other in others:
            result = to.op("Or", result, other)
        return result
