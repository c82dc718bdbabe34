"""Layers that bring numbers to a common mean and spread."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.inference import settings
from nnlab.inference.layer import Arrays, Layer, Shape, expect_form
from nnlab.inference.writer import Writer


@dataclass(frozen=True)
class LayerNormalization(Layer):
    """Mean 0 and variance 1 over the features of each position (Ba et al., 2016), then a scale."""

    passes_mask = True
    each_position = True
    epsilon: float = settings.number()

    def output_shape(self, *inputs: Shape) -> Shape:
        """(..., features) -> the same."""
        expect_form(inputs[0], "(..., features)", len(inputs[0]) >= 1)
        return inputs[0]

    def variable_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """Scale `gamma` and offset `beta`, both (features,)."""
        return {"gamma": inputs[0][-1:], "beta": inputs[0][-1:]}

    def __call__(self, x: np.ndarray, gamma: np.ndarray, beta: np.ndarray) -> np.ndarray:
        """(batch, ..., features) -> the same."""
        centred = x - x.mean(axis=-1, keepdims=True)
        variance = np.square(centred).mean(axis=-1, keepdims=True)
        result: np.ndarray = centred / np.sqrt(variance + np.float32(self.epsilon)) * gamma + beta
        return result

    def write(
        self, to: Writer, inputs: Sequence[str], variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write ONNX' own operator for it."""
        scale, offset = variables["gamma"], variables["beta"]
        return [
            to.op("LayerNormalization", inputs[0], scale, offset, axis=-1, epsilon=self.epsilon)
        ]


@dataclass(frozen=True)
class BatchNormalization(Layer):
    """Each feature scaled and shifted by what training found (Ioffe and Szegedy, 2015)."""

    passes_mask = True
    each_position = True
    epsilon: float = settings.number()

    def output_shape(self, *inputs: Shape) -> Shape:
        """(..., features) -> the same."""
        expect_form(inputs[0], "(..., features)", len(inputs[0]) >= 1)
        return inputs[0]

    def variable_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """Scale, offset, and the mean and variance that are brought to 0 and 1: (features,)."""
        names = ("gamma", "beta", "moving_mean", "moving_variance")
        return dict.fromkeys(names, inputs[0][-1:])

    def ready(self, variables: Mapping[str, np.ndarray]) -> Callable[..., Arrays]:
        """Make one scale and one offset of the four variables."""
        scale, offset = self._line(variables)
        return lambda x: x * scale + offset

    def write(
        self, to: Writer, inputs: Sequence[str], variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write a product and a sum."""
        scale, offset = self._line(variables)
        return [to.op("Add", to.op("Mul", inputs[0], scale), offset)]

    def _line(self, variables: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        with np.errstate(all="ignore"):  # of a file that holds variances of 0 and below
            spread = np.sqrt(variables["moving_variance"] + np.float32(self.epsilon))
            scale = variables["gamma"] / spread
            return scale, variables["beta"] - variables["moving_mean"] * scale
