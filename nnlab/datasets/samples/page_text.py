"""Printed pages of made-up words: headings and paragraphs, black on white."""

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

# A text font, and the one for its headings and emphasised words.
FAMILIES = (
    *(("DejaVuSans", "DejaVuSans-Bold"), ("DejaVuSans", "DejaVuSans-Oblique")),
    *(("DejaVuSerif", "DejaVuSerif-Bold"), ("DejaVuSerif", "DejaVuSerif-Italic")),
    *(("STIXGeneral", "STIXGeneralBol"), ("STIXGeneral", "STIXGeneralItalic")),
    *(("STIXGeneralItalic", "STIXGeneralBol"), ("cmr10", "cmb10"), ("cmr10", "cmti10")),
    *(("cmti10", "cmr10"), ("cmss10", "cmb10"), ("cmtt10", "cmb10"), ("DejaVuSansMono",) * 2),
)
SIZES = (14, 15, 16, 17, 18, 20, 22, 25, 29)
"""Heights in pixels, as of 8 to 18 points at 75 to 120 dots per inch."""
Words = Callable[[np.random.Generator], Iterator[str]]
INK_BLUR = 0.45
"""Standard deviation in pixels, because scanned print has soft edges."""

ONSETS = (
    *("b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "v", "w", "th", "st"),
    *("br", "ch", "sh", "pr", "tr", "cl", "gr", "fl", "pl", "qu", "y", "k", "j"),
)
VOWELS = ("a", "e", "i", "o", "u", "e", "a", "i", "o", "ea", "ou", "ai", "ee", "io", "y")
CODAS = (
    *("n", "s", "t", "r", "l", "d", "m", "ck", "st", "nd", "ng", "rt", "p", "x", "rs", "nt"),
    *("ss", "ll"),
)
SHORT = (
    *("the", "of", "and", "to", "in", "a", "is", "that", "it", "was", "for", "on", "are"),
    *("as", "with", "his", "they", "at", "be", "this", "from", "or"),
)
SHORT_SHARE = 0.35
EMPHASISED_SHARE = 0.04


def latin(rng: np.random.Generator) -> Iterator[str]:
    """Yield made-up words without end, with capitals and punctuation."""
    first = rng.random() < 0.4
    while True:
        word = str(rng.choice(SHORT)) if rng.random() < SHORT_SHARE else _word(rng)
        if rng.random() < 0.02:
            word = str(rng.integers(1, 3000))
        stop = str(rng.choice(["", ",", ".", ";", "?"], p=[0.84, 0.07, 0.07, 0.01, 0.01]))
        yield (word.capitalize() if first or rng.random() < 0.04 else word) + stop
        first = stop in (".", "?")


def printed_page(
    shape: tuple[int, int],
    rng: np.random.Generator,
    *,
    families: Sequence[tuple[str, str]] = FAMILIES,
    sizes: Sequence[int] = SIZES,
    words: Words = latin,
) -> np.ndarray:
    """Print a page of text in a random font and size, cut off at the edges.

    Args:
        shape: Its height and width in pixels.
        rng: Determines the page.
        families: Fonts of matplotlib to choose from, each with one for headings.
        sizes: Heights of letters in pixels to choose from.
        words: Yields words without end.

    Returns:
        uint8 (height, width): 0 ink to 255 paper, with soft edges.
    """
    from PIL import Image, ImageDraw
    from scipy.ndimage import gaussian_filter

    height, width = shape
    page = Image.new("L", (width, height), 255)
    pen = ImageDraw.Draw(page)
    family = families[int(rng.integers(len(families)))]
    size = int(rng.choice(sizes))
    margin = int(rng.integers(2, max(3, width // 12)))
    pitch = size * rng.uniform(1.15, 1.5)
    top = rng.uniform(-0.5, 1.5) * size
    while top < height:
        heading = rng.random() < 0.25
        tall = round(size * 1.35) if heading else size
        fonts = [_font(name, tall) for name in (family[::-1] if heading else family)]
        lines = 1 if heading else int(rng.integers(2, 9))
        for number in range(lines):
            left = margin + (2 * size if number == 0 and not heading else 0)
            length = width * rng.uniform(0.2, 0.8) if number == lines - 1 else width
            _print_line(pen, (left, top), length, fonts, words(rng), rng)
            top += pitch * tall / size
        top += pitch * rng.choice([0, 0, 0.5])
    soft = gaussian_filter(np.asarray(page, np.float32), INK_BLUR)
    result: np.ndarray = soft.round().astype(np.uint8)
    return result


def _print_line(
    pen: "ImageDraw",
    corner: tuple[float, float],
    end: float,
    fonts: list["FreeTypeFont"],
    words: Iterator[str],
    rng: np.random.Generator,
) -> None:
    left, top = corner
    space = fonts[0].size * rng.uniform(0.25, 0.4)
    for word in words:
        font = fonts[rng.random() < EMPHASISED_SHARE]
        pen.text((left, top), word, fill=0, font=font)
        left += font.getlength(word) + space
        if left > end:
            return


def _word(rng: np.random.Generator) -> str:
    syllables = [
        str(rng.choice(ONSETS)) + str(rng.choice(VOWELS)) for _ in range(rng.integers(1, 4))
    ]
    return "".join(syllables) + (str(rng.choice(CODAS)) if rng.random() < 0.7 else "")


@functools.cache
def _font(name: str, size: int) -> "FreeTypeFont":
    from pathlib import Path

    import matplotlib
    from PIL import ImageFont

    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{name}.ttf"
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
