"""Scores, tables and figures of a network that adds: whole answers, and single characters."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from nnlab.datasets.text.sums import carries, decode_answer, encode_answers, to_text
from nnlab.experiments.add.baselines import constant_answer, nearest_answers
from nnlab.experiments.contract import Data, Evidence, Scores, Table
from nnlab.metrics import wilson_interval

WRONG_SHOWN = 10


def score(answer: Callable[[np.ndarray], np.ndarray], data: Data) -> Scores:
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
        details={
            "base": base,
            "digits": digits,
            "test_problems": len(test),
            "exact_match_interval": wilson_interval(int(exact.sum()), len(exact)).as_dict(),
            "by_carries": _groups(carries(test[:, 0], test[:, 1], base), exact),
            "by_length": _groups(lengths, exact),
            "wrong": _wrong(test, given, exact, data),
        },
    )


def _scores(given: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    right = given == truth
    return {"exact_match": float(right.all(axis=1).mean()), "per_character": float(right.mean())}


def _groups(keys: np.ndarray, exact: np.ndarray) -> list[dict[str, Any]]:
    """Return how many were answered exactly for each value of a key."""
    groups = []
    for key in np.unique(keys):
        members = exact[keys == key]
        interval = wilson_interval(int(members.sum()), len(members))
        share = float(members.mean())
        groups.append(
            {"key": int(key), "value": share, "count": len(members), **interval.as_dict()}
        )
    return groups


def _wrong(
    test: np.ndarray, given: np.ndarray, exact: np.ndarray, data: Data
) -> list[dict[str, str]]:
    """Return the first problems that were answered wrongly."""
    base = data.facts["base"]
    return [
        {
            "sum": "+".join(to_text(int(number), base) for number in test[row]),
            "answer": decode_answer(given[row], base),
            "expected": to_text(int(test[row].sum()), base),
        }
        for row in np.flatnonzero(~exact)[:WRONG_SHOWN]
    ]


def draw(evidence: Evidence) -> dict[str, Any]:
    """Draw accuracy by number of carries and by length."""
    from nnlab.experiments.add.figures import group_bars

    details = evidence.metrics["details"]
    return {
        f"by-{key}": group_bars(
            [
                (str(group["key"]), group["value"], group["low"], group["high"], group["count"])
                for group in details[f"by_{key}"]
            ],
            title=f"Sums answered exactly, by {words}",
            xlabel=words,
            ylabel="exact match",
            footer=evidence.footer,
        )
        for key, words in (("carries", "number of carries"), ("length", "digits of an operand"))
    }


def tables(metrics: Mapping[str, Any]) -> list[Table]:
    """Return exact match beside the baselines, by carries and by length, and what was wrong."""
    details = metrics["details"]
    methods = {"this network": metrics["scores"], **metrics["baselines"]}
    rows = [
        (name, f"{values['exact_match']:.2%}", f"{values['per_character']:.2%}")
        for name, values in methods.items()
    ]
    interval = details["exact_match_interval"]
    overall = Table(
        f"{details['test_problems']:,} problems never seen, base {details['base']}, "
        f"up to {details['digits']} digits",
        ("", "exact match", "per character"),
        rows,
        f"exact match of this network: {interval['low']:.2%} to {interval['high']:.2%} "
        "(95 % interval)",
    )
    return [
        overall,
        _group_table("By number of carries", details["by_carries"]),
        _group_table("By digits of the longer operand", details["by_length"]),
        *_wrong_table(details["wrong"]),
    ]


def _group_table(title: str, groups: Sequence[Mapping[str, Any]]) -> Table:
    rows = [
        (
            str(group["key"]),
            f"{group['value']:.2%}",
            f"{group['low']:.2%} to {group['high']:.2%}",
            f"{group['count']:,}",
        )
        for group in groups
    ]
    return Table(title, ("", "exact match", "95 % interval", "problems"), rows)


def _wrong_table(wrong: Sequence[Mapping[str, str]]) -> list[Table]:
    if not wrong:
        return []
    rows = [(entry["sum"], entry["answer"], entry["expected"]) for entry in wrong]
    return [Table("The first that were wrong", ("sum", "answer", "expected"), rows)]
