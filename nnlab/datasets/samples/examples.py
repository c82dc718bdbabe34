"""Generates the example inputs in data/examples, the same ones every time.

Run `python -m nnlab.datasets.samples.examples data/examples` from the project's root.
"""

import sys
from pathlib import Path

import numpy as np

from nnlab.datasets.samples.glyphs import glyph_images
from nnlab.datasets.samples.stained_pages import synthetic_page

DIGITS = "0123456789"
SEED = 17  # gives plain shapes
PHOTO_SIZE = (480, 640)
LETTERS = "abcdefghijklmnopqrstuvwxyz"
PAGE_SHAPE = (220, 300)


def write_examples(folder: Path) -> list[Path]:
    """Write two digits in MNIST's form, a synthetic photo of a third, a letter and a stained page.

    Returns:
        The files written.
    """
    from PIL import Image

    drawn = _drawn(DIGITS, 40) | _drawn(LETTERS, 104)
    folder.mkdir(parents=True, exist_ok=True)
    names = ("7.png", "3.png", "photo-of-a-digit.jpg", "letter.png", "noisy.png")
    paths = [folder / name for name in names]
    Image.fromarray(drawn["7"]).save(paths[0])
    Image.fromarray(drawn["3"]).save(paths[1])
    Image.fromarray(photo_of(drawn["4"], SEED)).save(paths[2], quality=70)
    Image.fromarray(drawn["r"]).save(paths[3])
    Image.fromarray(synthetic_page(0, PAGE_SHAPE)[0]).save(paths[4])
    return paths


def _drawn(characters: str, count: int) -> dict[str, np.ndarray]:
    images, labels = glyph_images(characters, count, SEED)
    return {characters[label]: image for image, label in zip(images, labels, strict=True)}


def photo_of(digit: np.ndarray, seed: int) -> np.ndarray:
    """Imitate a photo: dark ink on light paper, a shadow, noise and dust.

    Args:
        digit: uint8 (28, 28), light ink on black.
        seed: Seed of noise and dust.

    Returns:
        uint8 (480, 640).
    """
    from PIL import Image

    rng = np.random.default_rng(seed)
    height, width = PHOTO_SIZE
    large = Image.fromarray(digit).resize((300, 300), Image.Resampling.BICUBIC).rotate(-5)
    sheet = Image.new("L", (width, height))
    sheet.paste(large, (210, 70))
    ink = np.clip(np.asarray(sheet) / 255 * 5 - 2, 0, 1)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    light = 190 - 25 * y - 35 * x
    light *= 1 - 0.25 / (1 + np.exp(-6 * (x + 0.6 * y - 0.5)))  # a soft shadow, lower right
    photo = light * (1 - 0.7 * ink) + rng.normal(0, 5, PHOTO_SIZE)
    for row, column in rng.integers(0, PHOTO_SIZE, (8, 2)):
        photo[row : row + 3, column : column + 3] -= 60
    result: np.ndarray = np.clip(photo, 0, 255).astype(np.uint8)
    return result


if __name__ == "__main__":
    write_examples(Path(sys.argv[1] if len(sys.argv) > 1 else "data/examples"))
