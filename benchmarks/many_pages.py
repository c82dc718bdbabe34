"""How well pages of many kinds are cleaned: handwriting, other scripts, bleed-through, mould.

    python benchmarks/many_pages.py
    python benchmarks/many_pages.py --checkpoint runs/denoise/1 --pages 20 --worst worst.png

The pages are made by code, as those that `--synthetic` adds to a training, but from seeds that no
training uses: new texts and new stains of the same kinds, so they are easier than pages from
elsewhere. Ink is what is darker than half grey, black bars and dark parts of photos included. The
F-measure is the harmonic mean of how much of what is called ink is ink, and how much of the ink is
found (as in the DIBCO competitions). Otsu's threshold (1979) is measured for comparison, on
the noisy page and on what each network makes of it.
"""

import argparse
import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from figures import add_json_option, keep
from matplotlib.figure import Figure

import nnlab
from nnlab.datasets.samples.varied_pages import NOISES, varied_page
from nnlab.inference import Network
from nnlab.inference.tiles import run_on_page

SHAPE = (420, 540)
FIRST = 1_000_000
"""Seeds below may belong to trainings."""
UNTOUCHED, OTSU = "untouched", "Otsu"
Cleaner = Callable[[np.ndarray], np.ndarray]
"""A page, uint8 (height, width), to 0 (black) to 1 (white)."""


def otsu(page: np.ndarray) -> np.ndarray:
    """Cut a page at the grey that parts it best: 0 and 1."""
    counts = np.bincount(page.ravel(), minlength=256).astype(float)
    below = counts.cumsum()[:-1]
    above = counts.sum() - below
    sums = (counts * np.arange(256)).cumsum()
    apart = (sums[-1] - sums[:-1]) / np.maximum(above, 1) - sums[:-1] / np.maximum(below, 1)
    cut: np.ndarray = page > (below * above * apart**2).argmax()
    return cut.astype(np.float32)


def cleaner(network: Network) -> Cleaner:
    """Return how a network cleans a page: 0 to 1."""

    def clean(page: np.ndarray) -> np.ndarray:
        cleaned: np.ndarray = run_on_page(network, page).clip(0, 1)
        return cleaned

    return clean


def f_measure(page: np.ndarray, truth: np.ndarray) -> float:
    """Return how well the ink of a page agrees with the truth, 0 to 1."""
    ink, true = page < 0.5, truth < 0.5
    return float(2 * (ink & true).sum() / max(1, ink.sum() + true.sum()))


def measure(
    networks: Mapping[str, Cleaner], seeds: Iterable[int]
) -> Iterator[tuple[str, np.ndarray, dict[str, np.ndarray]]]:
    """Yield the kind of each page, the true page, and what becomes of it by method, all 0 to 1."""
    for seed in seeds:
        noisy, clean, kind = varied_page(seed, SHAPE)
        cleaned = {name: network(noisy) for name, network in networks.items()}
        cut = {
            f"{name} + {OTSU}": otsu((255 * page).round().astype(np.uint8))
            for name, page in cleaned.items()
        }
        yield kind, clean / 255, {UNTOUCHED: noisy / 255, **cleaned, **cut, OTSU: otsu(noisy)}


def main() -> None:
    """Print a line per kind of noise."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", nargs="+", default=["denoise.report", "denoise.modern"])
    parser.add_argument("--pages", type=int, default=10, help="of each kind")
    parser.add_argument("--worst", type=Path, help="file for a picture of the worst page of each")
    add_json_option(parser)
    chosen = parser.parse_args()
    networks = {name: cleaner(nnlab.load(name).network) for name in chosen.checkpoint}
    scores: dict[str, dict[str, list[tuple[float, float]]]] = {}
    worst: dict[str, tuple[float, Sequence[np.ndarray]]] = {}
    last = chosen.checkpoint[-1]
    for kind, truth, pages in measure(networks, range(FIRST, FIRST + chosen.pages * len(NOISES))):
        for name in [one for one in pages if one != UNTOUCHED]:
            error = float(np.sqrt(((pages[name] - truth) ** 2).mean()))
            pair = f_measure(pages[name], truth), error
            for row in (kind, "all"):
                scores.setdefault(row, {}).setdefault(name, []).append(pair)
        score = scores[kind][last][-1][0]
        if kind not in worst or score < worst[kind][0]:
            worst[kind] = score, (pages[UNTOUCHED], pages[last], truth)
    for kind in sorted(scores, key=lambda one: one == "all"):
        report(kind, scores[kind])
    if chosen.worst:
        picture({kind: pages for kind, (_, pages) in worst.items()}).savefig(chosen.worst, dpi=100)
    keep(
        chosen.json,
        {
            f"{name}, F-measure": 100 * statistics.fmean(score for score, _ in pairs)
            for name, pairs in scores["all"].items()
        },
    )


def picture(worst: Mapping[str, Sequence[np.ndarray]]) -> Figure:
    """Draw a page of each kind: noisy, cleaned and true."""
    figure = Figure(figsize=(9, 2.35 * len(worst)), layout="constrained")
    axes = figure.subplots(len(worst), 3, squeeze=False)
    for row, (kind, pages) in zip(axes, worst.items(), strict=True):
        for axis, page in zip(row, pages, strict=True):
            axis.imshow(page, cmap="gray", vmin=0, vmax=1)
            axis.set(xticks=[], yticks=[])
        row[0].set_ylabel(kind)
    for axis, title in zip(axes[0], ("noisy", "cleaned", "true"), strict=True):
        axis.set_title(title)
    return figure


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
