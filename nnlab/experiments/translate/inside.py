"""A translation with where the network looked, and the nearest sentence that it learned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from nnlab.experiments.contract import Answer, Data
from nnlab.experiments.translate.baselines import TranslationMemory
from nnlab.experiments.translate.design import Translator


@dataclass(frozen=True, eq=False)
class Learned:
    """The pairs that a network learned from, to look up the nearest one."""

    sources: Sequence[str]
    targets: Sequence[str]
    memory: TranslationMemory

    @classmethod
    def of(cls, data: Data) -> Self:
        """Take the training pairs out of the data."""
        rows = data.arrays["training"]
        sources, targets = (data.arrays[name][rows].tolist() for name in ("sources", "targets"))
        return cls(sources, targets, TranslationMemory(sources))

    def nearest(self, text: str) -> Answer | None:
        """Return the pair whose source is most like a text; None if nothing is like it."""
        ((row, similarity),) = self.memory.nearest([text])
        if not similarity:
            return None
        return {"source": self.sources[row], "translation": self.targets[row]}


def shown(translator: Translator, text: str, beam: int, learned: Learned | None) -> Answer:
    """Return a translation with what led to it.

    Args:
        translator: Translates with a network.
        text: The source.
        beam: How many beginnings are followed at a time.
        learned: The training pairs; None if they are not on this machine.
    """
    attends = translator.attends
    (found,) = translator.translations(text, beam=beam, count=1, attention=attends)
    parts = found.pieces.get("parts", [found.pieces] if found.pieces else [])
    pieces = (
        _joined(parts)
        if attends
        else {"source_pieces": list(text), "pieces": list(found.text), "attention": None}
    )
    return {
        "source": text,
        "translation": found.text,
        "score": found.score,
        "remarks": [note.text for note in translator.notes(text, 1)],
        **pieces,
        "nearest": learned.nearest(text) if learned else None,
    }


def _joined(parts: Sequence[Mapping[str, Any]]) -> Answer:
    """Return the pieces of all parts of a text; no part looked at another."""
    source, target = (
        [piece for part in parts for piece in part[key]]
        for key in ("source_pieces", "target_pieces")
    )
    attention = np.zeros((len(target), len(source)))
    row = column = 0
    for part in parts:
        weights = np.array(part["attention"])
        attention[row : row + weights.shape[0], column : column + weights.shape[1]] = weights
        row, column = row + weights.shape[0], column + weights.shape[1]
    return {"source_pieces": source, "pieces": target, "attention": attention.round(4).tolist()}
