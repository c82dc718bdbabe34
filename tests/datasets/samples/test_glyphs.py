import numpy as np
import pytest

from nnlab.datasets.samples.glyphs import glyph_images
from nnlab.errors import DataError


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    return glyph_images("0123456789", 3000, seed=1)


def test_images_are_light_ink_on_black_equally_many_per_class(
    digits: tuple[np.ndarray, np.ndarray],
) -> None:
    images, labels = digits
    assert images.shape == (3000, 28, 28)
    assert images.dtype == labels.dtype == np.uint8
    assert np.bincount(labels).tolist() == [300] * 10
    assert images.reshape(3000, -1).max(axis=1).min() > 150
    assert np.median(images) == 0
    assert np.median(images[:, 0]) == 0


def test_ink_is_centred_by_mass_and_fits_the_box(digits: tuple[np.ndarray, np.ndarray]) -> None:
    images = digits[0].astype(float)
    mass = images.sum(axis=(1, 2))
    for axis in (1, 2):
        middle = images.sum(axis=3 - axis) @ np.arange(28) / mass
        assert np.abs(middle - 13.5).max() < 1
        inked = np.any(images > 100, axis=3 - axis)
        extent = 28 - inked.argmax(axis=1) - inked[:, ::-1].argmax(axis=1)
        assert np.quantile(extent, 0.999) <= 22


def test_the_same_seed_gives_the_same_images() -> None:
    first, again, other = (glyph_images("abc", 60, seed) for seed in (1, 1, 2))
    assert np.array_equal(first[0], again[0])
    assert np.array_equal(first[1], again[1])
    assert not np.array_equal(first[0], other[0])


def test_all_images_are_different(digits: tuple[np.ndarray, np.ndarray]) -> None:
    images = digits[0]
    assert len(np.unique(images.reshape(len(images), -1), axis=0)) == len(images)


def test_a_linear_model_learns_the_digits_but_not_perfectly(
    digits: tuple[np.ndarray, np.ndarray],
) -> None:
    images, labels = digits
    pixels = np.hstack([images.reshape(3000, -1) / 255, np.ones((3000, 1))])
    train, test = pixels[:2400], pixels[2400:]
    targets = np.eye(10)[labels[:2400]]
    weights = np.linalg.solve(train.T @ train + 30 * np.eye(785), train.T @ targets)  # ridge
    assert 0.75 < ((test @ weights).argmax(axis=1) == labels[2400:]).mean() < 0.97


@pytest.mark.parametrize("alphabet", ["abcdefghijklmnopqrstuvwxyz", "AZ", "äß", "αω", "7"])
def test_any_alphabet_in_the_fonts_can_be_drawn(alphabet: str) -> None:
    images, labels = glyph_images(alphabet, 2 * len(alphabet) + 1, seed=0)
    assert set(labels.tolist()) == set(range(len(alphabet)))
    assert images.any(axis=(1, 2)).all()


def test_zero_images_can_be_drawn() -> None:
    images, labels = glyph_images("01", 0, seed=0)
    assert images.shape == (0, 28, 28)
    assert labels.shape == (0,)


@pytest.mark.parametrize("alphabet", ["漢字", "a b"])
def test_characters_that_cannot_be_drawn_are_refused(alphabet: str) -> None:
    with pytest.raises(DataError, match=r"none of matplotlib's fonts|has no ink"):
        glyph_images(alphabet, 10, seed=0)


def test_an_empty_alphabet_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 256"):
        glyph_images("", 10, seed=0)
