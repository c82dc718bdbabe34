"""A text becomes sentences, and a long sentence parts; nothing but blanks is lost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.experiments.translate.cutting import composed, sentences, shortened


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("Help", ["Help"]),
        ("I am cold. Where is Tom?", ["I am cold.", "Where is Tom?"]),
        ("Stop! Wait\u2026 No.", ["Stop!", "Wait\u2026", "No."]),
        ("Mr. Smith and St. John met J. Brown. He left.",
         ["Mr. Smith and St. John met J. Brown.", "He left."]),
        ("It costs 3.50 at example.org.", ["It costs 3.50 at example.org."]),
        ("\u4f60\u597d\u3002\u518d\uff1f\uff01", ["\u4f60\u597d\u3002", "\u518d\uff1f\uff01"]),
        ("\u300c\u597d\u3002\u300d\u4ed6", ["\u300c\u597d\u3002\u300d", "\u4ed6"]),
        ('He said "Hi." Then he left.', ['He said "Hi."', "Then he left."]),
        ("Stop! he cried, etc. and so on.", ["Stop! he cried, etc. and so on."]),
        ("...", ["..."]),
    ],
)  # fmt: skip
def test_sentences_end_at_their_marks(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text('abA .,;!?-"\u3002\u3001\u300d'), st.integers(1, 9))
def test_parts_fit_and_nothing_but_blanks_is_lost(text: str, most: int) -> None:
    parts = [
        part
        for one in sentences(composed(text))
        for part in shortened(one, lambda part: len(part) <= most)
    ]
    assert all(0 < len(part) <= most for part in parts)
    assert "".join(re.sub(r"\s", "", part) for part in parts) == re.sub(r"\s", "", text)


def test_a_cut_is_made_at_the_best_place_first() -> None:
    text = "one two, three four; five"
    assert shortened(text, lambda part: len(part) <= 20) == ["one two, three four;", "five"]
    assert shortened(text, lambda part: len(part) <= 12) == ["one two,", "three four;", "five"]
    assert shortened("abcde", lambda part: len(part) <= 3) == ["ab", "cde"]
