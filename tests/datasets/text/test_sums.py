import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.datasets.text.sums import (
    alphabet,
    carries,
    decode_answer,
    draw_sums,
    encode_answers,
    encode_questions,
    from_text,
    to_text,
)
from nnlab.errors import UsageError
from nnlab.experiments.add.config import MAX_DIGITS
from nnlab.experiments.add.questions import parse_sum

bases = st.integers(2, 36)


def spelt(codes: np.ndarray, base: int) -> list[str]:
    return ["".join(alphabet(base)[code] for code in row) for row in codes]


def as_set(sums: np.ndarray) -> set[tuple[int, ...]]:
    return {tuple(sorted(pair)) for pair in sums.tolist()}


@pytest.mark.parametrize(
    ("base", "digits", "count"), [(10, 3, 50_000), (2, 11, 1000), (36, 11, 500), (10, 2, 2525)]
)
def test_no_sum_is_drawn_twice_even_with_swapped_operands(
    base: int, digits: int, count: int
) -> None:
    sums = draw_sums(base, digits, count, seed=1)
    assert sums.shape == (count, 2)
    assert sums.dtype == np.int64
    assert len(as_set(sums)) == count
    assert sums.min() >= 0
    assert sums.max() < base**digits


@pytest.mark.parametrize(("count", "got"), [(54, 54), (55, 55), (1000, 55)])
def test_all_pairs_are_drawn_if_there_are_not_enough(count: int, got: int) -> None:
    sums = draw_sums(10, 1, count, seed=0)
    assert len(sums) == len(as_set(sums)) == got
    assert (sums[:, 0] > sums[:, 1]).any()
    assert (sums[:, 0] < sums[:, 1]).any()


