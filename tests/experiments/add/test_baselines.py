import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.experiments.add.baselines import constant_answer, nearest_answers

problems = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=40)


def test_the_nearest_problem_answers_whatever_the_order_of_its_operands() -> None:
    train = np.array([[10, 90], [50, 50], [3, 4]], np.int64)
    test = np.array([[91, 12], [51, 49], [4, 3], [0, 0]], np.int64)
    assert nearest_answers(train, test).tolist() == [100, 100, 7, 7]


@given(problems, problems)
def test_no_known_problem_is_nearer_than_one_with_the_answer(
    known: list[tuple[int, int]], asked: list[tuple[int, int]]
) -> None:
    answers = nearest_answers(np.array(known, np.int64), np.array(asked, np.int64))
    for (a, b), answer in zip(asked, answers, strict=True):
        distances = [
            min((a - c) ** 2 + (b - d) ** 2, (a - d) ** 2 + (b - c) ** 2) for c, d in known
        ]
        sums = [
            c + d for (c, d), far in zip(known, distances, strict=True) if far == min(distances)
        ]
        if len(set(map(tuple, map(sorted, known)))) <= 8:
            assert answer == min(sums)
        assert answer in sums


def test_problems_that_are_none_are_refused() -> None:
    pairs = np.ones((2, 2), np.int64)
    with pytest.raises(ValueError, match="got none"):
        nearest_answers(pairs[:0], pairs)
    with pytest.raises(ValueError, match=r"got \(2, 3\)"):
        nearest_answers(pairs, np.ones((2, 3), np.int64))
    assert nearest_answers(pairs, pairs[:0]).shape == (0,)


def test_the_constant_answer_is_the_most_frequent_character_at_each_place() -> None:
    codes = np.array([[1, 2, 9], [1, 3, 8], [0, 3, 8], [1, 2, 7]], np.uint8)
    answer = constant_answer(codes)
    assert answer.tolist() == [1, 2, 8]
    assert answer.dtype == np.uint8
    with pytest.raises(ValueError, match=r"got \(0, 3\)"):
        constant_answer(codes[:0])
