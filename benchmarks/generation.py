"""How many characters a second a character LSTM writes, nnlab's reader against Keras' `predict`.

    python benchmarks/generation.py
    python benchmarks/generation.py --characters 20000 --rounds 5

The network is the report's (180 cells, windows of 40 of 57 characters) with random weights, and
everything runs on one core. In each round every way writes in turn, so that a machine whose speed
drifts slows all of them; medians over the rounds are printed. The first characters, which compile
or fill caches, are not counted. Keras' loop is that of its own example: `predict` on the last
window for every character; it does the work of the context "window". Processor time stands beside
the time on the clock, for machines that are busy with other things.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from figures import add_json_option, keep
from one_core import add_here_option, move_to_one_core

import nnlab
from nnlab.experiments.textgen.characters import WindowReader
from nnlab.experiments.textgen.config import CONTEXTS
from nnlab.experiments.textgen.sampling import Sampler
from nnlab.experiments.textgen.sequence_lstm import SequenceLSTM
from nnlab.inference import Network, checked_graph
from nnlab.training import backend

WINDOW, CHARACTERS, UNITS = 40, 57, 180
SAMPLER = Sampler(temperature=0.5)
FREE = 20  # characters that are not counted
KERAS_SHARE = 100  # so many times fewer characters: each takes a whole call of `predict`

Way = Callable[[], Iterator[Any]]
"""Begins a text and returns an iterator of its characters, whatever stands for one."""


def reader_way(network: Network, context: str, prompt: np.ndarray) -> Way:
    """Return a function that begins a text with nnlab's reader."""
    return lambda: WindowReader(network, context).write(prompt, SAMPLER, np.random.default_rng(1))


def modern_way(prompt: np.ndarray) -> Way:
    """Return a function that begins a text as the shipped modern network does, n-grams included."""
    trained = nnlab.load("textgen.modern")
    design, facts = SequenceLSTM(), trained.header.facts
    return lambda: design.readers(trained.network, facts, "carried")().write(
        prompt % len(facts["characters"]), SAMPLER, np.random.default_rng(1)
    )


def keras_way(model: Any, prompt: np.ndarray) -> Way:
    """Return a function that begins a text with `predict` on one window after the other."""

    def write() -> Iterator[int]:
        rng = np.random.default_rng(1)
        window = np.eye(CHARACTERS, dtype=np.float32)[prompt][None]
        while True:
            probabilities = model.predict(window, verbose=0)[0]
            code = SAMPLER.pick(probabilities, float(rng.random()))
            yield code
            window = np.roll(window, -1, axis=1)
            window[0, -1] = 0
            window[0, -1, code] = 1

    return write


def measure(way: Way, count: int) -> tuple[float, float]:
    """Return the characters a second by the clock, and by processor time."""
    writing = way()
    for _ in range(FREE):
        next(writing)
    clock, processor = time.perf_counter(), time.process_time()
    for _ in range(count):
        next(writing)
    return count / (time.perf_counter() - clock), count / (time.process_time() - processor)


def compare(characters: int, rounds: int) -> dict[str, float]:
    """Measure all ways in turn, print a table, and return what to keep."""
    from nnlab.models.character_lstm import character_lstm
    from nnlab.models.describe import describe, weights_of

    model = character_lstm(WINDOW, CHARACTERS, UNITS)
    network = Network(checked_graph(describe(model)), weights_of(model))
    prompt = np.random.default_rng(0).integers(0, CHARACTERS, WINDOW)
    keras_loop = "Keras, predict"
    ways = {f"nnlab, {context}": reader_way(network, context, prompt) for context in CONTEXTS}
    ways["nnlab, modern"] = modern_way(prompt)
    ways[keras_loop] = keras_way(model, prompt)
    speeds: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            count = characters // KERAS_SHARE if name == keras_loop else characters
            speeds[name].append(measure(way, max(1, count)))
    figures: dict[str, float] = {}
    print(f"{'characters a second':22}{'clock':>10}{'processor':>12}{'times Keras':>14}")
    for name, measured in speeds.items():
        clock, processor = map(statistics.median, zip(*measured, strict=True))
        pairs = zip(measured, speeds[keras_loop], strict=True)
        ratio = statistics.median(one[0] / other[0] for one, other in pairs)
        print(f"{name:22}{clock:>10,.0f}{processor:>12,.0f}{ratio:>14,.1f}")
        figures |= {f"{name}, characters per second": clock, f"{name}, times Keras": ratio}
    return figures


def main() -> None:
    """Read the options and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--characters", type=int, default=10_000, help="that each reader writes")
    parser.add_argument("--rounds", type=int, default=3)
    add_here_option(parser)
    add_json_option(parser)
    options = parser.parse_args()
    move_to_one_core(options.here)
    backend.start(threads=1)
    keep(options.json, compare(options.characters, options.rounds))


if __name__ == "__main__":
    main()
