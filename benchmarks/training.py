"""How long an epoch takes, nnlab's loop against Keras' `fit`, and how much memory.

    python benchmarks/training.py                # the MLP and the CNN, on MNIST
    python benchmarks/training.py --dataset sample --rounds 1

Both train the same network on the same images with the same batch size, optimizer and loss, in
processes of their own, in turn (loop, fit, loop, fit ...), so that a machine whose speed drifts
slows both. The first epoch of each process, which compiles, is not counted. What is compared is
the ratio of each pair: loop / fit, its median and range. Fit gets the images as an array of floats,
as in Keras' examples, and runs without XLA as the loop does.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from figures import add_json_option, keep
from memory import peak_megabytes

from nnlab import experiments
from nnlab.datasets.store import Store
from nnlab.training import backend
from nnlab.training.loop import Observer


@dataclass
class Clock(Observer):
    """Keeps nothing and notes the time at which each epoch ends, as seen from the loop."""

    ends: list[float] = field(default_factory=list)

    def keep_best(self) -> None:
        """Keep nothing."""

    def keep_last(self, progress: Any) -> None:
        """Keep nothing."""

    def keep_history(self, history: Any) -> None:
        """Keep nothing."""

    def epoch_done(self, row: Any) -> None:
        """Note the time."""
        self.ends.append(time.perf_counter())

    def seconds(self) -> list[float]:
        """Return the seconds of each epoch but the first."""
        return [late - early for early, late in zip(self.ends, self.ends[1:], strict=False)]


def time_loop(config: Any, data: Any, experiment: Any) -> list[float]:
    """Return the seconds of each epoch of nnlab's loop, without validation."""
    from nnlab.training.graph import Graph
    from nnlab.training.loop import TrainingLoop, steps_per_epoch
    from nnlab.training.optimizers import make_optimizer
    from nnlab.training.progress import Progress

    clock = Clock()
    examples = experiment.examples(config, data)
    optimizer = make_optimizer(config, config.epochs * steps_per_epoch(examples, config))
    graph = Graph(experiment.build(config, data.facts), optimizer, examples, config.batch_size)
    TrainingLoop(graph, examples, config, clock, clock).run(Progress())
    return clock.seconds()


def time_fit(config: Any, data: Any, experiment: Any) -> list[float]:
    """Return the seconds of each epoch of Keras' fit: float images, one-hot labels, no printing."""
    import keras
    import numpy as np

    from nnlab.training.optimizers import make_optimizer

    rows = data.arrays["training"]
    images = data.arrays["images"][rows].astype(np.float32)
    labels = keras.utils.to_categorical(data.arrays["labels"][rows], len(data.facts["class_names"]))
    model = experiment.build(config, data.facts)
    model.compile(
        make_optimizer(config, 1),
        "categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,
    )
    clock = Clock()
    ends = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: clock.epoch_done(None))
    model.fit(
        images,
        labels,
        batch_size=config.batch_size,
        epochs=config.epochs,
        verbose=0,
        callbacks=[ends],
    )
    return clock.seconds()


def measure_here(way: str, model: str, dataset: str, epochs: int) -> None:
    """Train in this process and print seconds per epoch and peak memory as JSON."""
    experiment = experiments.get("classify")
    given = {"model": model, "dataset": dataset, "epochs": epochs, "validation": 0}
    config = experiment.configure(given, "benchmark")
    data = experiment.load(config, Store(offline=True), print)
    backend.start()
    seconds = {"loop": time_loop, "fit": time_fit}[way](config, data, experiment)
    megabytes = peak_megabytes()
    print(json.dumps({"seconds": statistics.median(seconds), "megabytes": megabytes}))


def measure(way: str, model: str, dataset: str, epochs: int) -> dict[str, float]:
    """Do the same in a process of its own."""
    command = [sys.executable, __file__, "--here", way, "--model", model, "--dataset", dataset]
    command += ["--epochs", str(epochs)]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    result: dict[str, float] = json.loads(output.splitlines()[-1])
    return result


def compare(model: str, dataset: str, epochs: int, rounds: int) -> dict[str, float]:
    """Measure both ways in turn, print the ratios, and return what to keep."""
    ratios: dict[str, list[float]] = {"seconds": [], "megabytes": []}
    looped: dict[str, list[float]] = {"seconds": [], "megabytes": []}
    for number in range(1, rounds + 1):
        loop, fit = (measure(way, model, dataset, epochs) for way in ("loop", "fit"))
        for key, values in ratios.items():
            values.append(loop[key] / fit[key])
            looped[key].append(loop[key])
        print(
            f"{model} round {number}: loop {loop['seconds']:.2f} s an epoch, "
            f"{loop['megabytes']:.0f} MB; fit {fit['seconds']:.2f} s, {fit['megabytes']:.0f} MB"
        )
    for key, values in ratios.items():
        middle, low, high = statistics.median(values), min(values), max(values)
        print(f"{model} {key}, loop / fit: {middle:.2f} ({low:.2f} to {high:.2f})")
    absolute = {f"{model} {key}": statistics.median(values) for key, values in looped.items()}
    return absolute | {
        f"{model} {key}, loop / fit": statistics.median(values) for key, values in ratios.items()
    }


def main() -> None:
    """Read the options and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--model", choices=("mlp", "cnn"), help="default: both")
    parser.add_argument("--dataset", default="mnist", choices=("mnist", "sample"))
    parser.add_argument("--epochs", type=int, default=3, help="in each process; the first is free")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--here", choices=("loop", "fit"), help=argparse.SUPPRESS)
    add_json_option(parser)
    options = parser.parse_args()
    if options.here:
        measure_here(options.here, options.model, options.dataset, options.epochs)
        return
    figures: dict[str, float] = {}
    for model in [options.model] if options.model else ["mlp", "cnn"]:
        figures |= compare(model, options.dataset, options.epochs, options.rounds)
    keep(options.json, figures)


if __name__ == "__main__":
    main()
