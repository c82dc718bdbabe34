"""Telling stained paper from ink."""

import numpy as np

from nnlab.datasets.pages.layers import paper_and_ink
from nnlab.datasets.samples.stained_pages import synthetic_page

SHAPE = (120, 160)


def test_paper_and_ink_laid_together_again_are_the_page() -> None:
    _, clean, _ = synthetic_page(0, SHAPE)
    stain = np.linspace(100, 230, SHAPE[1]) * np.ones(SHAPE)
    faded = np.linspace(0, 60, SHAPE[0])[:, None] * np.ones(SHAPE)
    page = (faded + (stain - faded) * clean / 255).astype(np.uint8)
    paper, ink = paper_and_ink(page, clean)
    assert np.abs(paper - stain).mean() < 2
    assert np.abs(ink - faded)[clean < 64].mean() < 4
    again = ink + (paper.astype(float) - ink) * clean / 255
    assert np.abs(again - page).mean() < 2


def test_what_is_seen_of_the_paper_is_taken_as_it_is() -> None:
    noisy, clean, _ = synthetic_page(3, SHAPE)
    paper, _ = paper_and_ink(noisy, clean)
    np.testing.assert_array_equal(paper[clean == 255], noisy[clean == 255])


def test_a_page_without_print_and_one_without_paper() -> None:
    grey = np.full(SHAPE, 90, np.uint8)
    paper, ink = paper_and_ink(grey, np.full(SHAPE, 255, np.uint8))
    assert (paper == 90).all()
    assert (ink == 0).all()
    paper, ink = paper_and_ink(grey, np.zeros(SHAPE, np.uint8))
    assert (paper == 255).all()
    assert (ink == 90).all()
