import numpy as np
import pytest
from PIL import Image

from nnlab.datasets.digit_form import in_parts, to_digit_form
from nnlab.datasets.glyphs import glyph_images


@pytest.fixture(scope="module")
def digits():
    return glyph_images("0123456789", 40, seed=6)[0]


def scaled(image, side):
    return np.asarray(Image.fromarray(image).resize((side, side), Image.Resampling.BICUBIC))


def paper_with(*digits, side=140):
    """Dark digits beside one another on light paper."""
    page = np.full((2 * side, side * (len(digits) + 1)), 225, np.uint8)
    for number, digit in enumerate(digits):
        left = side // 2 + number * side
        page[side // 2 : side // 2 + side, left : left + side] -= scaled(digit, side) // 4 * 3
    return page


def test_one_character_is_one_whatever_its_size(digits):
    for digit in digits:
        for picture in (digit, scaled(digit, 20), paper_with(digit)):
            assert len(in_parts(picture).characters) == 1


def test_characters_side_by_side_are_found_from_left_to_right(digits):
    for first in range(0, 36, 3):
        shown = digits[first : first + 3]
        form = in_parts(paper_with(*shown))
        assert len(form.characters) == 3
        lefts = [character.box[0] for character in form.characters]
        assert lefts == sorted(lefts)
        for digit, character in zip(shown, form.characters, strict=True):
            alone = to_digit_form(paper_with(digit))
            assert np.corrcoef(alone.reshape(-1), character.image.reshape(-1))[0, 1] > 0.75


def test_the_box_is_in_pixels_of_the_picture(digits):
    page = np.full((1200, 1600), 255, np.uint8)
    page[200:800, 300:400] = 0
    (character,) = in_parts(page).characters
    assert np.abs(np.subtract(character.box, (300, 200, 400, 800))).max() <= 8


def test_specks_and_broken_strokes_are_no_characters():
    page = np.full((300, 300), 255, np.uint8)
    page[50:250, 140:160] = 0
    page[240:250, 190:200] = 0  # a speck
    assert len(in_parts(page).characters) == 1
    page[50:70, 90:130] = 0  # the flag of a 1, torn off
    assert len(in_parts(page).characters) == 1
    page[30:40, 90:200] = 0  # a bar above everything
    assert len(in_parts(page).characters) == 1
