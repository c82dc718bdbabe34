"""The arithmetic of a convolution: blocks of rows that stay in the cache, on all cores.

Pixels beside one another are copied out as one row of numbers each, for the kernel's width, and
multiplied by one row of the kernel after the other; the products are added up. That is as fast as
copying out whole windows, of which there would be three times as much for a 3x3 kernel, and leaves
products that are small enough for one thread each.
"""

import itertools
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nnlab.inference.activations import ACTIVATIONS
from nnlab.machine import cores

# Numbers copied out at a time: they stay in the processor's cache for the products that follow.
_BLOCK = 2**18  # 1 MiB

# Multiplications in one product. OpenBLAS computes larger ones on several threads, which wait for
# one another so often here that a core busy with something else made it 30 times slower.
_PRODUCT = 2**18
_LEAST_ROWS = 12  # in a product; with fewer, threads that wait are the lesser evil

_ALONE = 4  # blocks that are not worth starting a thread for
_NARROW = 24  # numbers that one row of a kernel meets; products of so few are slow

Block = tuple[slice, ...]  # some images, rows and columns of the output


@dataclass(frozen=True)
class Convolution:
    """A convolution of padded images, ready to run block by block.

    Attributes:
        x: (batch, height, width, channels), padded.
        kernel: (down, across, channels, filters).
        bias: (filters,), if there is one.
        strides: Down and across.
        activation: Name of the activation, which looks at no more than one pixel.
    """

    x: np.ndarray
    kernel: np.ndarray
    bias: np.ndarray | None
    strides: tuple[int, int]
    activation: str

    def run(self, into: np.ndarray | None = None) -> np.ndarray:
        """Compute float32 (batch, down, across, filters), the same on any number of cores.

        Args:
            into: Where to write it; a new array if none is given.
        """
        if len(self.kernel) > 1 and math.prod(self.kernel.shape[1:3]) <= _NARROW:
            return self._flat().run(into)
        counts = [
            (side - length) // stride + 1
            for side, length, stride in zip(
                self.x.shape[1:3], self.kernel.shape[:2], self.strides, strict=True
            )
        ]
        shape = (len(self.x), *counts, self.kernel.shape[3])
        y = np.empty(shape, np.float32) if into is None else into
        cuts = self._cuts(*y.shape[:3])
        blocks = itertools.product(*cuts)  # which all threads take from

        def work() -> None:
            with np.errstate(all="ignore"):  # who uses the output looks whether it is finite
                for block in blocks:
                    self._compute(y, block)

        threads = min(cores(), math.prod(map(len, cuts)) // _ALONE)
        if threads <= 1:
            work()
        else:
            with ThreadPoolExecutor(threads) as pool:
                for working in [pool.submit(work) for _ in range(threads)]:
                    working.result()
        return y

    def _flat(self) -> "Convolution":
        """Let the rows that the kernel meets be channels, for a kernel of one row."""
        height, width, _, filters = self.kernel.shape
        stride = self.strides[0]
        last = self.x.shape[1] - height + 1
        rows = [self.x[:, row : row + last : stride] for row in range(height)]
        kernel = self.kernel.transpose(1, 0, 2, 3).reshape(1, width, -1, filters)
        x = np.concatenate(rows, axis=3)
        return Convolution(x, kernel, self.bias, (1, self.strides[1]), self.activation)

    def _compute(self, y: np.ndarray, block: Block) -> None:
        """Compute a block of the output."""
        into = y[block].transpose(1, 0, 2, 3)  # rows first: each kernel row takes some of them
        rows, filters = self._rows(block), self.kernel.shape[3]
        last = (len(into) - 1) * self.strides[0] + 1
        total = np.zeros(filters, np.float32) if self.bias is None else self.bias
        for row, weights in enumerate(self.kernel):
            pixels = rows[row : row + last : self.strides[0]]
            product = _product(
                pixels.reshape(math.prod(into.shape[:3]), -1), weights.reshape(-1, filters)
            )
            product += total
            total = product
        into[...] = ACTIVATIONS[self.activation](total).reshape(into.shape)

    def _rows(self, block: Block) -> np.ndarray:
        """Copy out what a block looks at: (rows, images, columns, width of kernel, channels)."""
        images, down, across = block
        height, width = self.kernel.shape[:2]
        top = down.start * self.strides[0]
        bottom = (down.stop - 1) * self.strides[0] + height
        windows = sliding_window_view(self.x[images, top:bottom], width, axis=2)
        windows = windows[:, :, :: self.strides[1]][:, :, across]
        return np.ascontiguousarray(windows.transpose(1, 0, 2, 4, 3))

    def _cuts(self, batch: int, down: int, across: int) -> list[list[slice]]:
        """Cut each axis of the output, so that the rows for a block fit in the cache."""
        height, width, channels, _ = self.kernel.shape
        pixel = width * channels
        image = (down * self.strides[0] + height) * across * pixel
        rows = (_BLOCK // (across * pixel) - height) // self.strides[0]
        fitting = (_BLOCK // image, rows, _BLOCK // (height * pixel))
        return [
            [slice(at, min(at + max(step, 1), count)) for at in range(0, count, max(step, 1))]
            for count, step in zip((batch, down, across), fitting, strict=True)
        ]


def _product(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(rows, length) @ (length, filters), as many products of few rows."""
    rows = _PRODUCT // weights.size
    if not _LEAST_ROWS <= rows < len(x):
        result: np.ndarray = x @ weights
        return result
    y = np.empty((len(x), weights.shape[1]), np.float32)
    end = len(x) // rows * rows
    stacked = x[:end].reshape(-1, rows, len(weights))
    np.matmul(stacked, weights, out=y[:end].reshape(-1, rows, y.shape[1]))
    np.matmul(x[end:], weights, out=y[end:])
    return y
