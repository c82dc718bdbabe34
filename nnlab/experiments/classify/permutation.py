"""A fixed permutation of an image's pixels, or of its square blocks.

pixel_permutation((2, 2), block=1, seed=3)   ->  for example [2, 0, 3, 1]: the new image's
first pixel is the old third one, and so on, row by row
pixel_permutation((28, 28), block=14, seed=1) -> the four quarters change places
"""

import numpy as np

from nnlab.errors import CheckpointError, UsageError


def pixel_permutation(shape: tuple[int, int], block: int, seed: int) -> np.ndarray:
    """Return a random order of the pixels in which blocks of `block` × `block` stay together.

    It is never the order they had, unless there is only one block.

    Args:
        shape: Height and width of the images.
        block: Side of the blocks in pixels; 1 moves every pixel on its own.
        seed: Names the permutation.

    Returns:
        int64 (height * width,): for each new pixel, row by row, where it comes from.

    Raises:
        UsageError: The blocks do not tile the image.
    """
    height, width = shape
    if block < 1 or height % block or width % block:
        fitting = [k for k in range(1, min(shape) + 1) if not (height % k or width % k)]
        raise UsageError(
            f"blocks of {block} × {block} pixels do not tile images of {height} × {width}; "
            f"use one of {', '.join(map(str, fitting))}"
        )
    rows, columns = height // block, width // block
    pixels = np.arange(height * width).reshape(rows, block, columns, block)
    blocks = pixels.transpose(0, 2, 1, 3).reshape(rows * columns, block, block)
    rng = np.random.default_rng(seed)
    moved = rng.permutation(blocks)
    while len(blocks) > 1 and np.array_equal(moved, blocks):  # of four blocks, one order in 24
        moved = rng.permutation(blocks)
    return moved.reshape(rows, columns, block, block).transpose(0, 2, 1, 3).reshape(-1)


def identity_permutation(shape: tuple[int, int]) -> np.ndarray:
    """Return the order that leaves every pixel in its place."""
    return np.arange(shape[0] * shape[1])


def permute(images: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Rearrange the pixels of images (count, height, width) by `order` (height * width,)."""
    return images.reshape(len(images), -1)[:, order].reshape(images.shape)


def checked_permutation(order: object, shape: tuple[int, int]) -> np.ndarray:
    """Return the permutation kept in a checkpoint as an array.

    Raises:
        CheckpointError: It does not name every pixel once.
    """
    pixels = shape[0] * shape[1]
    if not isinstance(order, list) or any(type(k) is not int for k in order):
        raise CheckpointError("the checkpoint's pixel permutation is not a list of whole numbers")
    if sorted(order) != list(range(pixels)):
        raise CheckpointError(
            f"the checkpoint's permutation does not name each of {pixels} pixels once"
        )
    return np.array(order)
