"""How well digits are read that do not come as MNIST's do: cropped, tiny, off centre, dark.

    NNLAB_DATA=data python benchmarks/digit_forms.py                   # all 10,000, some 15 minutes
    NNLAB_DATA=data python benchmarks/digit_forms.py --images 1000 --kinds cropped 8 300
    python benchmarks/digit_forms.py --dataset sample --images 500

MNIST's test digits, or the sample's, are changed, brought into form as picture files are, and read
by a shipped network. A number is a kind too: cropped, then scaled to a longer side of so many
pixels. Each kind is measured light on dark and dark on light.
"""

import argparse
from collections.abc import Sequence

import numpy as np
from figures import add_json_option, keep
from PIL import Image

import nnlab
from nnlab.datasets.images.digit_form import in_parts
from nnlab.datasets.images.labelled import load_digits
from nnlab.datasets.store import Store
from nnlab.errors import DataError

KINDS = ("as they are", "cropped", "16", "8", "shifted")
FARTHEST = 4


def cropped(image: np.ndarray) -> np.ndarray:
    """Cut off all rows and columns without ink at the edges."""
    rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def scaled(image: np.ndarray, longer: int) -> np.ndarray:
    """Scale to a longer side of so many pixels."""
    height, width = image.shape
    scale = longer / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BILINEAR))


def shifted(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Move by up to 4 pixels down and across, as far as no ink is lost."""
    moves = []
    for axis in (1, 0):
        inked = np.flatnonzero(image.any(axis=axis))
        room = len(image) - 1 - inked[-1]
        low, high = max(-FARTHEST, -inked[0]), min(FARTHEST, room)
        moves.append(int(rng.integers(low, high + 1)))
    return np.roll(image, moves, axis=(0, 1))


def changed(image: np.ndarray, kind: str, rng: np.random.Generator) -> np.ndarray:
    """Return a test digit as a picture of this kind, light on dark."""
    if kind == "as they are":
        return image
    if kind == "shifted":
        return shifted(image, rng)
    return cropped(image) if kind == "cropped" else scaled(cropped(image), int(kind))


def formed(pictures: Sequence[np.ndarray]) -> tuple[np.ndarray, int, int]:
    """Bring pictures into form: images, how many were refused, and how many have several digits.

    A refused one becomes a black image, which counts as read wrongly.
    """
    images, refused, several = [], 0, 0
    for picture in pictures:
        try:
            form = in_parts(picture)
        except DataError:
            refused += 1
            images.append(np.zeros((28, 28), np.uint8))
        else:
            images.append(form.image)
            several += len(form.characters) > 1
    return np.array(images), refused, several


def kind(text: str) -> str:
    """Check a kind from the command line."""
    if text not in KINDS and not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number nor one of {KINDS}")
    return text


def main() -> None:
    """Print a line per kind."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", default="mnist", choices=("mnist", "sample"))
    parser.add_argument("--checkpoint", default="classify", help="by default the one that answers")
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--kinds", nargs="+", type=kind, default=KINDS)
    add_json_option(parser)
    chosen = parser.parse_args()
    digits = load_digits(Store(), chosen.dataset, None, 0, print)
    images, labels = digits.test_images[: chosen.images], digits.test_labels[: chosen.images]
    network = nnlab.load(chosen.checkpoint).network
    figures = {}
    for name in chosen.kinds:
        for dark in (False, True):
            rng = np.random.default_rng(0)
            pictures = [changed(image, name, rng) for image in images]
            shown = [255 - picture for picture in pictures] if dark else pictures
            found, refused, several = formed(shown)
            answers = network.answer(found).argmax(axis=1)
            unchanged = sum(np.array_equal(*pair) for pair in zip(images, found, strict=True))
            way = f"{name}, {'dark on light' if dark else 'light on dark'}"
            figures[f"{way}, % right"] = right = 100 * float(np.mean(answers == labels))
            print(
                f"{way}: {right:.2f} % right, {refused} refused, "
                f"{unchanged} unchanged, {several} taken for several characters",
                flush=True,
            )
    keep(chosen.json, figures)


if __name__ == "__main__":
    main()
