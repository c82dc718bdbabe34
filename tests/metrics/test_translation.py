import logging
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from nnlab import metrics

HYPOTHESES = ["de kat zit op de mat", "ik ga naar huis", "hallo", "dat is een hond die blaft"]
REFERENCES = [
    ["de kat zat op de mat", "op de mat zit de kat"],
    ["ik ga nu naar huis"],
    ["hoi", "hallo", "dag"],
    ["dat is een hond", "die hond daar blaft hard"],
]
sentence = st.text("ab é", max_size=12)
pairs = st.lists(st.tuples(sentence, st.lists(sentence, min_size=1, max_size=3)), min_size=1)


def test_sentences_may_have_different_numbers_of_references() -> None:
    # repeating a reference changes nothing, so it may fill the gaps
    filled = [(known * 3)[:3] for known in REFERENCES]
    streams = [list(stream) for stream in zip(*filled, strict=True)]
    chrf = CHRF().corpus_score(HYPOTHESES, streams).score
    bleu = BLEU().corpus_score(HYPOTHESES, streams).score
    assert metrics.chrf(HYPOTHESES, REFERENCES) == pytest.approx(chrf, abs=1e-9)
    assert metrics.bleu(HYPOTHESES, REFERENCES) == pytest.approx(bleu, abs=1e-9)
    assert metrics.chrf(HYPOTHESES, [known[:1] for known in REFERENCES]) < chrf - 1


def test_an_empty_reference_counts_and_a_sentence_with_one_reference_may_come_first() -> None:
    assert metrics.chrf(["a b c", ""], [["a b c"], ["", "x"]]) == pytest.approx(100)
    assert metrics.bleu(["een twee drie vier"] * 2, [["een twee drie vier"]] * 2) == pytest.approx(
        100
    )


def test_chrf_by_hand() -> None:
    # ab against abc: precision 1, 1; recall 2/3, 1/2; length 3 is not in the hypothesis
    recall = (2 / 3 + 1 / 2) / 2
    expected = 100 * 5 * recall / (4 + recall)
    assert metrics.chrf(["ab"], [["abc"]]) == pytest.approx(expected)
    assert metrics.sentence_chrf(["a b", "z"], [["abc"], ["abc"]]) == pytest.approx([expected, 0])


@settings(max_examples=150)
@given(pairs)
def test_the_chrf_of_sentences_matches_sacrebleu(rows: list[tuple[str, list[str]]]) -> None:
    texts, known = [row[0] for row in rows], [row[1] for row in rows]
    expected = [CHRF().sentence_score(text, refs).score for text, refs in rows]
    assert metrics.sentence_chrf(texts, known) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "unmarked"),
    [
        ("telnet のクライアント", True),
        ("我很冷。", True),
        ("ผมหนาว", True),
        ("Ik heb het koud.", False),
        ("Мне холодно", False),
        ("나는 추워요", False),
        ("... 123", False),
    ],
)
def test_bleu_counts_characters_where_words_are_not_marked(text: str, unmarked: bool) -> None:
    assert metrics.are_words_unmarked([[text]]) == unmarked
    nearly = [f"{text[:-1]}x"]
    tokens = "char" if unmarked else "13a"
    expected = BLEU(tokenize=tokens, force=True).corpus_score(nearly, [[text]]).score
    assert metrics.bleu(nearly, [[text]]) == pytest.approx(expected)


def test_exact_match_needs_equality_with_one_reference() -> None:
    assert metrics.exact_match(HYPOTHESES, REFERENCES) == 1 / 4
    assert metrics.exact_match(["hallo ", "Hoi"], [["hallo"], ["hoi"]]) == 0


def test_the_interval_contains_the_score_and_narrows_with_more_sentences() -> None:
    rng = np.random.default_rng(0)
    places = rng.integers(4, size=400)
    texts, known = [HYPOTHESES[i] for i in places], [REFERENCES[i] for i in places]
    few, many = (metrics.chrf_interval(texts[:n], known[:n]) for n in (25, 400))
    assert many.low < metrics.chrf(texts, known) < many.high
    # the spread falls with the square root of the number of sentences
    assert 0.15 < (many.high - many.low) / (few.high - few.low) < 0.4
    assert metrics.chrf_interval(texts, known) == many
    alike = metrics.chrf_interval(["ab"] * 5, [["abc"]] * 5)
    assert alike.low == pytest.approx(alike.high) == pytest.approx(metrics.chrf(["ab"], [["abc"]]))


def test_the_interval_is_as_wide_as_in_sacrebleu() -> None:
    rng = np.random.default_rng(1)
    places = rng.integers(4, size=120)
    texts, known = [HYPOTHESES[i] for i in places], [REFERENCES[i][:1] for i in places]
    score = CHRF().corpus_score(texts, [[refs[0] for refs in known]], n_bootstrap=1000)
    interval = metrics.chrf_interval(texts, known)
    assert (interval.high - interval.low) / 2 == pytest.approx(score._ci, rel=0.15)


def test_tokenized_sentences_cause_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        metrics.bleu(["dat is zo ."] * 150, [["dat is zo ."]] * 150)
        metrics.chrf(["dat is zo ."] * 150, [["dat is zo ."]] * 150)
    assert not caplog.records


@pytest.mark.parametrize(
    "score",
    [
        metrics.chrf,
        metrics.bleu,
        metrics.exact_match,
        metrics.sentence_chrf,
        metrics.chrf_interval,
    ],
)
def test_a_missing_reference_is_refused(
    score: Callable[[Sequence[str], Sequence[Sequence[str]]], object],
) -> None:
    with pytest.raises(ValueError, match="got 0 hypotheses and 0 lists"):
        score([], [])
    with pytest.raises(ValueError, match="got 2 hypotheses and 1 lists"):
        score(["a", "b"], [["a"]])
    for bad in ([["a"], []], ["a", "b"]):
        with pytest.raises(ValueError, match="at least one reference"):
            score(["a", "b"], bad)
