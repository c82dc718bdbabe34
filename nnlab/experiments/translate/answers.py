"""Translating what a user gives: a sentence, or one after another."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from nnlab.datasets.blocks import blocks
from nnlab.datasets.text.files import shorten
from nnlab.errors import DataError
from nnlab.experiments.contract import Answer, Remark
from nnlab.experiments.translate.config import TranslateQuery
from nnlab.experiments.translate.design import Translator

LONGEST_INPUT = 1_000
"""Characters of a sentence."""
NAMED = 30
"""Characters by which an error names a sentence."""


def answers(
    translator: Translator, query: TranslateQuery, beam: int, inputs: Iterable[str]
) -> Iterator[Answer | Remark]:
    """Translate each sentence; an empty one has an empty translation.

    Args:
        translator: Translates with a network.
        query: The options.
        beam: How many beginnings are followed at a time.
        inputs: The sentences.
    """
    simple = query == replace(TranslateQuery(), reverse=query.reverse, together=query.together)
    for block in blocks(inputs, query.together):
        fitting = [text for text in block if len(text) <= LONGEST_INPUT]
        made = dict(zip(fitting, translator.translate(fitting), strict=True)) if simple else {}
        for text in block:
            if len(text) > LONGEST_INPUT:
                yield too_long(text).of(text)
                continue
            yield from translator.notes(text, query.best)
            if simple:
                yield {"source": text, "translation": made[text]}
                continue
            found = translator.translations(
                text, beam=beam, count=query.best, attention=query.attention
            )
            for one in found:
                scored = {"score": one.score} if query.scores else {}
                yield {"source": text, "translation": one.text, **scored, **one.pieces}


def too_long(text: str) -> DataError:
    """Return the error about a sentence that is too long."""
    return DataError(
        f"expected a sentence of at most {LONGEST_INPUT:,} characters, but "
        f"{shorten(text, NAMED)!r} has {len(text):,}"
    )
