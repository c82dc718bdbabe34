"""Write what the present version writes into a folder beside this file, for later versions to read.

    python -m tests.frozen.freeze 0.1

For each experiment: a sweep of one setting, which is a group of two finished runs; an answer from
the first of them; and a run that was interrupted, with the scores that it reaches when resumed.
All are tiny, and their data are kept with them. Figures are left out, because of their size.
Nothing is ever written here again: the tests check that later versions still show, evaluate,
resume, compare and ask what an earlier one left.
"""

import contextlib
import io
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image

from nnlab import experiments
from nnlab.cli.main import run as nnlab
from nnlab.datasets.images.idx import read_idx
from nnlab.datasets.samples.phrases import phrase_pairs
from nnlab.datasets.samples.shopping import shopping_trips
from nnlab.datasets.samples.stained_pages import synthetic_page
from nnlab.errors import InterruptedRun
from nnlab.runs.folder import RunFolder
from nnlab.runs.single import run
from tests.tiny_images import write_tiny_images
from tests.watching import Watcher, make_workshop

IMAGES = {"images": "data/tiny-images-idx3-ubyte", "labels": "data/tiny-labels-idx1-ubyte"}
SETTINGS: dict[str, dict[str, object]] = {
    "add": {"units": 8, "digits": 2, "problems": 300, "test_problems": 100},
    "classify": {**IMAGES, "units": 8, "validation": 20},
    "denoise": {"noisy": "data/noisy", "clean": "data/clean", "filters": 2, "patch": 16},
    "embed": {**IMAGES, "units": 8, "validation": 20},
    "perm-test": {**IMAGES, "units": 8, "validation": 20},
    "recommend": {"baskets": "data/baskets.csv", "min_count": 2},
    "textgen": {"corpus": "data/corpus.txt", "units": 8, "step": 20, "seq_len": 20},
    "translate": {"pairs": "data/pairs.tsv", "units": 8},
}
ITEMS = {"bread", "chewing gum", "newspaper", "milk", "eggs", "rolls", "coffee", "butter", "beer"}
ASKED: dict[str, list[str]] = {
    "add": ["12+34", "7+8"],
    "classify": ["data/three.png"],
    "denoise": ["data/noisy/0.png", "--output=denoise/cleaned.png"],
    "embed": ["data/three.png"],
    "perm-test": ["data/three.png"],
    "recommend": ["bread, milk", "beer"],
    "textgen": ["She eats ", "--temperature=0", "--length=20"],
    "translate": ["I am sick.", "Tom writes the book."],
}
EPOCHS = 3
INTERRUPTED_AT = 2
"""The chunk of training at which the interrupted runs stop."""


def write_data(folder: Path) -> None:
    """Write tiny data sets of the project's own making."""
    folder.mkdir()
    images, _ = write_tiny_images(folder)
    Image.fromarray(read_idx(images)[0]).save(folder / "three.png")
    pairs = phrase_pairs()[::9]
    (folder / "pairs.tsv").write_text("".join(f"{one}\t{other}\n" for one, other in pairs))
    (folder / "corpus.txt").write_text(" ".join(one for one, _ in pairs) + "\n")
    trips = [trip for trip in map(some_items, shopping_trips()) if len(trip) > 1][:200]
    (folder / "baskets.csv").write_text("".join(",".join(trip) + "\n" for trip in trips))
    for kind in ("noisy", "clean"):
        (folder / kind).mkdir()
    for seed in range(6):
        noisy, clean, _ = synthetic_page(seed, (64, 96))
        Image.fromarray(noisy).save(folder / "noisy" / f"{seed}.png")
        Image.fromarray(clean).save(folder / "clean" / f"{seed}.png")


def some_items(trip: list[str]) -> list[str]:
    """Leave a dozen items of a basket: the network has two weights for each and each neuron."""
    return [item for item in trip if item in ITEMS]


def interrupt(name: str, folder: Path) -> None:
    """Begin a run that Ctrl-C ends before its last epoch."""
    experiment = experiments.get(name)
    config = experiment.configure({**SETTINGS[name], "epochs": EPOCHS, "threads": 1}, "freeze")
    trial = next(iter(experiment.trials(config, 1).values()))
    folder.mkdir(parents=True)
    try:
        run(experiment, trial, RunFolder(folder), make_workshop(Watcher(INTERRUPTED_AT)))
    except InterruptedRun:
        return
    raise SystemExit(f"{name}: finished before it was interrupted")


def call(*arguments: object) -> str:
    """Run nnlab, end where it fails, and return what it prints."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        code = nnlab([str(one) for one in arguments])
    if code:
        raise SystemExit(f"nnlab {arguments} ended with {code}")
    return printed.getvalue()


def main() -> None:
    """Freeze everything."""
    place = Path(tempfile.mkdtemp(prefix="nnlab-"))
    os.chdir(place)
    write_data(Path("data"))
    for name, settings in SETTINGS.items():
        fixed = {**settings, "epochs": EPOCHS, "threads": 1}
        chosen = [part for key, value in fixed.items() for part in ("--set", f"{key}={value}")]
        call("sweep", name, *chosen, "--grid", "batch_size=16", "--runs", 2, "--out", name, "-q")
        first = min(Path(name, "batch_size=16").glob("*/best.h5"))
        Path(name, "answers.jsonl").write_text(
            call(name, *ASKED[name], "--checkpoint", first, "--json")
        )
        interrupted = Path("interrupted", name)
        interrupt(name, interrupted)
        resumed = shutil.copytree(interrupted, "resumed")
        scores = json.loads(call("resume", resumed, "--json", "-q"))["scores"]
        (interrupted / "scores.json").write_text(json.dumps(scores, indent=2) + "\n")
        shutil.rmtree(resumed)
    for figures in place.rglob("figures"):
        shutil.rmtree(figures)
    shutil.move(place, Path(__file__).parent / sys.argv[1])


if __name__ == "__main__":
    main()
