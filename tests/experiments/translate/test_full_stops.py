"""Sentences get the full stop that they lack, and translations lose it again."""

from collections.abc import Iterator, Sequence

import pytest

import nnlab
from nnlab.errors import CheckpointError
from nnlab.experiments.contract import Note
from nnlab.experiments.translate.design import Translation, Translator
from nnlab.experiments.translate.full_stops import FACT, FullStops, check, fitted


class Echo(Translator):
    """Gives back what it gets, with a Chinese full stop for a Latin one."""

    attends = False

    def translations(
        self, text: str, *, beam: int, count: int, attention: bool
    ) -> list[Translation]:
        return [Translation(text.replace(".", "。"), -1.0)] * count

    def translate(self, texts: Sequence[str]) -> list[str]:
        return [text.replace(".", "。") for text in texts]

    def notes(self, text: str, count: int) -> Iterator[Note]:
        yield Note(f"{len(text)} characters")


@pytest.mark.parametrize(
    ("given", "came"),
    [
        ("hello", "hello"),
        ("hello ", "hello"),
        ("hello.", "hello。"),
        ("Why?", "Why?"),
        ("(no)", "(no)"),
        ("", ""),
        (" ", " "),
    ],
)
def test_only_a_stop_that_was_added_is_taken_away(given: str, came: str) -> None:
    translator = FullStops(Echo(), ".", "。")
    assert translator.translate([given]) == [came]
    (found,) = translator.translations(given, beam=1, count=1, attention=False)
    assert (found.text, found.score) == (came, -1.0)


def test_a_network_gets_the_stop_and_remarks_are_about_what_was_given() -> None:
    class Strict(Echo):
        def translate(self, texts: Sequence[str]) -> list[str]:
            assert list(texts) == ["hello.", "Why?"]
            return ["你好。", "为什么？"]

    translator = FullStops(Strict(), ".", "。")
    assert translator.translate(["hello", "Why?"]) == ["你好", "为什么？"]
    assert [note.text for note in translator.notes("hello", 1)] == ["5 characters"]


def test_the_usual_ends_are_learned_from_the_training_pairs() -> None:
    sources = ["I am.", "You are.", "Who?"]
    assert fitted(sources, ["Ik。", "Jij。", "Wie？"]) == {FACT: [".", "。"]}
    assert fitted([*sources, "no"], ["Ik.", "Jij.", "Wie?", "nee"]) == {}  # a quarter has none
    assert fitted(sources, ["Ik", "Jij", "Wie?"]) == {}
    assert fitted([], []) == {}


@pytest.mark.parametrize("stops", [".", ["."], [".", "a"], [".", 1], ["..", "."]])
def test_what_is_no_mark_is_refused(stops: object) -> None:
    check({FACT: [".", "。"]})
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
