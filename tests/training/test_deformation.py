"""Random deformations of images."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from nnlab.training.deformation import Deformation

KINDS = [one.name for one in dataclasses.fields(Deformation)]


@pytest.fixture
def images() -> np.ndarray:
    """Six blots in the middle of black images, higher than wide."""
    rng = np.random.default_rng(1)
    images = np.zeros((6, 20, 14), np.float32)
    images[:, 6:14, 5:9] = rng.uniform(100, 255, (6, 8, 4))
    return images


def deformed(images: np.ndarray, seed: int = 1, **limits: float) -> np.ndarray:
    result: np.ndarray = Deformation(**limits)(tf.constant(images), tf.constant([seed, 2])).numpy()
    return result


def test_without_any_limit_images_stay(images: np.ndarray) -> None:
    np.testing.assert_allclose(deformed(images), images, atol=1e-3)
    whole = Deformation(rotation=1, elastic=1).times(0)
    assert whole == Deformation()


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_changes_every_image_and_the_seed_decides_how(
    images: np.ndarray, kind: str
) -> None:
    one, again, other = (deformed(images, seed, **{kind: 0.2}) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert abs(one - other).max() > 1
    changes = abs(one - images).max(axis=(1, 2))
    assert (changes > 0.01).sum() >= (3 if kind == "blur" else 6)
    assert one.min() >= 0
    assert one.max() <= 255


def test_images_of_one_batch_change_differently(images: np.ndarray) -> None:
    same = np.repeat(images[:1], 6, axis=0)
    moved = deformed(same, shift=0.2)
    assert abs(moved[1:] - moved[:1]).max(axis=(1, 2)).min() > 1


def test_a_shift_moves_the_middle_by_at_most_its_share(images: np.ndarray) -> None:
    def middles(of: np.ndarray) -> np.ndarray:
        rows, columns = np.indices(of.shape[1:])
        return np.array([[(one * rows).sum(), (one * columns).sum()] / one.sum() for one in of])

    moved = middles(deformed(images, shift=0.1)) - middles(images)
    assert (abs(moved) <= np.array([2.0, 1.4]) + 0.01).all()
    assert abs(moved).max() > 0.5


def test_what_leaves_the_image_is_gone_and_what_enters_is_black() -> None:
    white = np.full((50, 8, 8), 255, np.float32)
    moved = deformed(white, shift=1.0)
    assert moved.min() == 0
    assert moved.mean() < 200


def test_strokes_become_thicker_and_thinner(images: np.ndarray) -> None:
    many = np.repeat(images, 10, axis=0)
    ink = deformed(many, stroke=1.0).sum(axis=(1, 2)) / many.sum(axis=(1, 2))
    assert ink.max() > 1.2
    assert ink.min() < 0.8


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_a_share_of_a_deformation_is_a_weaker_one(images: np.ndarray, share: float) -> None:
    whole = Deformation(rotation=0.3, shift=0.2, shear=0.2, elastic=0.05, stroke=0.8, blur=0.9)
    seed = tf.constant([1, 2])
    made = whole(tf.constant(images), seed, share=tf.constant(share))
    np.testing.assert_allclose(made, whole.times(share)(tf.constant(images), seed), atol=0.01)


def test_dark_ink_on_white_gets_a_white_border(images: np.ndarray) -> None:
    moving = Deformation(rotation=0.3, shift=0.2)
    seed = tf.constant([1, 2])
    light = moving(tf.constant(images), seed)
    dark = moving(tf.constant(255 - images), seed, light_ink=False)
    np.testing.assert_allclose(dark, 255 - light, atol=1e-3)


def test_strong_deformations_stay_in_range(images: np.ndarray) -> None:
    strong = Deformation(rotation=0.2, elastic=0.05, stroke=0.7, blur=0.8).times(3)
    made = strong(tf.constant(np.repeat(images, 20, axis=0)), tf.constant([1, 2])).numpy()
    assert made.min() >= -1e-3
    assert made.max() <= 255.001
