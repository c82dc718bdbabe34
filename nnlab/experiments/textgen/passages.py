"""Passages of a text that a network may write on from."""

import re
from collections.abc import Sequence

import numpy as np

from nnlab.datasets.text.corpus import decode

SEEDS = 50
SEED_SEED = 0
SENTENCE = 500  # characters in which a sentence should come to its end
SENTENCE_END = re.compile(r"[.!?]\s")


def seed_passages(text: np.ndarray, characters: Sequence[str], window: int) -> list[str]:
    """Choose passages of a window to write on from; where sentences end soon, they end with one.

    Args:
        text: Codes (length,), a window or more.
        characters: The character of each code.
        window: Characters of a passage.
    """
    places = np.random.default_rng(SEED_SEED).integers(window, len(text) + 1, SEEDS)
    seeds = []
    for place in np.sort(places).tolist():
        ahead = decode(text[place : place + SENTENCE], characters)
        end = SENTENCE_END.search(ahead)
        stop = place + (end.end() if end else 0)
        seeds.append(decode(text[stop - window : stop], characters))
    return seeds
