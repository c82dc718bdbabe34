"""Names, numbers and addresses that a network never saw come through a translation unchanged."""

import pytest

import nnlab
from nnlab.datasets.text.subwords import BLANK, Subwords
from nnlab.experiments.translate.unfamiliar import (
    calmed,
    invented,
    is_kept,
    is_shouted,
    stand_ins,
    swapped,
    unfamiliar,
)
from nnlab.runs.answering import Trained, shipped_checkpoint

WORDS = ["the", "Tom", "Boston", "met", "I", "where", "is", "house", "20", "30"]
SUBWORDS = Subwords(
    {f"{BLANK}{word}": -float(number) for number, word in enumerate(WORDS, start=1)}
    | dict.fromkeys("abcdefghijklmnopqrstuvwxyz", -12.0)
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I met Tom", []),
        ("I met Zbigniew.", ["Zbigniew"]),
        ("I met Ana Kowalska and Priya", ["Ana Kowalska", "Priya"]),
        ("Zbigniew met Tom", []),  # the first word may be any
        ("Zbigniew Kowalski met Tom", ["Zbigniew Kowalski"]),
        ("It is 4711, or 1,000.50!", ["4711", "1,000.50"]),
        ("Call 555-0199 or write to a@b.org.", ["555-0199", "a@b.org"]),
        ("See https://example.org/x?y=1, Tom", ["https://example.org/x?y=1"]),
        ("5 unknownwords", []),
    ],
)
def test_names_numbers_and_addresses_are_found(text: str, expected: list[str]) -> None:
    assert unfamiliar(text, SUBWORDS) == expected


@pytest.mark.parametrize(
    ("text", "translation", "expected"),
    [
        ("I met Zbigniew", "Ik ontmoette Zbigniew", False),
        ("I met Zbigniew", "Ik ontmoette Zwibgne", True),
        ("It is 1,000", "Het is 1.000", False),
        ("It is 4711", "Het is 411", True),
        ("At 10:30", "Om half elf", False),
        ("See a@b.org", "Zie aaborg", True),
    ],
)
def test_what_only_the_translation_has_is_invented(
    text: str, translation: str, expected: bool
) -> None:
    assert invented(text, translation, SUBWORDS) is expected


def test_stand_ins_are_known_and_not_in_the_text() -> None:
    assert list(stand_ins("Where is Tom?", SUBWORDS, number=False)) == ["Boston"]
    assert list(stand_ins("Where is he?", SUBWORDS, number=False)) == ["Tom", "Boston"]
    assert list(stand_ins("He is 20", SUBWORDS, number=True)) == ["30"]


def test_a_stand_in_is_put_in_and_taken_out() -> None:
    text = swapped("Ana's friend and Ana", {"Ana": "Tom"})
    assert text == "Tom's friend and Tom"
    assert is_kept("Tom", text, "Toms vriend en Tom")
    assert swapped("Toms vriend en Tom", {"Tom": "Ana"}) == "Anas vriend en Ana"
    assert not is_kept("Tom", text, "een vriend en Tom")
    assert not is_kept("Tom", "Tom", "tomaat, Tomaten")


def test_several_are_exchanged_at_once() -> None:
    assert swapped("Tom met Boston", {"Tom": "Boston", "Boston": "Tom"}) == "Boston met Tom"
    assert swapped("Ana Lee met Ana", {"Ana": "Tom", "Ana Lee": "Bo"}) == "Bo met Tom"
    assert swapped("nobody", {}) == "nobody"


def test_capitals_become_what_is_likeliest() -> None:
    assert is_shouted("WHERE IS TOM?")
    assert not any(is_shouted(text) for text in ("TOM", "Where IS Tom?", "\u4f60\u597d", ""))
    assert calmed("WHERE IS TOM? I MET THE", SUBWORDS) == "Where is Tom? I met the"


@pytest.fixture(scope="module")
def shipped() -> Trained:
    path = shipped_checkpoint("translate", {"preset": "modern"})
    assert path is not None
    return nnlab.load(path)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("I met Aleksandra Kowalczyk yesterday.", "Aleksandra Kowalczyk"),
        ("She paid 4711 euros.", "4711"),
        ("Please open https://example.com/x.", "https://example.com/x"),
        ("I am cold. My name is Tom.", "Tom"),
    ],
)
def test_the_shipped_network_keeps_what_it_never_saw(
    shipped: Trained, text: str, kept: str
) -> None:
    (answer,) = shipped.answer([text])
    assert kept in answer["translation"]


def test_the_shipped_network_reads_capitals_and_sentences_one_by_one(shipped: Trained) -> None:
    texts = ["I AM COLD. HELP ME!", "I am cold. Help me!", "I am cold.", "Help me!"]
    shouted, both, first, second = (one["translation"] for one in shipped.answer(texts))
    assert both == f"{first} {second}"
    assert shouted == both.upper()
