"""Scores of a network that adds: whole answers, and single characters."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnlab.datasets.text.sums import (
    add_columns,
    carries,
    decode_answer,
    encode_answers,
    to_text,
)
from nnlab.experiments.add.baselines import constant_answer, nearest_answers
from nnlab.experiments.contract import Data, Scores
from nnlab.metrics import Interval, wilson_interval

WRONG_SHOWN = 10
LONG, LONG_SUMS = 100, 10_000
"""Digits of the numbers in long sums, and how many of these are tested."""


@dataclass(frozen=True)
class Group:
    """Problems that share a `key`, such as their number of carries, and how many are solved."""

    key: int
    value: float
    count: int
    low: float
    high: float


@dataclass(frozen=True)
class WrongAnswer:
    """A sum, the network's answer and the right one, as text."""

    sum: str
    answer: str
    expected: str


@dataclass(frozen=True)
class AddDetails:
    """Exact match of a trained network: its interval, and by difficulty."""

    base: int
    digits: int
    test_problems: int
    exact_match_interval: Interval
    by_carries: list[Group]
    by_length: list[Group]
    wrong: list[WrongAnswer]


def score(answer: Callable[[np.ndarray], np.ndarray], data: Data) -> Scores[AddDetails]:
    """Measure how many of the test problems are answered exactly, overall and by difficulty.

    Args:
        answer: Problems (count, 2) to the codes of their answers (count, length).
        data: Arrays `problems`, `training` (rows of it), `test_problems`; facts `base`, `digits`.
    """
    base, digits = data.facts["base"], data.facts["digits"]
    test = data.arrays["test_problems"]
    known = data.arrays["problems"][data.arrays["training"]]
    truth = encode_answers(test, base, digits)
    given = answer(test)
    exact = (given == truth).all(axis=1)
    constant = constant_answer(encode_answers(known, base, digits))
    totals = nearest_answers(known, test)
    nearest = encode_answers(np.stack([totals, 0 * totals], axis=1), base, digits)
    lengths = np.array([len(to_text(int(number), base)) for number in test.max(axis=1)])
    return Scores(
        scores=_scores(given, truth),
        baselines={
            "nearest training problem": _scores(nearest, truth),
            "constant answer": _scores(np.broadcast_to(constant, truth.shape), truth),
        },
        details=AddDetails(
            base=base,
            digits=digits,
            test_problems=len(test),
            exact_match_interval=wilson_interval(int(exact.sum()), len(exact)),
            by_carries=_groups(carries(test[:, 0], test[:, 1], base), exact),
            by_length=_groups(lengths, exact),
            wrong=_wrong(test, given, exact, data),
        ),
    )


def score_long(add: Callable[[np.ndarray], np.ndarray], base: int, digits: int = LONG) -> float:
    """Return the share of right answers to random sums of long numbers.

    Args:
        add: Digits of two numbers (count, columns, 2), ones first, to those of the answers.
        base: Of the numbers.
        digits: Of each number.
    """
    drawn = np.random.default_rng(0).integers(0, base, (LONG_SUMS, digits, 2))
    pairs = np.pad(drawn, ((0, 0), (0, 1), (0, 0)))
    truth = add_columns(pairs, base)
    return float((add(pairs) == truth).all(axis=1).mean())


def _scores(given: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    right = given == truth
    return {"exact_match": float(right.all(axis=1).mean()), "per_character": float(right.mean())}


def _groups(keys: np.ndarray, exact: np.ndarray) -> list[Group]:
    """Return how many were answered exactly for each value of a key."""
    groups = []
    for key in np.unique(keys):
        members = exact[keys == key]
        interval = wilson_interval(int(members.sum()), len(members))
        share = float(members.mean())
        groups.append(Group(int(key), share, len(members), interval.low, interval.high))
    return groups


def _wrong(test: np.ndarray, given: np.ndarray, exact: np.ndarray, data: Data) -> list[WrongAnswer]:
    """Return the first problems that were answered wrongly."""
    base = data.facts["base"]
    return [
        WrongAnswer(
            sum="+".join(to_text(int(number), base) for number in test[row]),
            answer=decode_answer(given[row], base),
            expected=to_text(int(test[row].sum()), base),
        )
        for row in np.flatnonzero(~exact)[:WRONG_SHOWN]
    ]
