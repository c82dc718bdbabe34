"""Pages cleaned without a network: grey stretched, the background divided out, a threshold.

Each takes a page, uint8 (height, width), and gives float32 (height, width) from 0 (black) to 1.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Page = npt.NDArray[np.uint8]
Clean = npt.NDArray[np.float32]

BACKGROUND = 21  # pixels of the median's window: letters fill less than half of it
WINDOW = 15  # pixels of Sauvola's window
SAUVOLA = 0.5  # his k: how far below the mean the threshold lies where nothing is written
SPREAD = 128  # his R: the largest standard deviation of grey


def untouched(page: Page) -> Clean:
    """The page as it is."""
    return page.astype(np.float32) / np.float32(255)


@dataclass(frozen=True)
class Rescaling:
    """One gain and offset for all pages.

    Attributes:
        gain: of grey from 0 to 1.
        offset: that is added.
    """

    gain: float
    offset: float

    def __call__(self, page: Page) -> Clean:
        """Stretch the grey of a page, and clip it."""
        stretched = np.float32(self.gain) * untouched(page) + np.float32(self.offset)
        result: Clean = np.clip(stretched, 0, 1)
        return result


def fit_rescaling(pairs: Iterable[tuple[Page, Page]]) -> Rescaling:
    """The gain and offset with the least squared error, before clipping.

    Args:
        pairs: noisy and true training pages, both uint8 (height, width).

    Raises:
        ValueError: if there is no pixel, or the pages of a pair differ in shape.
    """
    sums = np.zeros(5)
    for page, truth in pairs:
        if page.shape != truth.shape:
            raise ValueError(f"expected pages of one shape, got {page.shape} and {truth.shape}")
        dark, light = (np.asarray(one, np.float64) / 255 for one in (page, truth))
        products = (dark * dark).sum(), (dark * light).sum()
        sums += (dark.size, dark.sum(), light.sum(), *products)
    count, x, y, xx, xy = (float(total) for total in sums)
    if not count:
        raise ValueError("expected training pages, got none")
    spread = xx / count - (x / count) ** 2
    # of pages of a single grey any gain does; none changes nothing but the mean
    gain = (xy / count - x * y / count**2) / spread if spread > 1e-12 else 0.0
    return Rescaling(gain, (y - gain * x) / count)


def divided_by_background(page: Page) -> Clean:
    """Divide by the paper, which a median in a large window takes the page for."""
    from scipy.ndimage import median_filter

    if not page.size:
        return untouched(page)
    paper = np.maximum(median_filter(page, BACKGROUND, mode="nearest"), 1)
    result: Clean = np.minimum(page.astype(np.float32) / paper.astype(np.float32), np.float32(1))
    return result


def sauvola(page: Page) -> Clean:
    """Black where a pixel is darker than a threshold for its surroundings, else white.

    Sauvola and Pietikäinen, "Adaptive document image binarization", Pattern Recognition 33 (2000):
    mean * (1 + k * (standard deviation / 128 - 1)).
    """
    from scipy.ndimage import uniform_filter

    if not page.size:
        return untouched(page)
    grey = page.astype(np.float64)
    mean = uniform_filter(grey, WINDOW, mode="nearest")
    variance = uniform_filter(grey * grey, WINDOW, mode="nearest") - mean**2
    spread = np.sqrt(np.maximum(variance, 0))
    result: Clean = (grey > mean * (1 + SAUVOLA * (spread / SPREAD - 1))).astype(np.float32)
    return result
