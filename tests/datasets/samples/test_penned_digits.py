import numpy as np
import pytest

from nnlab.datasets.samples.digit_strokes import FORMS
from nnlab.datasets.samples.penned_digits import penned_digits

COUNT = 1000


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    return penned_digits(COUNT, seed=1)


def test_images_are_light_ink_on_black_equally_many_per_digit(
    digits: tuple[np.ndarray, np.ndarray],
) -> None:
    images, labels = digits
    assert images.shape == (COUNT, 28, 28)
    assert images.dtype == labels.dtype == np.uint8
    assert np.bincount(labels).tolist() == [COUNT // 10] * 10
    assert images.reshape(COUNT, -1).max(axis=1).min() > 150
    edges = np.concatenate([images[:, [0, -1]].max(axis=2), images[:, :, [0, -1]].max(axis=1)])
    assert (edges > 127).mean() < 0.01


def test_ink_is_centred_by_mass_and_fits_the_box(digits: tuple[np.ndarray, np.ndarray]) -> None:
    images = digits[0].astype(float)
    mass = images.sum(axis=(1, 2))
    for axis in (1, 2):
        middle = images.sum(axis=3 - axis) @ np.arange(28) / mass
        assert np.abs(middle - 13.5).max() < 1
    inked = images > 127
    extents = [inked.any(axis=axis).sum(axis=1) for axis in (1, 2)]
    longer = np.maximum(*extents)
    assert longer.min() >= 18
    assert longer.max() <= 21


@pytest.mark.parametrize("count", [0, 1, 7, len(FORMS) + 3, 250])
def test_any_number_can_be_drawn(count: int) -> None:
    images, labels = penned_digits(count, seed=0)
    assert len(images) == len(labels) == count
    counts = np.bincount(labels, minlength=10)
    assert counts.max() - counts.min() <= 1


def test_the_same_seed_gives_the_same_images_and_all_differ(
    digits: tuple[np.ndarray, np.ndarray],
) -> None:
    images, _ = digits
    again, _ = penned_digits(COUNT, seed=1)
    other, _ = penned_digits(COUNT, seed=2)
    np.testing.assert_array_equal(images, again)
    assert (images != other).any()
    assert len(np.unique(images.reshape(COUNT, -1), axis=0)) == COUNT


def test_a_form_lies_nearer_to_forms_of_its_digit_than_to_others(
    digits: tuple[np.ndarray, np.ndarray],
) -> None:
    images, labels = digits
    known = images[::2].reshape(COUNT // 2, -1) / 255
    asked = images[1::2].reshape(COUNT // 2, -1) / 255
    apart = ((asked**2).sum(axis=1)[:, None] - 2 * asked @ known.T) + (known**2).sum(axis=1)
    nearest = labels[::2][apart.argmin(axis=1)]
    assert (nearest == labels[1::2]).mean() > 0.8
