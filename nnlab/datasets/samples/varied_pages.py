"""Pages of many kinds, for networks that are to clean what people scan.

The sample resembles NoisyOffice. These pages go further: other scripts, large print, handwriting,
black bars and photos; faded ink, bleed-through, mould, lined paper, and scans saved as JPEG.

varied_page(4, (420, 540)) -> (noisy, clean, "bleed-through"), the same page every time
"""

import functools
import io
from collections.abc import Iterator

import numpy as np

from nnlab.datasets.samples.handwriting import written_page
from nnlab.datasets.samples.page_noise import (
    Noise,
    coffee,
    folds,
    shadow,
    smooth,
    speckle,
    wrinkles,
)
from nnlab.datasets.samples.page_text import SIZES, printed_page

SEED = 20_261_128
"""Keeps these pages independent of anything else drawn with a small seed."""
LARGE = (34, 40, 48, 58, 70, 90)
"""Heights of large print in pixels."""
ALPHABETS = (
    "αβγδεζηθικλμνξοπρστυφχψω",
    "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ",
    "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
    "אבגדהוזחטיכלמנסעפצקרשת",
)
"""Scripts that DejaVu Sans has beside Latin: Greek, Cyrillic, Armenian, Georgian, Hebrew."""
SANS = (("DejaVuSans", "DejaVuSans-Bold"), ("DejaVuSans-Bold", "DejaVuSans"))


def varied_page(seed: int, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, str]:
    """Make a page and spoil it, the same for the same arguments and library versions.

    Args:
        seed: Seed of the page; consecutive seeds cycle through the kinds of noise.
        shape: Its height and width in pixels.

    Returns:
        noisy: uint8 (height, width), 0 to 255.
        clean: uint8 (height, width), 0 ink to 255 paper; photos stay.
        kind: The main kind of noise, one of `NOISES`.
    """
    rng = np.random.default_rng([SEED, seed])
    clean = _with_pictures(_text(shape, rng), rng)
    kinds = list(NOISES)
    main = kinds[seed % len(kinds)]
    others = rng.choice([kind for kind in kinds if kind != main], rng.integers(0, 3), replace=False)
    paper = np.ones(shape, np.float32)
    for kind in (main, *others):
        paper *= NOISES[kind](shape, rng)
    return _scanned(clean, paper, rng), clean, main


