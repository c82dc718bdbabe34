"""Subwords: any text can be written, and is cut as SentencePiece cuts it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.datasets.samples.phrases import phrase_pairs
from nnlab.datasets.text.subwords import (
    BYTES,
    FIRST,
    Subwords,
    are_subwords,
    as_codes,
    learn_subwords,
)
from nnlab.errors import DataError


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [text for pair in phrase_pairs() for text in pair]


@pytest.fixture(scope="module")
def subwords(texts: list[str]) -> Subwords:
    return learn_subwords(texts, 400)


def test_frequent_words_are_one_piece(subwords: Subwords) -> None:
    assert len(subwords) <= 400
    (number,) = subwords.encode("water")
    assert number >= FIRST
    assert subwords.text_of(number) == "\u2581water"


def test_the_same_texts_give_the_same_pieces(subwords: Subwords, texts: list[str]) -> None:
    assert learn_subwords(texts, 400).pieces == subwords.pieces


@settings(max_examples=200)
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\u2581\0")))
def test_any_text_comes_back(subwords: Subwords, text: str) -> None:
    words = " ".join(text.strip(" ").split(" "))
    while "  " in words:
        words = words.replace("  ", " ")
    assert subwords.decode(subwords.encode(text)) == words


@settings(max_examples=200)
@given(
    text=st.lists(st.sampled_from([*"Ik eet water.", "Tom", "é", "Ж", "日本", " "])).map("".join)
)
def test_a_text_is_cut_as_by_sentencepiece(subwords: Subwords, text: str) -> None:
    assert subwords.encode(text) == subwords._processor().encode(text)


def test_what_no_piece_covers_is_written_as_bytes(subwords: Subwords) -> None:
    codes = subwords.encode("Ж")
    assert codes[-2:] == [BYTES + byte for byte in "Ж".encode()]
    assert subwords.text_of(codes[-1]) == "<0x96>"
    assert subwords.is_unknown("Ж")
    assert not subwords.is_unknown("e")


def test_broken_bytes_do_no_harm(subwords: Subwords) -> None:
    assert subwords.decode([BYTES + 0xD0, *subwords.encode("water")]) == "\ufffd water"


def test_words_are_cut_in_other_ways_too(subwords: Subwords, texts: list[str]) -> None:
    cut = subwords.sampled(texts[:200], 0.8, seed=1)
    assert cut != [subwords.encode(text) for text in texts[:200]]
    assert [subwords.decode(row) for row in cut] == texts[:200]
    assert cut == subwords.sampled(texts[:200], 0.8, seed=1)


def test_rows_are_padded() -> None:
    codes = as_codes([[5, 6], [], [7]])
    assert codes.dtype == np.uint16
    assert codes.tolist() == [[5, 6], [0, 0], [7, 0]]


def test_nothing_to_learn_from() -> None:
    with pytest.raises(DataError, match="cannot learn subwords"):
        learn_subwords([], 400)


@pytest.mark.parametrize(
    "value",
    [None, [], {}, {"": 0.0}, {"a": "x"}, {"a": float("nan")}, {"a" * 17: 0.0}, {1: 0.0}],
)
def test_facts_that_are_no_subwords(value: object) -> None:
    assert not are_subwords(value)


def test_subwords_are_subwords(subwords: Subwords) -> None:
    assert are_subwords(dict(subwords.pieces))
