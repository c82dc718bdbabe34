"""How long cleaning a page takes, and how much memory: nnlab's tiles against Keras' `predict`.

    python benchmarks/cleaning.py                # an A4 page at 300 dpi, 2480x3508 pixels
    python benchmarks/cleaning.py --height 1754 --width 1240 --rounds 5

The network is the page cleaner with random weights. ONNX Runtime, NumPy and Keras clean the same
page in processes of their own, imports counted, in turn, so that a machine whose speed drifts slows
all. The ratios of each round to Keras are compared: their median and range. Processor time, of all
threads, stands beside the time on the clock, for machines that are busy with other things. How far
the pages differ is printed, too.
"""

import argparse
import functools
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from figures import add_json_option, keep
from memory import peak_megabytes

KEYS = ("seconds", "processor", "megabytes")


def page_of(height: int, width: int) -> np.ndarray:
    """Return a page of noise, uint8 (height, width)."""
    return np.random.default_rng(0).integers(0, 256, (height, width), dtype=np.uint8)


def make(folder: Path) -> None:
    """Write the network and random weights of usual size."""
    from nnlab.models.describe import describe, weights_of
    from nnlab.models.page_cleaner import page_cleaner

    model = page_cleaner((64, 64))
    rng = np.random.default_rng(1)
    weights = {
        name: rng.normal(0, np.sqrt(2 / np.prod(array.shape[:-1])), array.shape)
        for name, array in weights_of(model).items()
    }
    (folder / "network.json").write_text(json.dumps(describe(model)))
    np.savez(folder / "weights.npz", **weights)  # type: ignore[arg-type]


def clean_by_tiles(folder: Path, page: np.ndarray, engine: str) -> np.ndarray:
    """Clean the page without TensorFlow."""
    from nnlab.inference import Network, checked_graph
    from nnlab.inference.tiles import run_tiled

    description = json.loads((folder / "network.json").read_text())
    with np.load(folder / "weights.npz") as weights:
        return run_tiled(Network(checked_graph(description), weights, engine=engine), page)


def clean_by_predict(folder: Path, page: np.ndarray) -> np.ndarray:
    """Clean the page with Keras, the whole page at once."""
    from nnlab.models.describe import load_weights
    from nnlab.models.page_cleaner import page_cleaner

    height, width = page.shape
    model = page_cleaner((height, width))
    with np.load(folder / "weights.npz") as weights:
        load_weights(model, weights)
    clean: np.ndarray = model.predict(page[None, ..., None].astype(np.float32), verbose=0)
    return clean[0, ..., 0]


WAYS: dict[str, Callable[[Path, np.ndarray], np.ndarray]] = {
    "onnx": functools.partial(clean_by_tiles, engine="onnx"),
    "numpy": functools.partial(clean_by_tiles, engine="numpy"),
    "keras": clean_by_predict,
}
OURS = ("onnx", "numpy")


def measure(way: str, folder: Path, height: int, width: int) -> dict[str, float]:
    """Clean the page in a process of its own, and measure that from its start to its end."""
    size = ["--height", str(height), "--width", str(width)]
    command = [sys.executable, __file__, "--here", way, "--folder", str(folder), *size]
    start = time.perf_counter()
    output = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ).stdout
    seconds = time.perf_counter() - start
    return {"seconds": seconds, **json.loads(output.splitlines()[-1])}


def measure_here(way: str, folder: Path, height: int, width: int) -> None:
    """Clean the page in this process and print what it took as JSON."""
    clean = WAYS[way](folder, page_of(height, width))
    used = resource.getrusage(resource.RUSAGE_SELF)
    np.save(folder / f"{way}.npy", clean)
    took = {"processor": used.ru_utime + used.ru_stime, "megabytes": peak_megabytes()}
    print(json.dumps(took))


def compare(folder: Path, height: int, width: int, rounds: int) -> dict[str, float]:
    """Measure all ways in turn, print the ratios, and return what to keep."""
    came: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    for number in range(1, rounds + 1):
        for way, measured in came.items():
            measured.append(measure(way, folder, height, width))
        words = [
            f"{way} {one[-1]['seconds']:.2f} s, {one[-1]['processor']:.2f} s of processors, "
            f"{one[-1]['megabytes']:.0f} MB"
            for way, one in came.items()
        ]
        print(f"round {number}: {'; '.join(words)}", flush=True)
    kept: dict[str, float] = {}
    for way in OURS:
        for key in KEYS:
            kept[f"{way}, {key}"] = statistics.median(one[key] for one in came[way])
            pairs = zip(came[way], came["keras"], strict=True)
            ratios = [ours[key] / theirs[key] for ours, theirs in pairs]
            middle, low, high = statistics.median(ratios), min(ratios), max(ratios)
            print(f"{key}, {way} / keras: {middle:.3f} ({low:.3f} to {high:.3f})")
            kept[f"{key}, {way} / keras"] = middle
    pages = {way: np.load(folder / f"{way}.npy") for way in WAYS}
    for way in OURS:
        print(f"{way}, largest difference: {np.abs(pages[way] - pages['keras']).max():.1e}")
    return kept


def main() -> None:
    """Read the options and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--height", type=int, default=3508, help="a multiple of 4")
    parser.add_argument("--width", type=int, default=2480, help="a multiple of 4")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--here", choices=("make", *WAYS), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    add_json_option(parser)
    options = parser.parse_args()
    if options.here == "make":
        make(options.folder)
        return
    if options.here:
        measure_here(options.here, options.folder, options.height, options.width)
        return
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--here", "make", "--folder", folder]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        keep(options.json, compare(Path(folder), options.height, options.width, options.rounds))


if __name__ == "__main__":
    main()
