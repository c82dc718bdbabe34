from pathlib import Path

import numpy as np
import pytest

from nnlab.experiments.classify.figures.confusion import confusion_matrix
from tests.plots.figures import FOOTER, check


def counts(classes: int, errors: bool = True) -> np.ndarray:
    rng = np.random.default_rng(classes)
    few = rng.poisson(0.7, (classes, classes)) ** 2 * errors
    np.fill_diagonal(few, rng.integers(900, 1000, classes))
    return few


def letters(classes: int) -> list[str]:
    return [chr(ord("a") + label) for label in range(classes)]


@pytest.mark.parametrize("classes", [1, 2, 3, 10, 26])
@pytest.mark.parametrize("errors", [True, False])
def test_every_count_stands_in_its_cell(tmp_path: Path, classes: int, errors: bool) -> None:
    matrix = counts(classes, errors)
    figure = confusion_matrix(matrix, letters(classes), FOOTER)
    texts = check(figure, tmp_path)
    axes = figure.axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted class", "true class")
    wrong = matrix.sum() - matrix.trace()
    assert axes.get_title(loc="left") == f"{wrong:,} of {matrix.sum():,} misclassified"
    written = [text for text in axes.texts if text.get_text() in texts]
    assert len(written) == np.count_nonzero(matrix)


@pytest.mark.parametrize("classes", [2, 12, 26])
def test_long_names_of_classes_are_not_cut_off(tmp_path: Path, classes: int) -> None:
    names = [f"a class whose name is very long, number {label}" for label in range(classes)]
    texts = check(confusion_matrix(counts(classes), names, FOOTER), tmp_path)
    assert sum(text.endswith(f"{classes - 1}") and "…" in text for text in texts) == 2


@pytest.mark.parametrize("classes", [47, 100])
def test_many_classes_have_colours_only(tmp_path: Path, classes: int) -> None:
    figure = confusion_matrix(counts(classes), [f"class {n}" for n in range(classes)], FOOTER)
    check(figure, tmp_path)
    assert not figure.axes[0].texts


def test_a_single_error_is_coloured(tmp_path: Path) -> None:
    figure = confusion_matrix([[5, 1], [0, 5]], ["x", "y"])
    check(figure, tmp_path)
    assert len(figure.axes) == 2, "no colour bar"


@pytest.mark.parametrize(
    ("matrix", "names"), [([[1, 2]], ["x"]), ([[1, 0], [0, 1]], ["x"]), ([], [])]
)
def test_a_matrix_that_does_not_fit_its_names_is_refused(
    matrix: list[list[int]], names: list[str]
) -> None:
    with pytest.raises(ValueError, match="a name for each class"):
        confusion_matrix(matrix, names)
