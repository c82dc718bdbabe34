"""The texts that answer prompts: whole, printed, or in pieces with probabilities."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from nnlab.experiments.contract import Answer, Model, Note, Remark
from nnlab.experiments.textgen.config import TextgenQuery
from nnlab.experiments.textgen.design import Design
from nnlab.experiments.textgen.sampling import Sampler
from nnlab.experiments.textgen.writing import Piece, Writer

RULE = "-" * 40 + "\n"
"""Between two texts that are printed."""


def answers(
    design: Design, model: Model[Any], query: TextgenQuery, inputs: Iterable[str]
) -> Iterator[Answer | Remark]:
    """Write `query.samples` texts for each prompt."""
    for one in _texts(design, model, query, inputs):
        if isinstance(one, Note):
            yield one
        else:
            prompt, pieces = one
            yield {"prompt": prompt, "text": "".join(piece.text for piece in pieces)}


def printed(
    design: Design, model: Model[Any], query: TextgenQuery, inputs: Iterable[str]
) -> Iterator[str | Remark]:
    """Write the same texts as they come, each behind its prompt, with a rule in between."""
    first = True
    for one in _texts(design, model, query, inputs):
        if isinstance(one, Note):
            yield one
            continue
        prompt, pieces = one
        yield prompt if first else RULE + prompt
        first = False
        for piece in pieces:
            yield piece.text
        yield "\n"


def events(
    design: Design, model: Model[Any], query: TextgenQuery, inputs: Iterable[str]
) -> Iterator[Answer | Remark]:
    """Write the same texts as they come, with the probability that each character had.

    `number` counts the texts: it says to which one a piece belongs.
    """
    number = 0
    for one in _texts(design, model, query, inputs):
        if isinstance(one, Note):
            yield one
            continue
        for text, probabilities in one[1]:
            rounded = [round(probability, 6) for probability in probabilities]
            yield {"number": number, "text": text, "probabilities": rounded}
        number += 1


def _texts(
    design: Design, model: Model[Any], query: TextgenQuery, inputs: Iterable[str]
) -> Iterator[tuple[str, Iterator[Piece]] | Note]:
    """Yield a prompt and the pieces that follow it, for each text."""
    sampler = Sampler(query.temperature, query.top_k, query.top_p)
    readers = design.readers(model.network, model.facts, query.context)
    writer = Writer(readers, model.facts, sampler)
    for number, prompt in enumerate(inputs):
        if unknown := writer.unknown(prompt):
            yield Note(
                f"ignored characters that the training text does not have: {' '.join(unknown)}"
            )
        for sample in range(query.samples):
            # Each text has its own chances, so that other texts beside it change nothing.
            rng = np.random.default_rng([query.seed, number, sample])
            yield prompt, writer.pieces(prompt, query.length, rng)
