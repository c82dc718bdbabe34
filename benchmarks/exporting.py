"""Size of each shipped network as ONNX, and the time of an answer in NumPy, ONNX Runtime, Keras.

    python benchmarks/exporting.py               # a Markdown table

One input at a time, in one process, after a first call that is not counted: the time that each next
answer costs, without start-up, reading and writing. The three take turns, and the median counts. A
page of `denoise` has 480x480 pixels. Keras runs `predict_on_batch`. For networks of sequences, the
whole sequence is one call.
"""

import argparse
import dataclasses
import functools
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from figures import add_json_option, keep

from nnlab.exporting import export
from nnlab.inference import Network
from nnlab.inference.engines import ENGINES, choose
from nnlab.inference.sequences import Embedding
from nnlab.runs.answering import Trained
from nnlab.runs.choosing import shipped_checkpoints

SIDE = 480
"""Of a page, in pixels: a multiple of what each network divides pages by."""


def stored(trained: Trained, folder: Path, float16: bool) -> float:
    """Return the megabytes of the network as ONNX."""
    (file,) = export(trained, folder / f"{float16}.onnx", float16=float16, force=True)
    return file.stat().st_size / 1e6


def keras_way(trained: Trained) -> Callable[..., Any]:
    """Return Keras' prediction of one batch."""
    from nnlab.models.describe import load_weights

    config = trained.config()
    if trained.experiment.name == "denoise":
        config = dataclasses.replace(config, patch=SIDE)
    model = trained.experiment.build(config, trained.header.facts)
    load_weights(model, trained.weights)
    return lambda *inputs: model.predict_on_batch(list(inputs) if len(inputs) > 1 else inputs[0])


def some_inputs(network: Network) -> list[np.ndarray]:
    """Return an example: numbers of pieces where a network looks them up, otherwise random."""
    rng = np.random.default_rng(0)
    counts = {
        node.inputs[0]: node.layer.input_dim
        for node in network.graph.nodes.values()
        if isinstance(node.layer, Embedding)
    }
    return [
        rng.integers(1, counts[name], (1, *shape)).astype(np.float32)
        if name in counts
        else rng.random((1, *shape), np.float32)
        for name, shape in network.input_shapes.items()
    ]


def milliseconds(ways: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Return the median time of each way, all taken in turn."""
    for way in ways.values():
        way()
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            took[name].append(1e3 * (time.perf_counter() - start))
    return {name: statistics.median(times) for name, times in took.items()}


def measure(path: Path, folder: Path, rounds: int) -> tuple[dict[str, float], str]:
    """Return a row of the table, and the engine that nnlab chooses for one input."""
    trained = Trained(path)
    network = trained.network
    if trained.experiment.name == "denoise":
        network = network.resized((SIDE, SIDE, 1))
    inputs = some_inputs(network)
    ways: dict[str, Callable[[], Any]] = {}
    for engine in ENGINES:
        other = Network(network.graph, network.weights, engine=engine)
        ways[engine] = functools.partial(other.outputs, *inputs)
    ways["keras"] = functools.partial(keras_way(trained), *inputs)
    sizes = {"MB": stored(trained, folder, False), "MB, float16": stored(trained, folder, True)}
    return sizes | milliseconds(ways, rounds), choose(network.graph, 1)


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=15)
    add_json_option(parser)
    options = parser.parse_args()
    kept: dict[str, float] = {}
    print("| network | ONNX, MB | with `--float16` | NumPy, ms | ONNX Runtime, ms | Keras, ms |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for path in shipped_checkpoints():
            row, chosen = measure(path, Path(folder), options.rounds)
            cells = [
                f"**{value:.3g}**" if key == chosen else f"{value:.3g}"
                for key, value in row.items()
            ]
            print(f"| `{path.stem}` | {' | '.join(cells)} |", flush=True)
            kept |= {f"{path.stem}, {key}": value for key, value in row.items()}
    keep(options.json, kept)


if __name__ == "__main__":
    main()
