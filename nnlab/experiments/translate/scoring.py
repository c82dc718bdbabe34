"""Scores of a translator: on sentences never seen, and on those it learned."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.experiments.contract import Data, Scores
from nnlab.experiments.translate.baselines import nearest_translations
from nnlab.metrics import (
    FEWEST_UNITS,
    Interval,
    are_words_unmarked,
    bleu,
    chrf,
    chrf_interval,
    exact_match,
    sentence_chrf,
)

SHOWN = 10
WORDS, CHARACTERS = "words", "characters"


Translate = Callable[[Sequence[str]], list[str]]


@dataclass(frozen=True)
class Example:
    """A sentence, its translation by the network, and one that a person made."""

    source: str
    translation: str
    reference: str


@dataclass(frozen=True)
class TranslateDetails:
    """Counts, the interval of chrF, and examples.

    Attributes:
        test_sentences: How many unseen sentences were translated.
        seen_sentences: How many training sentences were translated beside them.
        training_pairs: How many pairs the network learned from.
        chrf_interval: Over the unseen sentences; None if they are few.
        examples: Unseen sentences, from short to long.
        bleu_counts: What BLEU counts sequences of: words or characters.
    """

    test_sentences: int
    seen_sentences: int
    training_pairs: int
    chrf_interval: Interval | None
    examples: list[Example]
    bleu_counts: str = WORDS


def score(translate: Translate, data: Data) -> Scores[TranslateDetails]:
    """Measure chrF, BLEU and exact match on unseen sentences, and on training sentences beside it.

    Args:
        translate: Sentences to their translations.
        data: Arrays `sources` and `targets`, a text each, and the rows `test`; `training` as well
            if the network learned some of the pairs.
    """
    sources, targets = data.arrays["sources"], data.arrays["targets"]
    known, unseen = data.arrays.get("training", np.arange(0)), data.arrays["test"]
    references = _references(sources[unseen], targets[unseen])
    seen = _references(sources[known], targets[known])
    seen = dict(_spread(list(seen.items()), len(references)))
    questions = list(references)
    given = translate(questions)
    truth = list(references.values())
    learned: dict[str, float] = {}
    baselines: dict[str, dict[str, float]] = {}
    if seen:
        learned = _scores(translate(list(seen)), list(seen.values()))
        nearest = nearest_translations(sources[known].tolist(), targets[known].tolist(), questions)
        baselines["nearest training sentence"] = _scores(nearest, truth)
    return Scores(
        scores={
            **_scores(given, truth),
            **{f"seen_{name}": value for name, value in learned.items()},
        },
        baselines={**baselines, "copying the source": _scores(questions, truth)},
        details=TranslateDetails(
            test_sentences=len(questions),
            seen_sentences=len(seen),
            training_pairs=len(known),
            chrf_interval=chrf_interval(given, truth) if len(given) >= FEWEST_UNITS else None,
            examples=_examples(questions, given, truth),
            bleu_counts=CHARACTERS if are_words_unmarked(truth) else WORDS,
        ),
        evidence={
            "sentence_chrf": sentence_chrf(given, truth),
            "source_length": np.array([len(question) for question in questions]),
        },
    )


def _references(sources: np.ndarray, targets: np.ndarray) -> dict[str, list[str]]:
    """Return every translation of each distinct source, in order."""
    references: dict[str, list[str]] = {}
    for source, target in zip(sources.tolist(), targets.tolist(), strict=True):
        references.setdefault(source, []).append(target)
    return references


def _spread(items: list[Any], count: int) -> list[Any]:
    """Return at most `count` items, evenly spread from the first to the last."""
    rows = np.linspace(0, len(items) - 1, min(count, len(items))).round().astype(int)
    return [items[row] for row in rows]


def _scores(given: Sequence[str], references: Sequence[Sequence[str]]) -> dict[str, float]:
    return {
        "chrf": chrf(given, references),
        "bleu": bleu(given, references),
        "exact_match": exact_match(given, references),
    }


def _examples(
    questions: Sequence[str], given: Sequence[str], truth: Sequence[Sequence[str]]
) -> list[Example]:
    """Return test sentences from the shortest to the longest, evenly spread: not picked."""
    rows = _spread(list(range(len(questions))), SHOWN)
    return [Example(questions[row], given[row], truth[row][0]) for row in rows]
