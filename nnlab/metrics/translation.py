"""Scores of translations: chrF, BLEU, and the share of exact matches.

Every hypothesis has one or more references, which are equally good.

chrF is Popović, "chrF: character n-gram F-score for automatic MT evaluation" (WMT 2015), BLEU is
Papineni et al., "BLEU: a method for automatic evaluation of machine translation" (ACL 2002), both
as sacrebleu computes them by default (Post, "A call for clarity in reporting BLEU scores", WMT
2018), so that they can be compared with published ones; but see `bleu` for languages such as
Japanese.
"""

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab.metrics.intervals import Interval, resampled_interval

ORDER = 6  # the longest n-grams of chrF
BETA = 2.0  # weight of recall relative to precision

_UNMARKED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Letters of Thai, Lao, Burmese, Khmer, Japanese and Chinese."""

References = Sequence[Sequence[str]]
Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def chrf(hypotheses: Sequence[str], references: References) -> float:
    """The chrF of a whole test set, 0 to 100.

    Args:
        hypotheses: translations.
        references: one or more correct translations of each.

    Raises:
        ValueError: if there are no hypotheses, or one has no reference.
    """
    from sacrebleu import corpus_chrf

    return float(corpus_chrf(hypotheses, _transposed(hypotheses, references)).score)


def bleu(hypotheses: Sequence[str], references: References) -> float:
    """The BLEU of a whole test set, 0 to 100; arguments and errors as for `chrf`.

    It counts characters instead of words if `are_words_unmarked` says so; published scores of
    such languages often count words that a program has found.
    """
    from sacrebleu import corpus_bleu

    tokens = "char" if are_words_unmarked(references) else "13a"  # 13a is sacrebleu's default
    # force changes no score, but stops the library from printing warnings
    found = corpus_bleu(
        hypotheses, _transposed(hypotheses, references), tokenize=tokens, force=True
    )
    return float(found.score)


def are_words_unmarked(references: References) -> bool:
    """Tell whether most letters are of scripts that put no spaces between words.

    BLEU would take each clause of Japanese, Chinese or Thai for a single word.
    """
    texts = itertools.chain.from_iterable(references)
    letters = "".join(filter(str.isalpha, itertools.chain.from_iterable(texts)))
    return 2 * len(_UNMARKED.findall(letters)) > len(letters)


def exact_match(hypotheses: Sequence[str], references: References) -> float:
    """Share of the hypotheses that equal one of their references; errors as for `chrf`."""
    _check(hypotheses, references)
    right = [text in known for text, known in zip(hypotheses, references, strict=True)]
    return sum(right) / len(right)


def sentence_chrf(hypotheses: Sequence[str], references: References) -> Floats:
    """The chrF of each sentence, float64 (count,), 0 to 100; errors as for `chrf`."""
    return _f_scores(_statistics(hypotheses, references))


def chrf_interval(hypotheses: Sequence[str], references: References) -> Interval:
    """95 % percentile bootstrap interval of `chrf` over the sentences of the test set.

    Koehn, "Statistical significance tests for machine translation evaluation" (EMNLP 2004). It
    covers the choice of the test sentences, not the variation between trainings.

    Args:
        hypotheses: translations.
        references: one or more correct translations of each.

    Raises:
        ValueError: as `chrf`.
    """
    return resampled_interval(_statistics(hypotheses, references), _f_scores)


def _check(hypotheses: Sequence[str], references: References) -> None:
    if len(hypotheses) != len(references) or not len(hypotheses):
        raise ValueError(
            "expected references for each hypothesis, "
            f"got {len(hypotheses)} hypotheses and {len(references)} lists of references"
        )
    if not all(len(known) and not isinstance(known, str) for known in references):
        raise ValueError("expected a list of at least one reference per hypothesis")


def _transposed(hypotheses: Sequence[str], references: References) -> list[list[Any]]:
    """The references in the order of sacrebleu: all first ones, all second ones, ... or None."""
    _check(hypotheses, references)
    most = max(len(known) for known in references)
    return [
        [known[place] if place < len(known) else None for known in references]
        for place in range(most)
    ]


def _statistics(hypotheses: Sequence[str], references: References) -> Counts:
    """The counts from which the chrF of a sentence, or of the sum of several, is computed.

    Returns:
        int64 (count, 3 * ORDER): for each n-gram length, how many the hypothesis has, the reference
        has, and both have. Of several references, the one with the best score is used.
    """
    _check(hypotheses, references)
    rows = np.empty((len(hypotheses), 3 * ORDER), np.int64)
    for row, text, known in zip(rows, hypotheses, references, strict=True):
        found = _ngrams(text)
        options = np.array([_compared(found, _ngrams(reference)) for reference in known])
        row[:] = options[_f_scores(options).argmax()]
    return rows


def _ngrams(text: str) -> list[Counter[str]]:
    letters = "".join(text.split())
    return [
        Counter(letters[start : start + n] for start in range(len(letters) - n + 1))
        for n in range(1, ORDER + 1)
    ]


def _compared(found: list[Counter[str]], wanted: list[Counter[str]]) -> list[int]:
    numbers = []
    for one, other in zip(found, wanted, strict=True):
        # n-grams longer than the reference do not count, as in sacrebleu
        numbers += [one.total() if other else 0, other.total(), (one & other).total()]
    return numbers


def _f_scores(statistics: Counts) -> Floats:
    """The chrF of each row of statistics: the F-score of mean precision and mean recall."""
    found, wanted, both = (statistics[:, place::3] for place in range(3))
    used = (found > 0) & (wanted > 0)
    lengths = np.maximum(used.sum(axis=1), 1)
    precision = (both / np.maximum(found, 1) * used).sum(axis=1) / lengths
    recall = (both / np.maximum(wanted, 1) * used).sum(axis=1) / lengths
    weighted = BETA**2 * precision + recall
    result: Floats = 100 * (1 + BETA**2) * precision * recall / np.where(weighted > 0, weighted, 1)
    return result
