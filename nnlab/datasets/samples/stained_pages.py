"""The embedded sample of stained pages, generated together with the clean pages.

synthetic_page(7) -> (noisy, clean, "coffee"), the same page every time
"""

import numpy as np

from nnlab.datasets.samples.page_noise import (
    Noise,
    coffee,
    folds,
    shadow,
    smooth,
    speckle,
    wrinkles,
)
from nnlab.datasets.samples.page_text import printed_page

SHAPE = (420, 540)
"""Height and width of most pages of NoisyOffice."""
KINDS: dict[str, Noise | None] = {
    "coffee": coffee,
    "folds": folds,
    "wrinkles": wrinkles,
    "shadow": shadow,
    "show-through": None,
    "speckle": speckle,
}
SECOND_SHARE = 0.35
"""Share of pages with a second kind of noise."""
SEED = 20_150_601
"""Keeps these pages independent of anything else drawn with a small seed."""


def synthetic_page(seed: int, shape: tuple[int, int] = SHAPE) -> tuple[np.ndarray, np.ndarray, str]:
    """Print a page and stain it, the same for the same arguments and library versions.

    Args:
        seed: Seed of the page; consecutive seeds cycle through the kinds of noise.
        shape: Its height and width in pixels.

    Returns:
        noisy: uint8 (height, width), 0 to 255.
        clean: uint8 (height, width), 0 ink to 255 paper.
        kind: The main kind of noise, one of `KINDS`.
    """
    rng = np.random.default_rng([SEED, seed])
    clean = printed_page(shape, rng)
    kinds = list(KINDS)
    main = kinds[seed % len(kinds)]
    chosen = [main]
    if rng.random() < SECOND_SHARE:
        chosen.append(str(rng.choice([kind for kind in kinds if kind != main])))
    paper = np.full(shape, 1, np.float32)
    for kind in chosen:
        noise = KINDS[kind]
        paper *= _show_through(shape, rng) if noise is None else noise(shape, rng)
    return _scan(clean, paper, rng), clean, main


def _show_through(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Faint, mirrored print of the other side, blurred by the paper: float32."""
    from scipy.ndimage import gaussian_filter

    ink = 1 - printed_page(shape, rng)[:, ::-1].astype(np.float32) / 255
    uneven = 1 + 0.25 * smooth(shape, rng, 90)
    result: np.ndarray = 1 - gaussian_filter(ink, rng.uniform(0.6, 1.8)) * uneven * rng.uniform(
        0.12, 0.35
    )
    return result


def _scan(clean: np.ndarray, paper: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Put the ink on the paper and scan both: grain, slight blur, grey paper."""
    from scipy.ndimage import gaussian_filter

    ink = (1 - clean.astype(np.float32) / 255) * rng.uniform(0.82, 1)
    white = rng.uniform(205, 248)
    page = white * paper * (1 - ink) + rng.uniform(8, 30) * ink
    page = gaussian_filter(page, rng.uniform(0.01, 0.7))
    page += rng.uniform(1.5, 6) * smooth(clean.shape, rng, rng.uniform(1.2, 2.5))
    result: np.ndarray = np.clip(page, 0, 255).round().astype(np.uint8)
    return result
