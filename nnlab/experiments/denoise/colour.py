"""Putting a cleaned grey page back into the page that it came from."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from nnlab.datasets.pages.files import LUMA, WHITE, Page

if TYPE_CHECKING:
    from PIL.Image import Image

BAND = 256
"""Rows that are put back at a time, for the sake of memory."""
PAPER_SIDE = 400
"""Longer side in pixels of the reduced page that the paper's colour is measured on."""
NEIGHBOURHOOD = 15
"""Pixels of the reduced page across which the paper's colour is averaged."""
PAPER_LEVELS = 16
"""Grey levels that paper may be darker than the page's lightest tenth."""
LEAST_INK = 8.0
"""Grey levels of ink below which its colour is not to be trusted."""


def cleaned(page: Page, grey: np.ndarray, strength: float = 1.0) -> Page:
    """Give the page the cleaned grey; its kind, transparency and resolution stay.

    In colour the paper's tint goes, and each pixel keeps as much of its ink's colour as the
    cleaning has left of its darkness. Black and white is cut at half grey.

    Args:
        page: The page as read.
        grey: float (height, width), 0 to 255: `page.grey`, cleaned.
        strength: 0 leaves all pixels as they are, 1 takes the cleaned ones, between are mixtures.
    """
    if grey.shape != page.pixels.shape[:2]:
        raise ValueError(f"expected grey of shape {page.pixels.shape[:2]}, got {grey.shape}")
    paper = _paper(page, grey) if page.pixels.ndim == 3 else None
    pixels = np.empty_like(page.pixels)
    for top in range(0, len(grey), BAND):
        rows = slice(top, top + BAND)
        band = page.rows(rows)
        values = np.clip(grey[rows].astype(np.float32), 0, WHITE)
        if paper is not None:
            values = _coloured(band.opaque_pixels, values, paper.below(top, values.shape))
        pixels[rows] = _put_back(band, values, strength)
    return replace(page, pixels=pixels)


def binarized(page: Page, grey: np.ndarray, strength: float = 1.0) -> Page:
    """Return the page in black and white, cut at half grey; transparency and colour go.

    Args:
        page: The page as read.
        grey: float (height, width), 0 to 255: `page.grey`, cleaned.
        strength: As for `cleaned`.
    """
    pixels = np.empty(grey.shape, np.bool_)
    for top in range(0, len(grey), BAND):
        rows = slice(top, top + BAND)
        mixed = strength * grey[rows] + (1 - strength) * page.rows(rows).grey
        pixels[rows] = mixed >= WHITE / 2
    return Page(pixels, dpi=page.dpi)


def _put_back(page: Page, values: np.ndarray, strength: float) -> np.ndarray:
    """Return pixels of the page's own kind, mixed with what they were."""
    if page.alpha is not None:
        values = _lifted_off_white(values, page.alpha)
    scale = np.float32(page.white / WHITE)
    mixed = (strength * scale * values + (1 - strength) * page.pixels).round()
    pixels = mixed.astype(page.pixels.dtype)
    if page.alpha is not None:
        pixels[page.alpha == 0] = page.pixels[page.alpha == 0]
    return pixels


def _coloured(colours: np.ndarray, grey: np.ndarray, paper: np.ndarray) -> np.ndarray:
    """Tint the cleaned grey with the ink's colour: float32 (height, width, 3), 0 to 255."""
    ink = np.minimum(colours * (WHITE / paper), WHITE)
    luma = ink @ LUMA
    left = (WHITE - grey) / np.maximum(WHITE - luma, LEAST_INK)
    ink -= luma[:, :, None]
    ink *= np.clip(left, 0, 1)[:, :, None]
    result: np.ndarray = np.clip(ink + grey[:, :, None], 0, WHITE)
    return result


@dataclass(frozen=True)
class _Paper:
    """The colour of the paper, reduced.

    Attributes:
        channels: One image a colour, float32.
        step: Pixels of the page to one of these, down and across.
    """

    channels: "Sequence[Image]"
    step: int

    def below(self, top: int, shape: tuple[int, int]) -> np.ndarray:
        """Return the colour under so many rows from `top`: float32 (rows, width, 3), above 0."""
        from PIL.Image import Resampling

        rows, width = shape
        box = (0, top / self.step, width / self.step, (top + rows) / self.step)
        bands = [
            np.asarray(channel.resize((width, rows), Resampling.BILINEAR, box))
            for channel in self.channels
        ]
        result: np.ndarray = np.maximum(np.dstack(bands), 1)
        return result


def _paper(page: Page, grey: np.ndarray) -> _Paper:
    """Measure the colour of the paper all over a page.

    It is the mean of those pixels nearby that are paper after the cleaning, and where there are
    none, in a picture say, of all such pixels of the page.
    """
    from PIL import Image
    from scipy.ndimage import minimum_filter, uniform_filter

    step = -(-max(grey.shape) // PAPER_SIDE)
    light = grey >= np.percentile(grey[::4, ::4], 90) - PAPER_LEVELS
    is_paper = minimum_filter(light, 3)  # without the soft edges of ink, which have its colour
    is_paper = is_paper if is_paper.any() else light
    height = math.ceil(BAND / step) * step
    bands = [slice(top, top + height) for top in range(0, len(grey), height)]

    def reduced(values: Iterable[np.ndarray]) -> np.ndarray:
        return np.concatenate([np.asarray(Image.fromarray(band).reduce(step)) for band in values])

    weight = reduced(is_paper[rows].astype(np.float32) for rows in bands)
    share = uniform_filter(weight, NEIGHBOURHOOD, mode="constant") + 1e-4
    channels = []
    for channel in range(3):
        seen = reduced(page.rows(rows).opaque_channel(channel) * is_paper[rows] for rows in bands)
        mean = seen.sum() / weight.sum()
        near = uniform_filter(seen, NEIGHBOURHOOD, mode="constant") + 1e-4 * mean
        channels.append(Image.fromarray(near / share))
    return _Paper(channels, step)


def _lifted_off_white(values: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Return the colours that look like `values` when laid on white with that alpha."""
    share = np.maximum(alpha.astype(np.float32), 1) / WHITE
    if values.ndim == 3:
        share = share[:, :, None]
    return np.clip(WHITE - (WHITE - values) / share, 0, WHITE)
