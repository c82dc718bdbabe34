import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from nnlab.datasets.images.digit_form import in_parts
from nnlab.datasets.samples.examples import photo_of
from nnlab.datasets.samples.glyphs import glyph_images
from nnlab.errors import DataError

DIGITS = "0123456789"


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    return glyph_images(DIGITS, 60, seed=4)[0]


def scaled(image: np.ndarray, side: int) -> np.ndarray:
    return np.asarray(Image.fromarray(image).resize((side, side), Image.Resampling.BICUBIC))


def similarity(one: np.ndarray, other: np.ndarray) -> float:
    """Return the correlation of two images after a slight blur."""

    def blurred(image: np.ndarray) -> np.ndarray:
        small = Image.fromarray(image).resize((14, 14), Image.Resampling.BILINEAR)
        return np.asarray(small).astype(float).reshape(-1)

    return float(np.corrcoef(blurred(one), blurred(other))[0, 1])


def centre_of(image: np.ndarray) -> list[float]:
    mass = image.astype(float)
    return [mass.sum(axis=1 - axis) @ np.arange(mass.shape[axis]) / mass.sum() for axis in (0, 1)]


def test_an_image_in_the_form_is_unchanged(digits: np.ndarray) -> None:
    for digit in digits:
        assert np.array_equal(in_parts(digit).image, digit)


def test_the_negative_of_an_image_in_the_form_is_inverted(digits: np.ndarray) -> None:
    for digit in digits:
        assert np.array_equal(in_parts(255 - digit).image, digit)


@pytest.mark.parametrize("side", [20, 56, 200, 700])
@pytest.mark.parametrize("dark", [True, False])
def test_any_size_and_polarity_gives_the_same_digit(
    digits: np.ndarray, side: int, dark: bool
) -> None:
    likeness = []
    for digit in digits:
        picture = scaled(digit, side)
        likeness.append(similarity(in_parts(255 - picture if dark else picture).image, digit))
    assert np.median(likeness) > 0.94
    assert np.min(likeness) > 0.75


def test_photos_with_shadow_noise_and_dust_give_the_same_digit(digits: np.ndarray) -> None:
    likeness = []
    for seed, digit in enumerate(digits[:30]):
        buffer = io.BytesIO()
        Image.fromarray(photo_of(digit, seed)).save(buffer, "JPEG", quality=50)
        upright = np.asarray(Image.fromarray(digit).rotate(-5, Image.Resampling.BILINEAR))
        likeness.append(similarity(in_parts(np.asarray(Image.open(buffer))).image, upright))
    assert np.median(likeness) > 0.93
    assert np.min(likeness) > 0.75


def test_the_result_is_centred_boxed_and_stretched(digits: np.ndarray) -> None:
    page = np.full((300, 400), 200, np.uint8)
    page[20:120, 250:350] -= scaled(digits[0], 100) // 2
    result = in_parts(page).image
    assert result.max() == 255
    assert np.abs(np.subtract(centre_of(result), 13.5)).max() <= 0.6
    inked = np.flatnonzero((result > 0).any(axis=1))
    assert inked[-1] - inked[0] + 1 <= 20


def test_thin_strokes_become_as_wide_as_in_the_data_set() -> None:
    page = np.full((400, 400), 255, np.uint8)
    page[50:350, 199:201] = 0
    page[50:52, 120:201] = 0
    result = in_parts(page).image
    assert (result[14] > 100).sum() >= 2


def test_a_dark_table_beside_the_paper_is_not_ink(digits: np.ndarray) -> None:
    page = np.full((300, 400), 220, np.uint8)
    page[100:200, 150:250] = 220 - (scaled(digits[3], 100) * 0.8).astype(np.uint8)
    clean = in_parts(page).image
    page[:, :25] = 40
    assert similarity(in_parts(page).image, clean) > 0.95


@pytest.mark.parametrize("shape", [(28, 28), (8, 8), (32, 20), (1, 1)])
def test_other_shapes_are_filled_in_the_same_way(
    digits: np.ndarray, shape: tuple[int, int]
) -> None:
    result = in_parts(255 - scaled(digits[1], 90), shape).image
    assert result.shape == shape
    assert result.max() == 255


@pytest.mark.parametrize("shape", [(28, 28), (300, 400), (1, 1)])
def test_a_blank_image_has_no_ink(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    ramp = np.linspace(120, 230, shape[1])[None] * np.ones((shape[0], 1))
    noisy = (ramp + rng.normal(0, 6, shape)).clip(0, 255)
    for picture in (np.zeros(shape), np.full(shape, 255), ramp, noisy):
        with pytest.raises(DataError, match="no ink found"):
            in_parts(picture.astype(np.uint8))


@settings(max_examples=150)
@given(
    picture=hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=40)),
    shape=st.sampled_from([(28, 28), (8, 8), (5, 31)]),
)
def test_any_picture_gives_an_image_or_an_error(
    picture: np.ndarray, shape: tuple[int, int]
) -> None:
    try:
        result = in_parts(picture, shape).image
    except DataError:
        return
    assert result.shape == shape
    assert result.dtype == np.uint8
    assert result.max() > 0
