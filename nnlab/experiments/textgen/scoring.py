"""Scores of a model of text: bits per character, and how much it copies."""

from dataclasses import dataclass

import numpy as np

from nnlab.datasets.text.corpus import decode
from nnlab.experiments.contract import Data, Scores
from nnlab.experiments.textgen.characters import Reader
from nnlab.experiments.textgen.ngram import KneserNey, uniform_bits, unigram_bits
from nnlab.experiments.textgen.sampling import Sampler
from nnlab.inference import Network
from nnlab.metrics import (
    FEWEST_UNITS,
    Interval,
    copied_share,
    longest_copied_run,
    resampled_interval,
)

MOST_SCORED = 100_000
"""Characters of the test set that are scored: its first ones. Each costs a whole window."""


MOST_COUNTED = 5_000_000
"""Characters that the n-gram model counts: the last ones before the test set."""


SAMPLE_LENGTH = 10_000


SAMPLE_TEMPERATURE = 0.5


SHOWN = 600


COPY_LENGTH = 20


OWN_PAGES = "the text's own next pages"


PASSAGE = 1000
"""Characters that are drawn together for the interval."""


LEAST_PROBABILITY = 1e-7  # as Keras cuts its crossentropy: a probability of 0 costs 23 bits


WINDOWS_AT_ONCE_ELEMENTS = 2**24


@dataclass(frozen=True)
class TextgenDetails:
    """Counts of characters, and the beginning of a sample.

    Attributes:
        characters: How many different ones the text has.
        test_characters: How many were scored.
        ngram_characters: How many the n-gram model counted.
        sample_characters: How many were written, to see how much is copied.
        sample_temperature: At which they were written.
        sample: The first of them.
        bits_interval: 95 % interval over passages of the test set; None of few, and in older files.
    """

    characters: int
    test_characters: int
    ngram_characters: int
    sample_characters: int
    sample_temperature: float
    sample: str
    bits_interval: Interval | None = None


def score(network: Network, data: Data, seed: int) -> Scores[TextgenDetails]:
    """Measure bits per character on the test set, and how much of a sample is copied.

    Args:
        network: From one-hot windows to probabilities of the next character.
        data: Arrays `text` (codes of the whole corpus) and `bounds` (where validation and test
            begin); facts `characters`.
        seed: Of the sample.
    """
    text = data.arrays["text"]
    _, first = data.arrays["bounds"]
    characters = data.facts["characters"]
    test = text[first : first + MOST_SCORED]
    known = text[max(0, int(first) - MOST_COUNTED) : first]
    window = next(iter(network.input_shapes.values()))[0]
    context = text[first - window : first]
    sample = np.array(write(network, context, min(SAMPLE_LENGTH, len(test)), seed))
    baselines: dict[str, dict[str, float]] = {
        "uniform": {"bits_per_character": uniform_bits(len(characters))}
    }
    copying: dict[str, float] = {}
    if first > window:  # else the text is another one, and all of it is for testing
        ngram = KneserNey.fit(known, len(characters))
        baselines = {
            f"Kneser-Ney, order {ngram.order}": {
                "bits_per_character": ngram.bits_per_character(test, known)
            },
            "unigram": {"bits_per_character": unigram_bits(known, test, len(characters))},
            **baselines,
            OWN_PAGES: _copying(test[: len(sample)], text[:first]),
        }
        copying = _copying(sample, text[:first])
    bits = window_bits(network, text, int(first), len(test))
    return Scores(
        scores={
            "bits_per_character": float(bits.mean()),
            "bits_per_character_carried": carried_bits(network, context, test),
            **copying,
        },
        baselines=baselines,
        details=TextgenDetails(
            characters=len(characters),
            test_characters=len(test),
            ngram_characters=len(known),
            sample_characters=len(sample),
            sample_temperature=SAMPLE_TEMPERATURE,
            sample=decode(sample[:SHOWN], characters),
            bits_interval=_interval(bits),
        ),
    )


def _copying(generated: np.ndarray, corpus: np.ndarray) -> dict[str, float]:
    length = min(COPY_LENGTH, len(generated))  # the test set of a tiny text may be shorter
    return {
        "copied_share": copied_share(generated, corpus, length),
        "longest_copied_run": longest_copied_run(generated, corpus),
    }


def write(network: Network, prompt: np.ndarray, length: int, seed: int) -> list[int]:
    """Write text at the temperature of samples; the same for the same seed."""
    writing = Reader(network, "carried").write(
        prompt, Sampler(SAMPLE_TEMPERATURE), np.random.default_rng(seed)
    )
    return [next(writing) for _ in range(length)]


def _interval(bits: np.ndarray) -> Interval | None:
    """Return the interval of the mean over passages, as neighbours depend on each other."""
    starts = np.arange(0, len(bits), PASSAGE)
    if len(starts) < FEWEST_UNITS:
        return None
    lengths = np.diff(starts, append=len(bits))
    statistics = np.stack([np.add.reduceat(bits, starts), lengths], axis=1)
    return resampled_interval(statistics, lambda sums: sums[:, 0] / sums[:, 1])


def window_bits(network: Network, text: np.ndarray, first: int, count: int) -> np.ndarray:
    """Return the bits of each character of `text[first:first + count]` after its own window.

    Args:
        network: From one-hot windows (length, characters) to probabilities (characters,).
        text: Codes (length,).
        first: The first character to tell, a window or more from the beginning.
        count: How many to tell.
    """
    ((window, characters),) = network.input_shapes.values()
    at_once = max(1, WINDOWS_AT_ONCE_ELEMENTS // (window * characters))
    windows = np.lib.stride_tricks.sliding_window_view(text, window)
    bits = np.empty(count)
    for start in range(first, first + count, at_once):
        stop = min(start + at_once, first + count)
        one_hot = np.zeros((stop - start, window, characters), np.float32)
        np.put_along_axis(
            one_hot, windows[start - window : stop - window, :, None].astype(np.intp), 1, axis=2
        )
        probabilities = network.predict(one_hot)
        told = probabilities[np.arange(stop - start), text[start:stop]]
        bits[start - first : stop - first] = _bits(told)
    return bits


def carried_bits(network: Network, context: np.ndarray, text: np.ndarray) -> float:
    """Return the bits per character where the state is carried along and never reset."""
    reader = Reader(network, "carried")
    for code in context:
        probabilities = reader.read(int(code))
    told = np.empty(len(text), np.float32)
    for place, code in enumerate(text.tolist()):
        told[place] = probabilities[code]
        probabilities = reader.read(code)
    return float(_bits(told).mean())


def _bits(probabilities: np.ndarray) -> np.ndarray:
    result: np.ndarray = -np.log2(np.maximum(probabilities, LEAST_PROBABILITY), dtype=np.float64)
    return result
