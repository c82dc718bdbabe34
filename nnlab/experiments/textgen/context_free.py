"""Bits per character of models that know no context."""

import math

import numpy as np

from nnlab.experiments.textgen.ngram_counts import Codes, checked


def unigram_bits(train: Codes, test: Codes, characters: int) -> float:
    """Bits per character of `test` by the frequencies of single characters in `train`.

    Frequencies are smoothed by adding one to each count (Laplace).

    Args:
        train: integers (count,), 0 to characters - 1.
        test: likewise, not empty.
        characters: size of the alphabet.

    Raises:
        ValueError: if there is nothing to test on, or a code is out of range.
    """
    if not len(test):
        raise ValueError("expected a text, got none")
    seen, text = (checked(part, characters).astype(np.int64) for part in (train, test))
    counts = np.bincount(seen, minlength=characters) + 1
    return float(-np.log2(counts / counts.sum())[text].mean())


def uniform_bits(characters: int) -> float:
    """Bits per character of an alphabet whose characters are all equally likely.

    Raises:
        ValueError: if there is no character.
    """
    if characters < 1:
        raise ValueError(f"expected at least one character, got {characters}")
    return math.log2(characters)
