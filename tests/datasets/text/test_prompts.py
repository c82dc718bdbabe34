"""Converting what a user types to the characters that a network knows."""

import pytest

from nnlab.datasets.text.prompts import are_characters, known_text


@pytest.mark.parametrize(
    ("text", "characters", "expected"),
    [
        ("it’s", "its'", "it's"),
        ("it's", "its’", "it’s"),
        ("“ja” ", 'ja" ', '"ja" '),
        ('"ja" "nee"', "jane “”", "“ja” “nee”"),
        ('("ja', "ja(”", "(”ja"),
        ("a—b–c-d", "abcd-", "a-b-c-d"),
        ("a-b", "ab—", "a—b"),
        ("a\tb\u00a0c…", "abc .", "a b c."),
        ("'“'", "“", "“"),
    ],
)
def test_marks_are_replaced_by_known_ones(text: str, characters: str, expected: str) -> None:
    assert known_text(text, characters, lower=False)[0] == expected


def test_known_marks_are_unchanged() -> None:
    text = "'’‘\"“”-–—…\t\u00a0"
    assert known_text(text, text, lower=False) == (text, "")


def test_unknown_characters_are_left_out_and_returned_once_in_order() -> None:
    assert known_text("zAbcAz!", "b", lower=False) == ("b", "zAc!")
    assert known_text("AB", "ab", lower=True) == ("ab", "")


@pytest.mark.parametrize("value", [None, [], "ab", ["a", "a"], ["ab"], [""], [1]])
def test_invalid_alphabets_are_recognised(value: object) -> None:
    assert not are_characters(value)


def test_valid_alphabets_are_recognised() -> None:
    assert are_characters(["\n", "a", "🙂"])
