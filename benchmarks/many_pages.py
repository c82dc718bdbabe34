"""How well pages of many kinds are cleaned: handwriting, other scripts, bleed-through, mould.

    python benchmarks/many_pages.py
    python benchmarks/many_pages.py --checkpoint runs/denoise/1 --pages 20 --worst worst.png

The pages are made by code, as those that `--synthetic` adds to a training, but from seeds that no
training uses: new texts and new stains of the same kinds, so they are easier than pages from
elsewhere. Ink is what is darker than half grey; the F-measure is the harmonic mean of how much of
what is called ink is ink, and how much of the ink is found (as in the DIBCO competitions). Otsu's
threshold (1979) of the untouched page stands beside the networks.
"""

import argparse
import statistics
from collections.abc import Callable
from pathlib import Path

import numpy as np
from figures import add_json_option, keep

import nnlab
from nnlab.datasets.samples.varied_pages import NOISES, varied_page
from nnlab.inference import Network
from nnlab.inference.tiles import run_on_page

SHAPE = (420, 540)
FIRST = 1_000_000
"""Seeds below may belong to trainings."""


def otsu(page: np.ndarray) -> np.ndarray:
    """Cut a page at the grey that parts it best: 0 and 1."""
    counts = np.bincount(page.ravel(), minlength=256).astype(float)
    below = counts.cumsum()[:-1]
    above = counts.sum() - below
    sums = (counts * np.arange(256)).cumsum()
    apart = (sums[-1] - sums[:-1]) / np.maximum(above, 1) - sums[:-1] / np.maximum(below, 1)
    return (page > (below * above * apart**2).argmax()).astype(np.float32)


def cleaner(network: Network) -> Callable[[np.ndarray], np.ndarray]:
    """Return how a network cleans a page: 0 to 1."""
    return lambda page: run_on_page(network, page).clip(0, 1)


def f_measure(page: np.ndarray, truth: np.ndarray) -> float:
    """Return how well the ink of a page agrees with the truth, 0 to 1."""
    ink, true = page < 0.5, truth < 0.5
    return float(2 * (ink & true).sum() / max(1, ink.sum() + true.sum()))


def main() -> None:
    """Print a line per kind of noise."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", nargs="+", default=["denoise.report", "denoise.modern"])
    parser.add_argument("--pages", type=int, default=10, help="of each kind")
    parser.add_argument("--worst", type=Path, help="file for a picture of the worst page of each")
    add_json_option(parser)
    chosen = parser.parse_args()
    methods = {name: cleaner(nnlab.load(name).network) for name in chosen.checkpoint}
    methods["Otsu"] = otsu
    figures, shown = {}, []
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in methods}
    for number, kind in enumerate(NOISES):
        here: dict[str, list[tuple[float, float]]] = {name: [] for name in methods}
        worst: tuple[float, list[np.ndarray]] = (2.0, [])
        for seed in range(FIRST + number, FIRST + number + chosen.pages * len(NOISES), len(NOISES)):
            noisy, clean, _ = varied_page(seed, SHAPE)
            truth = clean / 255
            cleaned = {name: clean_page(noisy) for name, clean_page in methods.items()}
            for name, page in cleaned.items():
                error = float(np.sqrt(((page - truth) ** 2).mean()))
                here[name].append((f_measure(page, truth), error))
            last = chosen.checkpoint[-1]
            if here[last][-1][0] < worst[0]:
                pages = [noisy, 255 * cleaned[last], clean]
                worst = here[last][-1][0], [page.astype(np.uint8) for page in pages]
        shown.append(np.hstack(worst[1]))
        for name, pairs in here.items():
            found[name] += pairs
        report(kind, here)
    report("all", found)
    for name, pairs in found.items():
        figures[f"{name}, F-measure"] = 100 * statistics.fmean(score for score, _ in pairs)
    if chosen.worst:
        from PIL import Image

        Image.fromarray(np.vstack(shown)).save(chosen.worst)
    keep(chosen.json, figures)


def report(kind: str, found: dict[str, list[tuple[float, float]]]) -> None:
    """Print the mean F-measure and the RMSE of all pages together, by method."""
    words = [
        f"{name} F {100 * statistics.fmean(score for score, _ in pairs):.1f} "
        f"RMSE {np.sqrt(np.mean([error**2 for _, error in pairs])):.4f}"
        for name, pairs in found.items()
    ]
    print(f"{kind:14} {'  '.join(words)}", flush=True)


if __name__ == "__main__":
    main()
