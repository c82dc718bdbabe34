import numpy as np
import pytest
from PIL import Image

from nnlab.datasets.images.digit_form import in_parts
from nnlab.datasets.samples.glyphs import glyph_images


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    return glyph_images("0123456789", 40, seed=6)[0]


def scaled(image: np.ndarray, side: int) -> np.ndarray:
    return np.asarray(Image.fromarray(image).resize((side, side), Image.Resampling.BICUBIC))


def paper_with(*digits: np.ndarray, side: int = 140) -> np.ndarray:
    """Return dark digits side by side on light paper."""
    page = np.full((2 * side, side * (len(digits) + 1)), 225, np.uint8)
    for number, digit in enumerate(digits):
        left = side // 2 + number * side
        page[side // 2 : side // 2 + side, left : left + side] -= scaled(digit, side) // 4 * 3
    return page


def test_a_single_character_stays_whole_at_any_size(digits: np.ndarray) -> None:
    for digit in digits:
        for picture in (digit, scaled(digit, 20), paper_with(digit)):
            assert len(in_parts(picture).characters) == 1


def test_characters_side_by_side_are_found_from_left_to_right(digits: np.ndarray) -> None:
    for first in range(0, 36, 3):
        shown = digits[first : first + 3]
        form = in_parts(paper_with(*shown))
        assert len(form.characters) == 3
        lefts = [character.box[0] for character in form.characters]
        assert lefts == sorted(lefts)
        for digit, character in zip(shown, form.characters, strict=True):
            alone = in_parts(paper_with(digit)).image
            assert np.corrcoef(alone.reshape(-1), character.image.reshape(-1))[0, 1] > 0.75


def test_the_box_is_in_pixels_of_the_picture(digits: np.ndarray) -> None:
    page = np.full((1200, 1600), 255, np.uint8)
    page[200:800, 300:400] = 0
    (character,) = in_parts(page).characters
    assert np.abs(np.subtract(character.box, (300, 200, 400, 800))).max() <= 8


def test_specks_and_broken_strokes_are_not_characters() -> None:
    page = np.full((300, 300), 255, np.uint8)
    page[50:250, 140:160] = 0
    page[240:250, 190:200] = 0  # a speck
    assert len(in_parts(page).characters) == 1
    page[50:70, 90:130] = 0  # the flag of a 1, torn off
    assert len(in_parts(page).characters) == 1
    page[30:40, 90:200] = 0  # a bar above everything
    assert len(in_parts(page).characters) == 1


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("count", [4, 5, 6, 10])
def test_many_characters_are_distinguished_from_the_paper(
    digits: np.ndarray, count: int, dark: bool
) -> None:
    for first in range(0, 30, 10):
        page = paper_with(*digits[first : first + count], side=60)
        form = in_parts(page if dark else 255 - page)
        assert len(form.characters) == count


SEGMENTS = dict(zip("0123456789", (119, 36, 93, 109, 46, 107, 123, 37, 127, 111), strict=True))
"""Bars of each digit of a display, as bits: top, upper left and right, middle, lower, bottom."""
BARS = (
    (slice(2, 8), slice(4, 56)),
    (slice(10, 48), slice(2, 8)),
    (slice(10, 48), slice(52, 58)),
    (slice(50, 56), slice(4, 56)),
    (slice(58, 96), slice(2, 8)),
    (slice(58, 96), slice(52, 58)),
    (slice(98, 104), slice(4, 56)),
)


@pytest.mark.parametrize("margin", [0, 6, 40])
@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("digit", "23456890")
def test_a_digit_of_separate_bars_is_one_character(digit: str, dark: bool, margin: int) -> None:
    picture = np.zeros((106, 60), np.uint8)
    for number, (rows, columns) in enumerate(BARS):
        if SEGMENTS[digit] >> number & 1:
            picture[rows, columns] = 230
    picture = np.pad(picture, margin)
    form = in_parts(255 - picture if dark else picture)
    assert len(form.characters) == 1
    wanted = np.asarray(Image.fromarray(picture).resize((28, 28))) > 60
    assert form.image[0].max() == 0  # the margin is not ink
    assert (form.image > 60).mean() < 1.6 * wanted.mean() + 0.1
