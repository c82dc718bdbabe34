"""Suggesting what the user may have meant."""

import pytest

from nnlab.errors import near, nearest


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("clasify", ["classify"]),
        ("class", ["classify", "classes"]),
        ("beer", ["beer mug", "bottled beer"]),
        ("xyzzy", []),
        ("s", []),
    ],
)
def test_names_that_begin_with_the_word_come_before_similar_ones(
    word: str, expected: list[str]
) -> None:
    choices = ["bottled beer", "beer mug", "classify", "classes", "bees and more"]
    assert near(word, choices)[: len(expected) or None] == sorted(expected, key=expected.index)


def test_without_near_matches_all_choices_are_named() -> None:
    assert nearest("xyzzy", ["b", "a"]) == "known: a, b"
    assert nearest("mnits", ["mnist", "sample"]) == "did you mean 'mnist'?"
