"""Layers that slide a window over images (batch, height, width, channels)."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.inference import settings
from nnlab.inference.activations import ACTIVATIONS, write_activation
from nnlab.inference.layer import Layer, Shape, expect_form
from nnlab.inference.writer import Writer

PADDINGS = ("same", "valid")
INTERPOLATIONS = ("nearest",)


@dataclass(frozen=True)
class Conv2D(Layer):
    """activation(windows @ kernel + bias): convolution without flipping, as Keras does it."""

    filters: int = settings.size()
    kernel_size: tuple[int, int] = settings.window()
    strides: tuple[int, int] = settings.window()
    padding: str = settings.one_of(PADDINGS)
    activation: str = settings.one_of(ACTIVATIONS)
    use_bias: bool = settings.flag()

    def output_shape(self, *inputs: Shape) -> Shape:
        """(height, width, channels) -> (windows down, windows across, filters)."""
        counts = _window_counts(inputs[0], self.kernel_size, self.strides, self.padding)
        return (*counts, self.filters)

    def variable_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """Kernel (height, width, channels, filters) and bias (filters,)."""
        kernel: dict[str, Shape] = {"kernel": (*self.kernel_size, inputs[0][-1], self.filters)}
        return kernel | ({"bias": (self.filters,)} if self.use_bias else {})

    def __call__(
        self, x: np.ndarray, kernel: np.ndarray, bias: np.ndarray | None = None
    ) -> np.ndarray:
        """(batch, height, width, channels) -> (batch, down, across, filters)."""
        down, across, _ = self.output_shape(x.shape[1:])
        x = _padded(x, self.kernel_size, self.strides, self.padding, fill=0.0)
        y = np.zeros((len(x) * down * across, self.filters), np.float32)
        for row, column in itertools.product(*map(range, self.kernel_size)):
            pixels = _one_of_each(x, (row, column), self.strides, (down, across))
            y += pixels.reshape(len(y), kernel.shape[2]) @ kernel[row, column]
        if bias is not None:
            y += bias
        return ACTIVATIONS[self.activation](y).reshape(len(x), down, across, self.filters)

    def scratch(self, *inputs: Shape) -> int:
        """One pixel of each window, and what the kernel makes of it."""
        down, across, filters = self.output_shape(*inputs)
        return down * across * (inputs[0][-1] + filters)

    def write(
        self, to: Writer, inputs: Sequence[str], variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write a convolution and the activation, channels first."""
        kernel = np.ascontiguousarray(variables["kernel"].transpose(3, 2, 0, 1))
        bias = [variables["bias"]] if self.use_bias else []
        images = to.channels_first(inputs[0])
        y = to.op(
            "Conv",
            images,
            kernel,
            *bias,
            **_places(self.kernel_size, self.strides, self.padding, to.shapes[inputs[0]]),
        )
        return [to.channels_last(write_activation(to, self.activation, y, axis=1))]


