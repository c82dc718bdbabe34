"""Scores of hand-made adders."""

from collections.abc import Callable

import numpy as np
import pytest

from nnlab.datasets.store.provenance import Source
from nnlab.datasets.text.sums import draw_sums, encode_answers
from nnlab.experiments.add import figures, scoring, tables
from nnlab.experiments.contract import Data, Evidence
from tests.made_metrics import metrics_of

Answering = Callable[[np.ndarray], np.ndarray]
"""From problems to the answers of a network, one-hot."""

BASE, DIGITS = 10, 3
PROBLEMS = draw_sums(BASE, DIGITS, 600, 0)
TEST = PROBLEMS[400:]
MADE = Data(
    {"problems": PROBLEMS[:400], "training": np.arange(360), "test_problems": TEST},
    {"base": BASE, "digits": DIGITS},
    Source("made", "0" * 64, False, ()),
)


def right(problems: np.ndarray) -> np.ndarray:
    return encode_answers(problems, BASE, DIGITS)


def without_carrying(problems: np.ndarray) -> np.ndarray:
    """Add every place by itself."""
    digits = problems[..., None] // 10 ** np.arange(DIGITS) % 10
    totals = (digits.sum(axis=1) % 10 * 10 ** np.arange(DIGITS)).sum(axis=-1)
    return right(np.stack([totals, 0 * totals], axis=1))


def always(total: int) -> Answering:
    return lambda problems: right(np.broadcast_to([[total, 0]], problems.shape))


def test_who_adds_perfectly_gets_everything() -> None:
    score = scoring.score(right, MADE)
    assert score.scores == {"exact_match": 1.0, "per_character": 1.0}
    assert score.details.wrong == []
    assert score.details.exact_match_interval.high == pytest.approx(1)
    assert all(group.value == 1 for group in score.details.by_carries)


def test_who_always_says_the_same_is_right_by_chance() -> None:
    score = scoring.score(always(777), MADE)
    hits = int((TEST.sum(axis=1) == 777).sum())
    assert score.scores["exact_match"] == pytest.approx(hits / 200)
    spelt = [f"{total:<4}" for total in TEST.sum(axis=1)]
    characters = sum(a == b for text in spelt for a, b in zip(text, "777 ", strict=True))
    assert score.scores["per_character"] == pytest.approx(characters / 800)
    assert len(score.details.wrong) == 10
    a, b = TEST[TEST.sum(axis=1) != 777][0]
    assert score.details.wrong[0] == scoring.WrongAnswer(f"{a}+{b}", "777", str(a + b))


def test_groups_hold_all_problems_and_carries_tell_who_does_not_carry() -> None:
    score = scoring.score(without_carrying, MADE)
    for groups in (score.details.by_carries, score.details.by_length):
        assert sum(group.count for group in groups) == 200
        hits = sum(group.value * group.count for group in groups)
        assert hits / 200 == pytest.approx(score.scores["exact_match"])
        assert all(0 <= group.low <= group.value <= group.high <= 1 for group in groups)
    by_carries = {group.key: group.value for group in score.details.by_carries}
    assert by_carries.pop(0) == 1
    assert set(by_carries.values()) == {0.0}


def test_lengths_are_those_of_the_longer_operand() -> None:
    groups = scoring.score(right, MADE).details.by_length
    expected = np.bincount([len(str(larger)) for larger in TEST.max(axis=1)])
    assert {group.key: group.count for group in groups} == {
        length: count for length, count in enumerate(expected.tolist()) if count
    }


def test_naive_baselines_know_the_training_part_only() -> None:
    baselines = scoring.score(right, MADE).baselines
    assert list(baselines) == ["nearest training problem", "constant answer"]
    assert all(values["exact_match"] < 0.2 for values in baselines.values())
    same = Data({**MADE.arrays, "test_problems": PROBLEMS[:300]}, MADE.facts, MADE.source)
    assert scoring.score(right, same).baselines["nearest training problem"]["exact_match"] == 1
    held_out = Data({**MADE.arrays, "test_problems": PROBLEMS[360:400]}, MADE.facts, MADE.source)
    assert scoring.score(right, held_out).baselines["nearest training problem"]["exact_match"] < 1


@pytest.mark.parametrize("answer", [right, always(5)])
def test_tables_and_figures(answer: Answering) -> None:
    score = scoring.score(answer, MADE)
    metrics = metrics_of(score)
    printed = tables.tables(metrics)
    assert len(printed) == (3 if answer is right else 4)
    assert printed[0].rows[0][0] == "this network"
    assert sum(int(row[-1]) for row in printed[1].rows) == 200
    drawn = figures.draw(Evidence(metrics, {}, "made"))
    assert set(drawn) == {"by-carries", "by-length"}
