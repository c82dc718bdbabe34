"""Sentences without the full stop that nearly all sentences of the training set have.

Without it, a network that has hardly ever seen such sentences translates single words into
nonsense. So it gets one, and the translation loses its own.
"""

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from nnlab.errors import CheckpointError

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


def ended(text: str, facts: Mapping[str, Any]) -> str:
    """Return a text with the full stop that it lacks, if it lacks one."""
    known = text.rstrip()
    if FACT not in facts or not known or _is_mark(known[-1]):
        return text
    return known + str(facts[FACT][0])


def unended(translation: str, given: str, asked: str, facts: Mapping[str, Any]) -> str:
    """Return a translation without the full stop that belongs to that of `ended`.

    Args:
        translation: Of what was asked.
        given: What was to be translated.
        asked: The same after `ended`.
        facts: Of the network.
    """
    return translation if asked == given else translation.removesuffix(str(facts[FACT][1]))


def _is_mark(character: str) -> bool:
    return len(character) == 1 and unicodedata.category(character).startswith("P")
