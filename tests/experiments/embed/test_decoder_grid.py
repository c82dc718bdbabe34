from pathlib import Path

import numpy as np
import pytest

from nnlab.experiments.embed.figures.decoder_grid import decoder_grid, grid_points
from tests.plots.figures import FOOTER, check


def test_points_are_the_middles_of_the_tiles_with_the_top_row_first() -> None:
    points = grid_points((0, 40), (-10, 10))
    assert points.shape == (20, 20, 2)
    assert points[0].tolist() == [[1 + 2 * column, 9.5] for column in range(20)]
    assert points[-1, 0].tolist() == [1, -9.5]


def test_each_tile_lies_where_it_was_decoded(tmp_path: Path) -> None:
    x, y = (-3.0, 5.0), (10.0, 20.0)
    tiles = np.random.default_rng(0).random((5, 4, 7, 3))
    figure = decoder_grid(tiles, x, y, FOOTER)
    check(figure, tmp_path)
    (image,) = figure.axes[0].images
    mosaic = np.asarray(image.get_array())
    assert image.origin == "upper"
    assert tuple(image.get_extent()) == (*x, *y)
    for row in range(5):
        for column in range(4):
            tile = mosaic[7 * row : 7 * row + 7, 3 * column : 3 * column + 3]
            assert np.array_equal(tile, tiles[row, column])


@pytest.mark.parametrize(("dtype", "white"), [(np.uint8, 255), (np.float32, 1)])
def test_black_and_white_do_not_depend_on_the_images(dtype: type[np.generic], white: int) -> None:
    figure = decoder_grid(np.zeros((2, 2, 4, 4), dtype), (0, 1), (0, 1))
    assert figure.axes[0].images[0].get_clim() == (0, white)


@pytest.mark.parametrize("shape", [(1, 1, 28, 28), (20, 3, 28, 28), (3, 20, 8, 28)])
def test_grids_of_any_form_can_be_read(tmp_path: Path, shape: tuple[int, int, int, int]) -> None:
    check(decoder_grid(np.zeros(shape, np.uint8), (-30, 120), (-0.004, 0.003), FOOTER), tmp_path)


@pytest.mark.parametrize("shape", [(4, 28, 28), (0, 2, 28, 28)])
def test_what_is_no_grid_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"expected images \(rows, columns, height, width\)"):
        decoder_grid(np.zeros(shape), (0, 1), (0, 1))
