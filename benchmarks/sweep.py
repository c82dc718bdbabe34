"""How long short runs take as a sweep on two processes, against one command after another.

    python benchmarks/sweep.py                          # eight MLPs on MNIST
    python benchmarks/sweep.py --dataset sample --rounds 1

The same seeds are trained by `nnlab sweep` and by as many calls of `nnlab classify`, each with the
threads that it takes by itself, in turn (sweep, commands, sweep, commands ...), so that a machine
whose speed drifts slows both. What is compared is the ratio of each pair: sweep / commands, its
median and range. Both write the same files; whether the scores are those of the same runs is
checked, up to the rounding that other threads make.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from figures import add_json_option, keep


def nnlab(*arguments: str) -> None:
    """Run a command of nnlab in a process of its own."""
    command = [sys.executable, "-m", "nnlab", *arguments, "--quiet", "--offline"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def time_sweep(folder: Path, options: argparse.Namespace) -> float:
    """Return the seconds of a sweep over the seeds."""
    given = ["--set", f"dataset={options.dataset}", "--set", f"epochs={options.epochs}"]
    given += ["--runs", str(options.runs), "--jobs", str(options.jobs), "--out", str(folder)]
    started = time.perf_counter()
    nnlab("sweep", "classify", *given)
    return time.perf_counter() - started


def time_commands(folder: Path, options: argparse.Namespace) -> float:
    """Return the seconds of a command for each seed, one after another."""
    given = ["--dataset", options.dataset, "--epochs", str(options.epochs)]
    started = time.perf_counter()
    for seed in range(1, options.runs + 1):
        nnlab("classify", *given, "--seed", str(seed), "--out", str(folder / f"seed-{seed}"))
    return time.perf_counter() - started


def accuracies(folder: Path) -> list[float]:
    """Return the accuracy of every run, in the order of the seeds."""
    files = sorted(folder.rglob("seed-*/metrics.json"), key=lambda path: path.parent.name)
    return [json.loads(path.read_text())["scores"]["accuracy"] for path in files]


def compare(options: argparse.Namespace) -> dict[str, float]:
    """Measure both ways in turn, print the ratios, and return what to keep."""
    ratios, swept = [], []
    for number in range(1, options.rounds + 1):
        with tempfile.TemporaryDirectory() as folder:
            sweep, commands = Path(folder, "sweep"), Path(folder, "commands")
            seconds = time_sweep(sweep, options), time_commands(commands, options)
            scores = accuracies(sweep), accuracies(commands)
        if not len(scores[0]) == len(scores[1]) == options.runs:
            raise SystemExit(f"expected {options.runs} runs both ways")
        apart = max(abs(one - other) for one, other in zip(*scores, strict=True))
        ratios.append(seconds[0] / seconds[1])
        swept.append(seconds[0])
        print(
            f"round {number}: sweep {seconds[0]:.1f} s, commands {seconds[1]:.1f} s, ratio "
            f"{ratios[-1]:.2f}; accuracies differ by at most {apart:.4f}"
        )
    middle, low, high = statistics.median(ratios), min(ratios), max(ratios)
    print(f"{options.runs} runs, sweep / commands: {middle:.2f} ({low:.2f} to {high:.2f})")
    return {"sweep, seconds": statistics.median(swept), "seconds, sweep / commands": middle}


def main() -> None:
    """Read the options and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--dataset", default="mnist", choices=("mnist", "sample"))
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--runs", type=int, default=8)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    add_json_option(parser)
    options = parser.parse_args()
    keep(options.json, compare(options))


if __name__ == "__main__":
    main()
