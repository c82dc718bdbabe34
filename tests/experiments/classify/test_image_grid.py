from pathlib import Path

import numpy as np
import pytest

from nnlab.experiments.classify.figures.image_grid import image_grid, misclassified_images
from tests.plots.figures import FOOTER, check

DIGITS = [str(digit) for digit in range(10)]


def images(count: int, shape: tuple[int, ...] = (28, 28)) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, *shape), dtype=np.uint8)


@pytest.mark.parametrize("count", [1, 3, 8, 9, 40])
def test_each_image_has_its_classes_and_probability_under_it(tmp_path: Path, count: int) -> None:
    probabilities = np.linspace(0.3, 0.99, count)
    labels, predictions = [4] * count, [9] * count
    figure = misclassified_images(images(count), labels, predictions, probabilities, DIGITS, FOOTER)
    texts = check(figure, tmp_path)
    assert len(figure.axes) == count
    assert sum(text.startswith("4 → 9\n") for text in texts) == count


def test_of_many_errors_the_surest_are_shown(tmp_path: Path) -> None:
    probabilities = np.linspace(0.3, 0.99, 81)
    figure = misclassified_images(images(81), [1] * 81, [7] * 81, probabilities, DIGITS, FOOTER)
    texts = check(figure, tmp_path)
    assert len(figure.axes) == 40
    assert "1 → 7\n99.0 %" in texts
    assert "1 → 7\n30.0 %" not in texts
    assert any("40 of 81" in text for text in texts)


def test_no_error_is_said_in_words(tmp_path: Path) -> None:
    texts = check(misclassified_images(images(0), [], [], [], DIGITS, FOOTER), tmp_path)
    assert "No image was misclassified." in texts


def test_long_names_of_classes_do_not_touch(tmp_path: Path) -> None:
    names = [f"a class with a long name, number {label}" for label in range(10)]
    labels, predictions = np.arange(10), np.arange(10)[::-1]
    check(misclassified_images(images(10), labels, predictions, [0.5] * 10, names), tmp_path)


@pytest.mark.parametrize("shape", [(28, 28, 1), (32, 32, 3), (20, 40)])
def test_grey_and_colour_bytes_and_floats_are_images(
    tmp_path: Path, shape: tuple[int, ...]
) -> None:
    check(
        image_grid([images(1, shape)[0], images(1, shape)[0] / 255], ["bytes", "floats"]), tmp_path
    )


def test_captions_must_match_images() -> None:
    with pytest.raises(ValueError, match="got 2 and 1"):
        image_grid(images(2), ["one"])
