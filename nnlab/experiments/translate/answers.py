"""Translating what a user gives: a sentence, or one after another."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from nnlab.datasets.blocks import blocks
from nnlab.datasets.text.files import shorten
from nnlab.errors import DataError
from nnlab.experiments.contract import Answer, Remark
from nnlab.experiments.translate import full_stops
from nnlab.experiments.translate.config import TranslateQuery
from nnlab.experiments.translate.design import Translation, Translator

LONGEST_INPUT = 1_000
"""Characters of a sentence."""
NAMED = 30
"""Characters by which an error names a sentence."""


def answers(
    translator: Translator,
    facts: Mapping[str, Any],
    query: TranslateQuery,
    beam: int,
    inputs: Iterable[str],
) -> Iterator[Answer | Remark]:
    """Translate each sentence; an empty one has an empty translation.

    Args:
        translator: Translates with a network.
        facts: Those of the network.
        query: The options.
        beam: How many beginnings are followed at a time.
        inputs: The sentences.
    """
    simple = query == replace(TranslateQuery(), reverse=query.reverse, together=query.together)
    for block in blocks(inputs, query.together):
        fitting = [text for text in block if len(text) <= LONGEST_INPUT]
        asked = {text: full_stops.ended(text, facts) for text in fitting}
        together = translator.translate(list(asked.values())) if simple else []
        made = {text: Translation(one, 0.0) for text, one in zip(asked, together, strict=simple)}
        for text in block:
            if len(text) > LONGEST_INPUT:
                yield too_long(text).of(text)
                continue
            yield from translator.notes(text, query.best)
            found = (
                [made[text]]
                if simple
                else translator.translations(
                    asked[text], beam=beam, count=query.best, attention=query.attention
                )
            )
            for one in found:
                translation = full_stops.unended(one.text, text, asked[text], facts)
                scored = {"score": one.score} if query.scores else {}
                yield {"source": text, "translation": translation, **scored, **one.pieces}


def too_long(text: str) -> DataError:
    """Return the error about a sentence that is too long."""
    return DataError(
        f"expected a sentence of at most {LONGEST_INPUT:,} characters, but "
        f"{shorten(text, NAMED)!r} has {len(text):,}"
    )
