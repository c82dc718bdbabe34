"""Writing on from a prompt."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from nnlab.datasets.text.corpus import encode
from nnlab.datasets.text.prompts import known_text
from nnlab.experiments.textgen.characters import Reader
from nnlab.experiments.textgen.sampling import Sampler

PIECE = 16  # characters written at a time


class Piece(NamedTuple):
    """Some characters, and the probability that the network gave to each before it was chosen."""

    text: str
    probabilities: list[float]


class Writer:
    """Continues prompts."""

    def __init__(
        self, begin: Callable[[], Reader], facts: Mapping[str, Any], sampler: Sampler
    ) -> None:
        """Take a network and how boldly it is to write.

        Args:
            begin: Returns a reader that has read nothing.
            facts: `characters` by their codes, `keep_case`, and passages of the text, `seeds`.
            sampler: Chooses each character.
        """
        self._begin = begin
        self._characters = facts["characters"]
        self._seeds = facts["seeds"]
        self._lower = not facts["keep_case"]
        self._sampler = sampler

    def unknown(self, prompt: str) -> str:
        """Return the characters of a prompt that are left out."""
        return known_text(prompt, set(self._characters), self._lower)[1]

    def pieces(self, prompt: str, length: int, rng: np.random.Generator) -> Iterator[Piece]:
        """Yield `length` characters that follow a prompt, a few at a time.

        In front of the prompt stands a passage of the text: the network was trained on whole
        windows and would begin badly after a few characters.
        """
        known, _ = known_text(prompt, set(self._characters), self._lower)
        passage = self._seeds[rng.integers(len(self._seeds))]
        context, _ = encode(passage + known, self._characters)
        writing = self._begin().write(context, self._sampler, rng)
        for done in range(0, length, PIECE):
            chosen = [next(writing) for _ in range(min(PIECE, length - done))]
            text = "".join(self._characters[one.code] for one in chosen)
            yield Piece(text, [one.probability for one in chosen])