@pytest.mark.parametrize(("digits", "count"), [(3, 400), (1, 40)])
def test_the_seed_determines_which_sums_are_drawn(digits: int, count: int) -> None:
    first, again, other = (draw_sums(10, digits, count, seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_short_numbers_are_as_likely_as_long_ones() -> None:
    sums = draw_sums(10, 11, 2000, seed=3)
    below_ten = sum(10.0**-n for n in range(11)) / 11  # of n + 1 digits, all but one may be zero
    assert abs((sums < 10).mean() - below_ten) < 0.02


def test_sixty_thousand_sums_take_a_moment() -> None:
    began = time.process_time()
    draw_sums(10, 3, 60_000, seed=0)
    assert time.process_time() - began < 2


def test_zero_sums_can_be_drawn() -> None:
    assert draw_sums(10, 3, 0, seed=0).shape == (0, 2)


def test_the_largest_sums_do_not_overflow() -> None:
    largest = 36**MAX_DIGITS - 1
    sums = np.array([[largest, largest]])
    assert spelt(encode_answers(sums, 36, MAX_DIGITS), 36) == [to_text(2 * largest, 36)]
    assert carries(sums[:, 0], sums[:, 1], 36).tolist() == [MAX_DIGITS]


@pytest.mark.parametrize(
    ("a", "b", "base", "count"),
    [
        (12, 34, 10, 0),
        (95, 7, 10, 2),
        (999, 1, 10, 3),
        (0, 0, 10, 0),
        (1, 1, 2, 1),
        (15, 15, 16, 1),
    ],
)
def test_carries_are_counted(a: int, b: int, base: int, count: int) -> None:
    assert carries(np.array([[a, 0]]), np.array([[b, 0]]), base).tolist() == [[count, 0]]


@given(bases, st.lists(st.tuples(*[st.integers(0, 2**55)] * 2), min_size=1))
def test_carries_explain_the_loss_in_digit_sums(base: int, pairs: list[tuple[int, int]]) -> None:
    # each carry turns `base` in one place into 1 in the next: the digit sum shrinks by base - 1
    def digit_sum(number: int) -> int:
        return sum(from_text(digit, base) for digit in to_text(number, base))

    first, second = np.array(pairs).T
    lost = [digit_sum(a) + digit_sum(b) - digit_sum(a + b) for a, b in pairs]
    assert (carries(first, second, base) * (base - 1)).tolist() == lost


def test_questions_are_reversed_but_answers_are_not() -> None:
    sums = np.array([[123, 45], [7, 0], [999, 999]])
    questions, answers = encode_questions(sums, 10, 3), encode_answers(sums, 10, 3)
    assert questions.dtype == answers.dtype == np.uint8
    assert questions[0].tolist() == [0, 7, 6, 1, 5, 4, 3]
    assert spelt(questions, 10) == [" 54+321", "    0+7", "999+999"]
    assert spelt(answers, 10) == ["168 ", "7   ", "1998"]
    assert [decode_answer(row, 10) for row in answers] == ["168", "7", "1998"]


def test_an_empty_list_of_sums_gives_no_codes() -> None:
    nothing = np.empty((0, 2), np.int64)
    assert encode_questions(nothing, 10, 3).shape == (0, 7)
    assert encode_answers(nothing, 10, 3).shape == (0, 4)


@given(bases, st.integers(1, MAX_DIGITS), st.data())
def test_questions_and_answers_spell_the_sum(base: int, digits: int, data: st.DataObject) -> None:
    operand = st.integers(0, base**digits - 1)
    a, b = data.draw(operand), data.draw(operand)
    sums = np.array([[a, b]])
    question = spelt(encode_questions(sums, base, digits), base)[0][::-1]
    assert question == f"{to_text(a, base)}+{to_text(b, base)}".ljust(2 * digits + 1)
    assert parse_sum(question, base, digits) == [a, b]
    answer = decode_answer(encode_answers(sums, base, digits)[0], base)
    assert from_text(answer, base) == a + b


@given(st.integers(0, 10**30), bases)
def test_numbers_are_written_and_read_back(number: int, base: int) -> None:
    text = to_text(number, base)
    assert from_text(text, base) == from_text("0" + text.upper(), base) == number
    assert number == 0 or not text.startswith("0")


@pytest.mark.parametrize(
    ("text", "base", "numbers"),
    [
        (" 12 +  34 ", 10, (12, 34)),
        ("0012+0", 10, (12, 0)),
        ("000+00000", 10, (0, 0)),
        ("fF+a", 16, (255, 10)),
        ("101+1", 2, (5, 1)),
        ("zz+Z", 36, (1295, 35)),
    ],
)
def test_a_sum_is_read_as_people_type_it(text: str, base: int, numbers: tuple[int, int]) -> None:
    assert parse_sum(text, base, 3) == list(numbers)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "found nothing"),
        ("   ", "found nothing"),
        ("12", "found no plus"),
        ("12+", "'12\\+': the number right of the plus is missing"),
        (" +12", "the number left of the plus is missing"),
        ("+", "quote one with spaces"),
        ("++1", "expected one plus, found 2"),
        ("1+2+3", "expected one plus, found 2"),
        ("1 2+3", "one number left of the plus, found '1 2'"),
        ("9a+1", "'a' is not a digit in base 10.*--base 16"),
        ("9z+1", "'z' is not a digit in base 10.*--base 36"),
        ("1.5+1", r"'\.' is not a digit in base 10, expected 0 to 9$"),
        ("1_0+1", "'_' is not a digit"),
        ("-3+4", "expected a sum without minus signs"),
        ("3+−4", "expected a sum without minus signs"),
        ("１+2", "'１' is not a digit"),
        ("²+2", "is not a digit"),
        ("K+1", "is not a digit"),
        ("1234+1", "1234 has 4 digits, but the network was trained on at most 3"),
        ("1+01234", "01234 has 4 digits"),
    ],
)
def test_an_invalid_sum_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_sum(text, 10, 3)


def test_the_hint_names_a_base_that_has_all_digits() -> None:
    with pytest.raises(
        UsageError, match=r"'9' is not a digit in base 8, expected 0 to 7; try --base 10"
    ):
        from_text("79", 8)
    with pytest.raises(UsageError, match="found nothing"):
        from_text("", 8)


@given(st.text(max_size=12), bases, st.integers(1, MAX_DIGITS))
def test_any_text_is_a_sum_or_a_usage_error(text: str, base: int, digits: int) -> None:
    try:
        numbers = parse_sum(text, base, digits)
    except UsageError:
        return
    assert max(numbers) < base**digits