@dataclass(frozen=True)
class Conv2DTranspose(Layer):
    """activation(pixel @ kernel + bias): each pixel becomes a block of pixels."""

    filters: int = settings.size()
    size: tuple[int, int] = settings.window()
    activation: str = settings.one_of(ACTIVATIONS)
    use_bias: bool = settings.flag()

    def output_shape(self, *inputs: Shape) -> Shape:
        """(height, width, channels) -> (height * down, width * across, filters)."""
        return (*_enlarged(inputs[0], self.size), self.filters)

    def variable_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """Kernel (down, across, filters, channels) and bias (filters,)."""
        kernel: dict[str, Shape] = {"kernel": (*self.size, self.filters, inputs[0][-1])}
        return kernel | ({"bias": (self.filters,)} if self.use_bias else {})

    def __call__(
        self, x: np.ndarray, kernel: np.ndarray, bias: np.ndarray | None = None
    ) -> np.ndarray:
        """(batch, height, width, channels) -> (batch, height * down, width * across, filters)."""
        shape = (len(x), *self.output_shape(x.shape[1:]))
        y = x.reshape(-1, x.shape[-1]) @ kernel.reshape(-1, x.shape[-1]).T
        y = y.reshape(*x.shape[:3], *self.size, self.filters).swapaxes(2, 3)
        if bias is not None:
            y += bias
        return ACTIVATIONS[self.activation](y).reshape(shape)

    def scratch(self, *inputs: Shape) -> int:
        """The blocks, before they lie side by side."""
        return math.prod(self.output_shape(*inputs))

    def write(
        self, to: Writer, inputs: Sequence[str], variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write a transposed convolution and the activation, channels first."""
        kernel = np.ascontiguousarray(variables["kernel"].transpose(3, 2, 0, 1))
        bias = [variables["bias"]] if self.use_bias else []
        images = to.channels_first(inputs[0])
        y = to.op("ConvTranspose", images, kernel, *bias, strides=self.size)
        return [to.channels_last(write_activation(to, self.activation, y, axis=1))]


@dataclass(frozen=True)
class MaxPooling2D(Layer):
    """The largest value of each window, channel by channel."""

    pool_size: tuple[int, int] = settings.window()
    strides: tuple[int, int] = settings.window()
    padding: str = settings.one_of(PADDINGS)

    def output_shape(self, *inputs: Shape) -> Shape:
        """(height, width, channels) -> (windows down, windows across, channels)."""
        counts = _window_counts(inputs[0], self.pool_size, self.strides, self.padding)
        return (*counts, inputs[0][-1])

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """(batch, height, width, channels) -> (batch, down, across, channels)."""
        down, across, channels = self.output_shape(x.shape[1:])
        x = _padded(x, self.pool_size, self.strides, self.padding, fill=-np.inf)
        y = np.full((len(x), down, across, channels), -np.inf, np.float32)
        for top, left in itertools.product(*map(range, self.pool_size)):
            pixels = _one_of_each(x, (top, left), self.strides, (down, across))
            np.maximum(y, pixels, out=y)
        return y

    def write(
        self, to: Writer, inputs: Sequence[str], variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write a pool, channels first."""
        images = to.channels_first(inputs[0])
        places = _places(self.pool_size, self.strides, self.padding, to.shapes[inputs[0]])
        return [to.channels_last(to.op("MaxPool", images, kernel_shape=self.pool_size, **places))]


@dataclass(frozen=True)
class UpSampling2D(Layer):
    """Each pixel becomes a block of pixels of its value."""

    size: tuple[int, int] = settings.window()
    interpolation: str = settings.one_of(INTERPOLATIONS)

    def output_shape(self, *inputs: Shape) -> Shape:
        """(height, width, channels) -> (height * down, width * across, channels)."""
        return (*_enlarged(inputs[0], self.size), inputs[0][-1])

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """(batch, height, width, channels) -> (batch, height * down, width * across, channels)."""
        shape = (len(x), *self.output_shape(x.shape[1:]))
        blocks = (*x.shape[:2], self.size[0], x.shape[2], self.size[1], x.shape[3])
        return np.broadcast_to(x[:, :, None, :, None], blocks).reshape(shape)

    def write(
        self, to: Writer, inputs: Sequence[str], variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write an enlargement, channels first."""
        scales = np.array([1, 1, *self.size], np.float32)
        images = to.channels_first(inputs[0])
        kind = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric"}
        larger = to.op("Resize", images, "", scales, nearest_mode="floor", **kind)
        return [to.channels_last(larger)]


def _enlarged(shape: Shape, size: tuple[int, int]) -> tuple[int, int]:
    """Height and width where each pixel of (height, width, channels) becomes a block."""
    expect_form(shape, "(height, width, channels)", len(shape) == 3)
    return shape[0] * size[0], shape[1] * size[1]


def has_fixed_margins(layer: Layer) -> bool:
    """Tell whether a layer, in ONNX, fits images of the described height and width alone."""
    if not isinstance(layer, Conv2D | MaxPooling2D):
        return False
    window = layer.kernel_size if isinstance(layer, Conv2D) else layer.pool_size
    return layer.padding == "same" and _has_gaps(window, layer.strides)


def _has_gaps(window: tuple[int, int], strides: tuple[int, int]) -> bool:
    return any(length < stride for length, stride in zip(window, strides, strict=True))


def _places(
    window: tuple[int, int], strides: tuple[int, int], padding: str, shape: Sequence[int]
) -> dict[str, Any]:
    """Return ONNX' attributes for where windows stand; SAME_UPPER is TensorFlow's "same".

    ONNX Runtime does not take that for windows with gaps between them: there the margins are
    those of the shape (height, width, channels) as it is described.
    """
    if padding == "valid":
        return {"strides": strides, "auto_pad": "VALID"}
    if not _has_gaps(window, strides):
        return {"strides": strides, "auto_pad": "SAME_UPPER"}
    begins, ends = zip(*_margins(shape[:2], window, strides), strict=True)
    return {"strides": strides, "pads": (*begins, *ends)}


def _window_counts(
    shape: Shape, window: tuple[int, int], strides: tuple[int, int], padding: str
) -> tuple[int, int]:
    """Number of places for a window over (height, width, channels), down and across."""
    expect_form(shape, "(height, width, channels)", len(shape) == 3)
    height, width, _ = shape
    if padding == "same":
        return math.ceil(height / strides[0]), math.ceil(width / strides[1])
    form = f"({window[0]} or more, {window[1]} or more, channels)"
    expect_form(shape, form, height >= window[0] and width >= window[1])
    return (height - window[0]) // strides[0] + 1, (width - window[1]) // strides[1] + 1


def _padded(
    x: np.ndarray, window: tuple[int, int], strides: tuple[int, int], padding: str, fill: float
) -> np.ndarray:
    """Pad as TensorFlow does for "same": the odd row or column goes to the bottom and right."""
    if padding == "valid":
        return x
    (above, below), (left, right) = _margins(x.shape[1:3], window, strides)
    if not (above or below or left or right):
        return x
    batch, height, width, channels = x.shape
    # np.pad takes longer than a small convolution
    padded = np.full((batch, above + height + below, left + width + right, channels), fill, x.dtype)
    padded[:, above : above + height, left : left + width] = x
    return padded


def _one_of_each(
    x: np.ndarray, place: tuple[int, int], strides: tuple[int, int], counts: tuple[int, int]
) -> np.ndarray:
    """Return the pixel at the same place in each window: (batch, down, across, channels)."""
    (top, left), (down, across) = place, counts
    return x[:, top :: strides[0], left :: strides[1]][:, :down, :across]


def _margins(
    sides: Sequence[int], window: tuple[int, int], strides: tuple[int, int]
) -> Iterator[tuple[int, int]]:
    """Yield what "same" adds before and behind each side."""
    for side, length, stride in zip(sides, window, strides, strict=True):
        missing = max((math.ceil(side / stride) - 1) * stride + length - side, 0)
        yield missing // 2, missing - missing // 2
