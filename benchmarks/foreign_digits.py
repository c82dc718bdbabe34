"""How well digits are read that come from another collection, other people and other pens.

    python benchmarks/foreign_digits.py
    python benchmarks/foreign_digits.py --checkpoint runs/classify/1 --sides 16 64

scikit-learn brings 1,797 digits of 13 people, reduced to 8x8 squares of 17 shades: the test set of
E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning
Repository, 1998. None of them was ever trained on here. They are cropped tightly and coarse. Each
is enlarged to so many pixels, brought into form as picture files are, and read.
"""

import argparse
from collections import Counter

import numpy as np
from digit_forms import formed
from figures import add_json_option, keep
from PIL import Image
from sklearn.datasets import load_digits

import nnlab
from nnlab.experiments.classify.reading import Reader
from nnlab.experiments.classify.typicality import UNUSUAL
from nnlab.metrics import wilson_interval

SIDES = (8, 32)
LIGHTEST = 16
"""The largest shade of the collection."""


def pictures(side: int) -> list[np.ndarray]:
    """Return the digits, light on dark, uint8 (side, side)."""
    shades = (load_digits().images * (255 / LIGHTEST)).round().astype(np.uint8)
    size = (side, side)
    return [
        np.asarray(Image.fromarray(one).resize(size, Image.Resampling.BICUBIC)) for one in shades
    ]


def mistakes(labels: np.ndarray, predicted: np.ndarray) -> str:
    """Return the most frequent mistakes, in words."""
    wrong = labels != predicted
    pairs = Counter(zip(labels[wrong].tolist(), predicted[wrong].tolist(), strict=True))
    return ", ".join(f"{true} read as {read} ({n})" for (true, read), n in pairs.most_common(4))


def main() -> None:
    """Print how many digits each network reads right at each size, and its mistakes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", nargs="+", default=["classify.report", "classify.modern"])
    parser.add_argument("--sides", nargs="+", type=int, default=SIDES, help="in pixels")
    add_json_option(parser)
    chosen = parser.parse_args()
    labels = load_digits().target
    figures = {}
    readers = {name: Reader(nnlab.load(name).model) for name in chosen.checkpoint}
    for side in chosen.sides:
        images, refused, _ = formed(pictures(side))
        for name, reader in readers.items():
            _, probabilities, typicality = reader.read(images)
            right = probabilities.argmax(axis=1) == labels
            interval = wilson_interval(int(right.sum()), len(right))
            figures[f"{name}, {side} pixels, % right"] = 100 * float(right.mean())
            warned = ""
            if typicality is not None:
                warned = f", {100 * (typicality < UNUSUAL).mean():.1f} % with a warning"
            print(
                f"{name}, {side} pixels: {100 * right.mean():.2f} % right "
                f"({100 * interval.low:.2f} to {100 * interval.high:.2f}), "
                f"{refused} refused{warned}",
                flush=True,
            )
            print(f"    mistakes: {mistakes(labels, probabilities.argmax(axis=1))}", flush=True)
    keep(chosen.json, figures)


if __name__ == "__main__":
    main()
