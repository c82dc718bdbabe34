"""Names, numbers and addresses that a network never saw are found, and exchanged for others."""

import pytest

import nnlab
from nnlab.datasets.text.subwords import BLANK, Subwords
from nnlab.experiments.translate.design import Translation
from nnlab.experiments.translate.subword_translator import SubwordTranslator
from nnlab.experiments.translate.unfamiliar import (
    invented,
    is_kept,
    put_back,
    put_in,
    stand_ins,
    unfamiliar,
)
from nnlab.runs.answering import Trained
from nnlab.runs.choosing import shipped_checkpoint

WORDS = ["the", "Tom", "Boston", "met", "I", "where", "is", "house", "20", "30"]
SUBWORDS = Subwords(
    {f"{BLANK}{word}": -float(number) for number, word in enumerate(WORDS, start=1)}
    | dict.fromkeys("abcdefghijklmnopqrstuvwxyz", -12.0)
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("I met Tom", []),
        ("I met Zbigniew.", ["Zbigniew"]),
        ("I met Ana Kowalska and Priya", ["Ana Kowalska", "Priya"]),
        ("Zbigniew met Tom", []),  # the first word may be any
        ("Zbigniew Kowalski met Tom", ["Zbigniew Kowalski"]),
        ("It is 4711, or 1,000.50!", ["4711", "1,000.50"]),
        ("Call 555-0199 or write to <a@b.org>.", ["555-0199", "a@b.org"]),
        ("See https://example.org/x?y=1, Tom", ["https://example.org/x?y=1"]),
        ("The A380 is a B2B of COVID-19 on the 19th", ["A380", "B2B", "COVID-19", "19th"]),
        ("5 unknownwords, \u00bd m\u00b2", []),
        ("@", []),
    ],
)
def test_names_numbers_and_addresses_are_found(text: str, expected: list[str]) -> None:
    assert [unit.text for unit in unfamiliar(text, SUBWORDS)] == expected


@pytest.mark.parametrize(
    ("text", "found"), [("@" * 1000, 0), ("://" * 333, 0), ("1," * 500, 1), ("1, " * 333, 0)]
)
def test_odd_texts_are_not_addresses(text: str, found: int) -> None:
    assert len(unfamiliar(text, SUBWORDS)) == found


@pytest.mark.parametrize(
    ("text", "translation", "expected"),
    [
        ("I met Zbigniew", "Ik ontmoette Zbigniew", False),
        ("I met Zbigniew", "Ik ontmoette Zwibgne", True),
        ("It is 1,000", "Het is 1.000", False),
        ("It is 3.5", "Het is 3,5", False),
        ("It is 3.5", "Het is 35", True),
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


def test_a_stand_in_is_put_in_and_back() -> None:
    chosen = {"Ana": "Tom"}
    text = put_in("Ana's friend, Anand and Ana", chosen)
    assert text == "Tom's friend, Anand and Tom"
    assert is_kept("Tom", text, "Toms vriend, Anand en Tom")
    assert put_back("Toms vriend, Anand en Tom", chosen) == "Anas vriend, Anand en Ana"
    assert not is_kept("Tom", text, "een vriend, Anand en Tom")
    assert not is_kept("Tom", text, "tomaat, Tomaten")
    assert not is_kept("Tom", "nobody", "niemand")


def test_a_number_is_no_part_of_another() -> None:
    assert is_kept("10", "10 cats", "10 katten")
    assert not is_kept("10", "10 cats", "100 katten")
    assert not is_kept("10", "10 cats", "3.10 katten")
    assert put_in("411 of 4711 and 1,411", {"411": "20"}) == "20 of 4711 and 1,411"


def test_several_are_exchanged_at_once() -> None:
    assert put_in("Tom met Boston", {"Tom": "Boston", "Boston": "Tom"}) == "Boston met Tom"
    assert put_in("Ana Lee met Ana", {"Ana": "Tom", "Ana Lee": "Bo"}) == "Bo met Tom"
    assert put_in("nobody", {}) == "nobody"


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
        ("Please open https://en.wikipedia.org/wiki/Artificial_neural_network now.",
         "https://en.wikipedia.org/wiki/Artificial_neural_network"),
    ],
)  # fmt: skip
def test_the_shipped_network_keeps_what_it_never_saw(
    shipped: Trained, text: str, kept: str
) -> None:
    (answer,) = shipped.answer([text])
    assert kept in answer["translation"]


def test_every_one_of_several_translations_has_what_is_kept(shipped: Trained) -> None:
    answers = shipped.answer(["I met Aleksandra Kowalczyk yesterday."], best=3)
    translations = [one["translation"] for one in answers]
    assert 1 <= len(translations) <= 3
    assert len(set(translations)) == len(translations)
    assert all("Aleksandra Kowalczyk" in one for one in translations)


def test_what_nothing_can_stand_in_for_is_translated_as_it_is(shipped: Trained) -> None:
    numbers = " and ".join(str(number) for number in range(4711, 4731))
    (answer,) = shipped.answer([f"I paid {numbers} to Tom."], attention=True)
    assert answer["translation"]
    read = "".join(piece for part in answer["parts"] for piece in part["source_pieces"])
    assert "4711" in read
    assert read.replace("\u2581", " ").endswith(" to Tom.<end>")


def test_the_shipped_network_reads_capitals_and_sentences_one_by_one(shipped: Trained) -> None:
    texts = ["I AM COLD. HELP!", "I am cold. Help!", "I am cold.", "Help!", "A B"]
    shouted, both, first, second, _ = (one["translation"] for one in shipped.answer(texts))
    assert both == f"{first} {second}"
    assert shouted == both.upper()


def test_attention_shows_what_the_network_saw(shipped: Trained) -> None:
    (answer,) = shipped.answer(["I AM COLD."], attention=True)
    assert answer["translation"].isupper()
    assert "".join(answer["source_pieces"]).replace("\u2581", " ").startswith(" I am cold")


def test_a_text_without_unfamiliar_names_is_translated_once(
    shipped: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the network makes of it: there is nothing to put stand-ins for."""
    calls = []

    def at_once(self: SubwordTranslator, source: str, *_: object) -> list[Translation]:
        calls.append(source)
        return [Translation("De Zbigniewowa slaapt.", 0.0)]

    monkeypatch.setattr(SubwordTranslator, "at_once", at_once)
    assert shipped.answer(["The dog sleeps."])[0]["translation"] == "De Zbigniewowa slaapt."
    assert calls == ["The dog sleeps."]
