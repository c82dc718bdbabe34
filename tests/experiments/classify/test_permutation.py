import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.errors import CheckpointError, UsageError
from nnlab.experiments.classify.permutation import (
    checked_permutation,
    identity_permutation,
    permute,
    pixel_permutation,
)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 4), st.integers(0, 100))
def test_every_pixel_comes_once_and_blocks_stay_together(
    rows: int, columns: int, block: int, seed: int
) -> None:
    shape = rows * block, columns * block
    order = pixel_permutation(shape, block, seed)
    assert sorted(order) == list(range(shape[0] * shape[1]))
    grid = order.reshape(rows, block, columns, block).transpose(0, 2, 1, 3)
    corners = grid[:, :, :1, :1]
    inside = np.arange(block)[:, None] * shape[1] + np.arange(block)
    assert np.array_equal(grid - corners, np.broadcast_to(inside, grid.shape))


@given(st.integers(0, 2**31 - 1))
def test_the_seed_names_the_permutation(seed: int) -> None:
    assert np.array_equal(pixel_permutation((8, 8), 1, seed), pixel_permutation((8, 8), 1, seed))


def test_permuting_moves_pixels_and_the_identity_does_not() -> None:
    image = np.arange(4, dtype=np.uint8).reshape(1, 2, 2)
    assert permute(image, np.array([2, 0, 3, 1])).tolist() == [[[2, 0], [3, 1]]]
    assert np.array_equal(permute(image, identity_permutation((2, 2))), image)


def test_blocks_that_do_not_tile_the_image_are_refused_with_those_that_do() -> None:
    with pytest.raises(UsageError, match="1, 2, 4, 7, 14"):
        pixel_permutation((28, 28), 5, 1)


@pytest.mark.parametrize("order", [None, [0, 1, 2], [0, 1, 2, 2], [0, 1, 2, 4], [0, 1, 2, 3.0]])
def test_a_damaged_permutation_is_refused(order: list[float] | None) -> None:
    with pytest.raises(CheckpointError, match="permutation"):
        checked_permutation(order, (2, 2))


@pytest.mark.parametrize("seed", range(100))
def test_few_blocks_never_stay_in_their_places(seed: int) -> None:
    order = pixel_permutation((28, 28), 14, seed)
    assert not np.array_equal(order, identity_permutation((28, 28)))


def test_one_block_has_only_one_place() -> None:
    assert np.array_equal(pixel_permutation((2, 2), 2, 1), identity_permutation((2, 2)))
