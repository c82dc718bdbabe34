"""Texts for tests."""

from pathlib import Path

import numpy as np

WORDS = ("tom", "aunt", "polly's", "river", "fence", "huck", "the", "said", "went", "never", "saw")


def prose(characters: int, seed: int = 0, end: str = ". ") -> str:
    """Return sentences of random words, in ASCII."""
    words = np.random.default_rng(seed).choice(WORDS, characters // 3 + 1)
    sentences = [" ".join(words[first : first + 9]) for first in range(0, len(words), 9)]
    return end.join(sentences)[:characters]


def write_corpus(folder: Path, characters: int = 6000, name: str = "corpus.txt") -> str:
    path = folder / name
    path.write_text(prose(characters))
    return str(path)
