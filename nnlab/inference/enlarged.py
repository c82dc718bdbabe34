"""Convolve an enlarged image without enlarging it.

Where each pixel has become a block of equal ones, several numbers of a kernel meet the same pixel,
and can be added up beforehand: of a 3x3 kernel on blocks of 2x2 a 2x2 kernel is left for each place
in the block, less than half of the multiplications (Odena, Dumoulin and Olah, "Deconvolution and
checkerboard artifacts", Distill 2016, enlarge and convolve; Shi et al., "Is the deconvolution layer
the same as a convolutional layer?", 2016, show how the two become one).
"""

import itertools
import math
from collections.abc import Callable, Mapping

import numpy as np

from nnlab.inference.convolution import Convolution
from nnlab.inference.images import Conv2D, UpSampling2D
from nnlab.inference.layer import Layer

_MOST_WEIGHTS = 2**24  # in the kernels for all places of a block: 64 MiB

Taps = list[list[int]]  # of the kernel's places along one axis, those that meet the same pixel


def joined(
    first: Layer, second: Layer, variables: Mapping[str, np.ndarray]
) -> Callable[[np.ndarray], np.ndarray] | None:
    """Make one function of an enlargement and a convolution by steps of 1.

    Args:
        first: What perhaps enlarges.
        second: What takes its output, perhaps a convolution.
        variables: Those of the second.

    Returns:
        None of other layers, or of kernels that would take much memory, else from float32
        (batch, height, width, channels) to (batch, height * down, width * across, filters), as the
        layers one after the other but for rounding.
    """
    if not isinstance(first, UpSampling2D) or not isinstance(second, Conv2D):
        return None
    if second.padding != "same" or second.strides != (1, 1):
        return None
    if variables["kernel"].size * math.prod(first.size) > _MOST_WEIGHTS:
        return None
    return _joined(first, second, variables)


def _joined(
    first: UpSampling2D, second: Conv2D, variables: Mapping[str, np.ndarray]
) -> Callable[[np.ndarray], np.ndarray]:
    """Add up the kernel for each place in a block, and bind that."""
    kernel, bias = variables["kernel"], variables.get("bias")
    sides = [_phases(size, length) for size, length in zip(first.size, kernel.shape, strict=False)]
    margins = [(-phases[0][0], phases[-1][0] + len(phases[-1][1]) - 1) for phases in sides]
    phases = [
        (row, column, down, across, _summed(kernel, rows, columns))
        for (row, (down, rows)), (column, (across, columns)) in itertools.product(
            *(enumerate(phases) for phases in sides)
        )
    ]

    def call(x: np.ndarray) -> np.ndarray:
        batch, height, width, _ = x.shape
        y = np.empty(
            (batch, height * first.size[0], width * first.size[1], second.filters), np.float32
        )
        x = np.pad(x, [(0, 0), *margins, (0, 0)])
        for row, column, down, across, weights in phases:
            top, left = down + margins[0][0], across + margins[1][0]
            bottom, right = top + height + len(weights) - 1, left + width + weights.shape[1] - 1
            seen = x[:, top:bottom, left:right]
            into = y[:, row :: first.size[0], column :: first.size[1]]
            Convolution(seen, weights, bias, (1, 1), second.activation).run(into)
        return y

    return call


def _phases(size: int, length: int) -> list[tuple[int, Taps]]:
    """For each place in a block: the first pixel that the kernel meets, and its taps by pixel."""
    before = (length - 1) // 2  # as TensorFlow pads
    phases = []
    for place in range(size):
        pixels = [(place - before + tap) // size for tap in range(length)]
        taps: Taps = [[] for _ in range(pixels[-1] - pixels[0] + 1)]
        for tap, pixel in enumerate(pixels):
            taps[pixel - pixels[0]].append(tap)
        phases.append((pixels[0], taps))
    return phases


def _summed(kernel: np.ndarray, rows: Taps, columns: Taps) -> np.ndarray:
    """Add up what meets the same pixel: (rows, columns, channels, filters)."""
    down = np.stack([kernel[taps].sum(0) for taps in rows])
    return np.stack([down[:, taps].sum(1) for taps in columns], axis=1)
