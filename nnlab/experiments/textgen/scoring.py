"""Scores of a model of text: bits per character, and how much it copies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.datasets.text.corpus import decode
from nnlab.experiments.contract import Data, Scores
from nnlab.experiments.textgen.characters import Reader
from nnlab.experiments.textgen.context_free import uniform_bits, unigram_bits
from nnlab.experiments.textgen.design import Design
from nnlab.experiments.textgen.kneser_ney import KneserNey
from nnlab.experiments.textgen.likelihood import HEADLINE, bits_of
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
"""Characters of the test set that are scored: its first ones.

Each costs a whole window of the report's network.
"""


MOST_COUNTED = 5_000_000
"""Characters that the n-gram model counts: the last ones before the test set."""


SAMPLE_LENGTH = 10_000


SAMPLE_TEMPERATURE = 0.5


SHOWN = 600


COPY_LENGTH = 20


OWN_PAGES = "the text's own next pages"


PASSAGE = 1000
"""Characters that are drawn together for the interval."""


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


def score(
    design: Design, network: Network, facts: Mapping[str, Any], data: Data, seed: int
) -> Scores[TextgenDetails]:
    """Measure bits per character on the test set, and how much of a sample is copied.

    Args:
        design: The kind of network.
        network: The trained network.
        facts: What it answers with, fitted facts included.
        data: Arrays `text` (codes of the whole corpus) and `bounds` (where validation and test
            begin).
        seed: Of the sample.
    """
    text = data.arrays["text"]
    first = int(data.arrays["bounds"][1])
    characters = facts["characters"]
    test = text[first : first + MOST_SCORED]
    known = text[max(0, first - MOST_COUNTED) : first]
    likelihoods = design.likelihoods(network, facts, text, first, len(test))
    bits = {name: bits_of(probabilities) for name, probabilities in likelihoods.items()}
    reader = design.readers(network, facts, "carried")()
    context = text[max(0, first - design.sample_context(network)) : first]
    sample = np.array(write(reader, context, min(SAMPLE_LENGTH, len(test)), seed))
    baselines: dict[str, dict[str, float]] = {"uniform": {HEADLINE: uniform_bits(len(characters))}}
    copying: dict[str, float] = {}
    if "training" in data.arrays:  # else the text is another one, and all of it is for testing
        ngram = KneserNey.fit(known, len(characters))
        baselines = {
            f"Kneser-Ney, order {ngram.order}": {HEADLINE: ngram.bits_per_character(test, known)},
            "unigram": {HEADLINE: unigram_bits(known, test, len(characters))},
            **baselines,
            OWN_PAGES: _copying(test[: len(sample)], text[:first]),
        }
        copying = _copying(sample, text[:first])
    return Scores(
        scores={**{name: float(values.mean()) for name, values in bits.items()}, **copying},
        baselines=baselines,
        details=TextgenDetails(
            characters=len(characters),
            test_characters=len(test),
            ngram_characters=len(known),
            sample_characters=len(sample),
            sample_temperature=SAMPLE_TEMPERATURE,
            sample=decode(sample[:SHOWN], characters),
            bits_interval=_interval(bits[HEADLINE]),
        ),
    )


def _copying(generated: np.ndarray, corpus: np.ndarray) -> dict[str, float]:
    length = min(COPY_LENGTH, len(generated))  # the test set of a tiny text may be shorter
    return {
        "copied_share": copied_share(generated, corpus, length),
        "longest_copied_run": longest_copied_run(generated, corpus),
    }


def write(reader: Reader, prompt: np.ndarray, length: int, seed: int) -> list[int]:
    """Write text at the temperature of samples; the same for the same seed."""
    writing = reader.write(prompt, Sampler(SAMPLE_TEMPERATURE), np.random.default_rng(seed))
    return [next(writing).code for _ in range(length)]


def _interval(bits: np.ndarray) -> Interval | None:
    """Return the interval of the mean over passages, as neighbours depend on each other."""
    starts = np.arange(0, len(bits), PASSAGE)
    if len(starts) < FEWEST_UNITS:
        return None
    lengths = np.diff(starts, append=len(bits))
    statistics = np.stack([np.add.reduceat(bits, starts), lengths], axis=1)
    return resampled_interval(statistics, lambda sums: sums[:, 0] / sums[:, 1])
