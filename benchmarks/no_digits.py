"""How often nnlab warns that a picture may be no digit, of digits and of other things.

    NNLAB_DATA=data python benchmarks/no_digits.py
    NNLAB_DATA=data python benchmarks/no_digits.py --checkpoint runs/classify/1

MNIST's test digits beside EMNIST's test letters (many of which look like digits), signs that are
no digits in two founts, scribbles, parts of a photo, full shapes, and noise. An answer comes with
a warning if its typicality is below .01. For comparison: the share of each kind whose probability
is below that of one test digit in a hundred, which gives nearly as many false alarms.
"""

import argparse
import string
from collections.abc import Iterator
from pathlib import Path

import matplotlib
import numpy as np
from digit_forms import formed
from figures import add_json_option, keep
from PIL import Image, ImageDraw, ImageFont

import nnlab
from nnlab.datasets.images.labelled import load_digits
from nnlab.datasets.images.letters import load_letters
from nnlab.datasets.store import Store
from nnlab.experiments.classify.reading import Reader
from nnlab.experiments.classify.typicality import UNUSUAL

SIGNS = string.punctuation + "★♥♦☂☎☺☮☯✈✂✓❄➜←↑∞∑∏√∫≈≠±÷€£¥§¶†αβγδεζθλμπσφψωΓΔΘΞΣΦΨΩЖЩЮЯאבהטמפקש"
FOUNTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
SIDE = 100
EACH = 300
"""Scribbles, parts of the photo, full shapes, and images of noise."""


def signs() -> Iterator[np.ndarray]:
    """Yield signs, dark on light."""
    folder = Path(matplotlib.get_data_path(), "fonts", "ttf")
    for name in FOUNTS:
        fount = ImageFont.truetype(str(folder / name), 60)
        for sign in SIGNS:
            page = Image.new("L", (SIDE, SIDE), 255)
            ImageDraw.Draw(page).text((50, 50), sign, fill=0, font=fount, anchor="mm")
            yield np.asarray(page)


def scribbles(rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield bent lines through 3 to 8 random points."""
    for _ in range(EACH):
        page = Image.new("L", (SIDE, SIDE), 255)
        points = [tuple(point) for point in rng.integers(5, 95, (rng.integers(3, 9), 2)).tolist()]
        ImageDraw.Draw(page).line(points, fill=0, width=int(rng.integers(3, 9)), joint="curve")
        yield np.asarray(page)


def photos(rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield parts of a portrait that Matplotlib brings."""
    path = Path(matplotlib.get_data_path(), "sample_data", "grace_hopper.jpg")
    photo = np.asarray(Image.open(path).convert("L"))
    for _ in range(EACH):
        side = int(rng.integers(40, 200))
        top, left = (int(rng.integers(0, size - side)) for size in photo.shape)
        yield photo[top : top + side, left : left + side]


def solid(rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield full rectangles and ellipses, 8 to 20 pixels wide, in the network's form."""
    for number in range(EACH):
        image, side = Image.new("L", (28, 28)), int(rng.integers(4, 11))
        draw = ImageDraw.Draw(image)
        shape = draw.rectangle if number % 2 else draw.ellipse
        shape((14 - side, 4, 13 + side, 23), fill=255)
        yield np.asarray(image)


def kinds() -> dict[str, np.ndarray]:
    """Return images of each kind in the network's form, uint8 (count, 28, 28)."""
    rng, store = np.random.default_rng(1), Store()
    drawn = {"signs": signs(), "scribbles": scribbles(rng), "parts of a photo": photos(rng)}
    digits = load_digits(store, "mnist", None, 0, print)
    letters = load_letters(
        store, "emnist-letters", letters=None, files=None, split_seed=0, warn=print
    )
    return {
        "test digits": digits.test_images,
        "letters": letters.test_images,
        **{name: formed(list(pictures))[0] for name, pictures in drawn.items()},
        "full rectangles and ellipses": np.stack(list(solid(rng))),
        "noise": rng.integers(0, 256, (EACH, 28, 28)).astype(np.uint8),
    }


def main() -> None:
    """Print a line per network and kind."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", nargs="+", default=["classify.report", "classify.modern"])
    add_json_option(parser)
    chosen = parser.parse_args()
    figures = {}
    images = kinds()
    for name in chosen.checkpoint:
        reader = Reader(nnlab.load(name).model)
        sure = reader.read(images["test digits"]).probabilities.max(axis=1)
        least = np.quantile(sure, UNUSUAL)
        for kind, some in images.items():
            _, probabilities, typicality = reader.read(some)
            if typicality is None:
                raise SystemExit(f"{name} does not know typicality; train it again")
            warned = 100 * (typicality < UNUSUAL).mean()
            unsure = 100 * (probabilities.max(axis=1) < least).mean()
            figures[f"{name}, {kind}, % with a warning"] = warned
            figures[f"{name}, {kind}, % less probable"] = unsure
            print(
                f"{name}, {len(some):,} {kind}: {warned:.1f} % with a warning; "
                f"by the probability alone {unsure:.1f} %",
                flush=True,
            )
    keep(chosen.json, figures)


if __name__ == "__main__":
    main()
