"""Sentences get the full stop that they lack, and translations lose it again."""

import pytest

import nnlab
from nnlab.errors import CheckpointError
from nnlab.experiments.translate.full_stops import FACT, check, ended, fitted, unended

FACTS = {FACT: [".", "。"]}


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("hello", "hello."),
        ("hello ", "hello."),
        ("Why?", "Why?"),
        ("(no)", "(no)"),
        ("", ""),
        (" ", " "),
    ],
)
def test_a_sentence_is_ended_where_nothing_ends_it(given: str, asked: str) -> None:
    assert ended(given, FACTS) == asked
    assert ended(given, {}) == given


def test_only_a_stop_that_was_added_is_taken_away() -> None:
    assert unended("你好。", "hello", "hello.", FACTS) == "你好"
    assert unended("你好！", "hello", "hello.", FACTS) == "你好！"
    assert unended("你好。", "hello.", "hello.", FACTS) == "你好。"


def test_the_usual_ends_are_learned_from_the_training_pairs() -> None:
    sources = ["I am.", "You are.", "Who?"]
    assert fitted(sources, ["Ik。", "Jij。", "Wie？"]) == {FACT: [".", "。"]}
    assert fitted([*sources, "no"], ["Ik.", "Jij.", "Wie?", "nee"]) == {}  # a quarter has none
    assert fitted(sources, ["Ik", "Jij", "Wie?"]) == {}
    assert fitted([], []) == {}


@pytest.mark.parametrize("stops", [".", ["."], [".", "a"], [".", 1], ["..", "."]])
def test_what_is_no_mark_is_refused(stops: object) -> None:
    check(FACTS)
    check({})
    with pytest.raises(CheckpointError, match=FACT):
        check({FACT: stops})


def test_the_shipped_network_reads_words_without_a_full_stop() -> None:
    trained = nnlab.load("translate.modern")
    bare, whole = trained.answer(["Good morning", "Good morning."])
    assert bare["translation"] + "." == whole["translation"]
    assert bare["source"] == "Good morning"
    shown = trained.inside("Good morning")
    assert (shown["source"], shown["translation"]) == ("Good morning", bare["translation"])
