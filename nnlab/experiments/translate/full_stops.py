"""Sentences without the full stop that nearly all sentences of the training set have.

Without it, a network that has hardly ever seen such sentences translates single words into
nonsense. So it gets one, and the translation loses its own.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from nnlab.errors import CheckpointError
from nnlab.experiments.contract import Note
from nnlab.experiments.translate.design import Translation, Translator

FACT = "full_stops"
"""The fact: what ends most sources, and most targets."""
LEAST = 0.95
"""Share of the sources that must end in punctuation."""


def fitted(sources: Sequence[str], targets: Sequence[str]) -> dict[str, Any]:
    """Return the fact about the training pairs; none if sources often end without punctuation."""
    ends = [Counter(text[-1:] for text in texts) for texts in (sources, targets)]
    ended = sum(count for end, count in ends[0].items() if _is_mark(end))
    stops = [max(one, key=lambda end: one[end], default="") for one in ends]
    if not sources or ended < LEAST * len(sources) or not all(map(_is_mark, stops)):
        return {}
    return {FACT: stops}


def check(facts: Mapping[str, Any]) -> None:
    """Refuse a malformed fact.

    Raises:
        CheckpointError: It is not a list of two punctuation marks.
    """
    stops = facts.get(FACT, [".", "."])
    if not (isinstance(stops, list) and len(stops) == 2):
        raise CheckpointError(f"expected two marks as {FACT}, one for each language")
    if not all(isinstance(stop, str) and _is_mark(stop) for stop in stops):
        raise CheckpointError(f"expected marks of punctuation as {FACT}")


class FullStops(Translator):
    """Translates with another translator, which gets whole sentences."""

    def __init__(self, translator: Translator, source_stop: str, target_stop: str) -> None:
        """Take the translator, and what ends most sentences of both languages."""
        self.attends = translator.attends
        self._translator = translator
        self._source_stop = source_stop
        self._target_stop = target_stop

    def translations(
        self, text: str, *, beam: int, count: int, attention: bool
    ) -> list[Translation]:
        """Return those of the text with a full stop, without theirs."""
        asked = self._ended(text)
        found = self._translator.translations(asked, beam=beam, count=count, attention=attention)
        return [replace(one, text=self._unended(one.text, text, asked)) for one in found]

    def translate(self, texts: Sequence[str]) -> list[str]:
        """Return those of the texts with a full stop, without theirs."""
        asked = [self._ended(text) for text in texts]
        found = self._translator.translate(asked)
        return [self._unended(*one) for one in zip(found, texts, asked, strict=True)]

    def notes(self, text: str, count: int) -> Iterator[Note]:
        """Remark on what the user gave."""
        return self._translator.notes(text, count)

    def _ended(self, text: str) -> str:
        known = text.rstrip()
        return known + self._source_stop if known and not _is_mark(known[-1]) else text

    def _unended(self, translation: str, text: str, asked: str) -> str:
        return translation if asked == text else translation.removesuffix(self._target_stop)


def _is_mark(character: str) -> bool:
    return len(character) == 1 and unicodedata.category(character).startswith("P")
