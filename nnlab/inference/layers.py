"""Dense layers, and layers that rescale, reshape or pass on."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.inference import settings
from nnlab.inference.activations import ACTIVATIONS, write_activation
from nnlab.inference.layer import Layer, Shape, expect_form
from nnlab.inference.writer import Writer


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
