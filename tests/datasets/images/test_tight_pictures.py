import numpy as np
import pytest
from PIL import Image

from nnlab.datasets.images.digit_form import in_parts
from nnlab.datasets.images.tight_pictures import bordered
from nnlab.datasets.samples.glyphs import glyph_images


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    return glyph_images("0123456789", 60, seed=5)[0]


def cropped(image: np.ndarray, floor: int = 60) -> np.ndarray:
    rows, columns = (np.flatnonzero((image > floor).any(axis=axis)) for axis in (1, 0))
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def scaled(image: np.ndarray, longer: int) -> np.ndarray:
    height, width = image.shape
    scale = longer / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BICUBIC))


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    small = [
        np.asarray(Image.fromarray(image).resize((14, 14), Image.Resampling.BILINEAR))
        for image in (one, other)
    ]
    return float(np.corrcoef([image.reshape(-1) for image in small])[0, 1])


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("longer", [12, 16, 20, 60, 200])
def test_a_digit_that_fills_its_picture_is_found_at_any_size(
    digits: np.ndarray, longer: int, dark: bool
) -> None:
    alike = []
    for digit in digits:
        picture = scaled(cropped(digit), longer)
        alike.append(likeness(in_parts(255 - picture if dark else picture).image, digit))
    assert np.median(alike) > 0.9
    assert np.mean(np.array(alike) > 0.6) >= 0.95


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("height", [40, 60, 150, 400])
def test_a_narrow_stroke_with_hardly_any_background_is_one_character(
    height: int, dark: bool
) -> None:
    """In a cropped 1, all background is within the soft edges of the stroke."""
    stroke = np.zeros((14, 3))
    for row, middle in enumerate(np.linspace(0.2, 1.8, 14)):
        stroke[row] = np.clip(1.2 - np.abs(np.arange(3) - middle), 0, 1)
    small = (255 * stroke).astype(np.uint8)
    picture = scaled(small, height)
    form = in_parts(255 - picture if dark else picture)
    inked = form.image > 100
    assert len(form.characters) == 1
    assert np.ptp(np.flatnonzero(inked.any(axis=1))) + 1 >= 18
    assert np.ptp(np.flatnonzero(inked.any(axis=0))) + 1 <= 6


def test_black_and_white_digits_that_fill_their_picture_are_found(digits: np.ndarray) -> None:
    alike = []
    for digit in digits:
        picture = np.where(cropped(digit, 100) > 100, 255, 0).astype(np.uint8)
        alike.append(likeness(in_parts(255 - picture).image, digit))
    assert np.mean(np.array(alike) > 0.6) >= 0.95


@pytest.mark.parametrize("negative", [False, True])
def test_an_off_centre_digit_is_centred_even_in_a_picture_of_the_right_size(
    digits: np.ndarray, negative: bool
) -> None:
    for digit in digits[:20]:
        inked = np.flatnonzero((digit > 0).any(axis=1))
        shift = 4 if inked[-1] <= 23 else -4
        if min(inked[0] + shift, 27 - inked[-1] - shift) < 0:
            continue
        moved = np.roll(digit, shift, axis=0)
        result = in_parts(255 - moved if negative else moved).image
        middle = result.sum(axis=1) @ np.arange(28) / result.sum()
        assert abs(middle - 13.5) <= 0.6


def test_letters_centred_by_their_box_as_in_emnist_are_unchanged() -> None:
    letter = np.zeros((28, 28), np.uint8)
    letter[2:26, 5:9] = 255  # an L, whose mass is far from the centre
    letter[22:26, 5:23] = 255
    assert np.array_equal(in_parts(letter).image, letter)


def test_a_photo_with_a_dark_table_gets_no_border() -> None:
    page = np.full((300, 400), 220, np.uint8)
    page[100:200, 180:200] = 60
    page[:, :25] = 40
    assert bordered(page).pixels is page