def mould(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Blotches with soft edges, mottled inside, some nearly as dark as ink: float32."""
    cell = rng.uniform(25, 110)
    blotches = 1 / (1 + np.exp(-rng.uniform(2, 8) * (smooth(shape, rng, cell) - rng.uniform(0, 1))))
    mottled = 1 + 0.2 * smooth(shape, rng, rng.uniform(2, 12)) + 0.3 * smooth(shape, rng, 40)
    result: np.ndarray = 1 - np.clip(blotches * mottled * rng.uniform(0.15, 0.6), 0, 0.8)
    return result


def ruled(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Pale lines across the paper, or squares: float32 (height, width)."""
    pitch, thick = rng.uniform(12, 45), rng.uniform(0.5, 1.3)
    y = np.arange(shape[0], dtype=np.float32)[:, None]
    x = np.arange(shape[1], dtype=np.float32)
    tilt = rng.normal(0, 0.01)
    lines = _near(y + tilt * x, pitch, thick)
    if rng.random() < 0.4:
        lines = np.maximum(lines, _near(x - tilt * y, pitch, thick))
    faint = 1 + 0.15 * smooth(shape, rng, 20)
    result: np.ndarray = 1 - rng.uniform(0.1, 0.45) * lines * faint
    return result


def bleed_through(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """The mirrored text of the other side, from faint to as dark as faded ink: float32."""
    from scipy.ndimage import gaussian_filter

    ink = 1 - _text(shape, rng)[:, ::-1].astype(np.float32) / 255
    uneven = np.clip(1 + 0.4 * smooth(shape, rng, 60), 0, 1.6)
    result: np.ndarray = 1 - rng.uniform(0.1, 0.4) * uneven * gaussian_filter(
        ink, rng.uniform(0.5, 2.5)
    )
    return result


NOISES: dict[str, Noise] = {
    "coffee": coffee,
    "folds": folds,
    "wrinkles": wrinkles,
    "shadow": shadow,
    "bleed-through": bleed_through,
    "speckle": speckle,
    "mould": mould,
    "ruled": ruled,
}


def _text(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    kind = rng.choice(["latin", "large", "written", "other"], p=[0.4, 0.15, 0.3, 0.15])
    if kind == "written":
        return written_page(shape, rng)
    if kind == "other":
        letters = ALPHABETS[rng.integers(len(ALPHABETS))]
        words = functools.partial(_letters, letters)
        return printed_page(shape, rng, families=SANS, sizes=SIZES[2:], words=words)
    return printed_page(shape, rng, sizes=LARGE if kind == "large" else SIZES)


def _letters(alphabet: str, rng: np.random.Generator) -> Iterator[str]:
    while True:
        yield "".join(rng.choice(list(alphabet), rng.integers(1, 11)))


def _with_pictures(page: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lay a black bar or a photo over some pages; both are to stay."""
    page = page.copy()
    for bar in (True, False):
        if rng.random() >= 0.8:
            _lay(page, bar, rng)
    return page


def _lay(page: np.ndarray, bar: bool, rng: np.random.Generator) -> None:
    """Lay a bar or a photo on a page somewhere."""
    height, width = page.shape
    tall, wide = rng.uniform(0.05, 0.3) * height, rng.uniform(0.2, 0.7) * width
    if bar and rng.random() < 0.5:
        tall = rng.uniform(3, 30)
    top, left = rng.uniform(0, 1, 2) * (height - tall, width - wide)
    area = page[int(top) : int(top + tall) + 1, int(left) : int(left + wide) + 1]
    area[:] = 0 if bar else _photo(area.shape, rng)


def _photo(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Shapes of all greys: uint8 (height, width)."""
    size = (shape[0], shape[1])
    grey = 120 + 55 * smooth(size, rng, rng.uniform(20, 60)) + 15 * smooth(size, rng, 5)
    edges = np.tanh(4 * smooth(size, rng, rng.uniform(25, 70)))
    result: np.ndarray = np.clip(grey + 30 * edges, 5, 235).astype(np.uint8)
    return result


def _near(along: np.ndarray, pitch: float, thick: float) -> np.ndarray:
    """How near each place is to the next line: 1 on it."""
    distance = np.abs((along / pitch + 0.5) % 1 - 0.5) * pitch
    result: np.ndarray = np.exp(-((distance / thick) ** 2))
    return result


def _scanned(clean: np.ndarray, paper: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Put ink, often faded, on the paper, and scan both: grain, blur, perhaps saved as JPEG."""
    from scipy.ndimage import gaussian_filter

    if rng.random() < 0.5:
        strength = rng.uniform(0.45, 0.85) * (1 + 0.2 * smooth(clean.shape, rng, 25))
    else:
        strength = np.full(clean.shape, rng.uniform(0.85, 1))
    ink = (1 - clean.astype(np.float32) / 255) * np.clip(strength, 0.35, 1)
    white, black = rng.uniform(170, 250), rng.uniform(5, 40)
    page = white * paper * (1 - ink) + black * ink
    page = gaussian_filter(page, rng.uniform(0.01, 1.0))
    page += rng.uniform(0.5, 7) * smooth(clean.shape, rng, rng.uniform(1.1, 2.5))
    scan: np.ndarray = np.clip(page, 0, 255).round().astype(np.uint8)
    return _saved(scan, int(rng.integers(25, 90))) if rng.random() < 0.4 else scan


def _saved(page: np.ndarray, quality: int) -> np.ndarray:
    """Save and load as JPEG of a quality from 1 to 95."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(page).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))
