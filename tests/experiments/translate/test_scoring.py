"""Scores of hand-made translators."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from nnlab.datasets.store.provenance import Source
from nnlab.experiments.contract import Data, Evidence
from nnlab.experiments.translate import figures, scoring, tables
from tests.made_metrics import metrics_of

SOURCES = [f"we saw {n} red houses there" for n in range(40)] + ["we saw 39 red houses there"]
TARGETS = [f"wij zagen daar {n} rode huizen" for n in range(40)] + ["daar waren 39 rode huizen"]
ARRAYS = {
    "sources": np.array(SOURCES),
    "targets": np.array(TARGETS),
    "training": np.arange(30),
    "validation": np.arange(30, 35),
    "test": np.arange(35, 41),
}
MADE = Data(ARRAYS, {}, Source("made", "0" * 64, False, ()))
WORDS = dict(zip(SOURCES, TARGETS, strict=True))


class Translator:
    """Looks sentences up, and remembers which were asked for."""

    def __init__(self, known: Mapping[str, str] = WORDS) -> None:
        self.known = known
        self.asked: list[list[str]] = []

    def __call__(self, sentences: Sequence[str]) -> list[str]:
        self.asked.append(list(sentences))
        return [self.known.get(sentence, "") for sentence in sentences]


def test_a_perfect_translator_gets_everything() -> None:
    scores = scoring.score(Translator(), MADE).scores
    for start in ("", "seen_"):
        assert scores[f"{start}chrf"] == pytest.approx(100)
        assert scores[f"{start}bleu"] == pytest.approx(100)
        assert scores[f"{start}exact_match"] == 1


def test_few_sentences_have_no_interval() -> None:
    few = scoring.score(Translator(), MADE)
    assert few.details.chrf_interval is None
    assert "interval" not in tables.tables(metrics_of(few))[0].note
    more = Data({**ARRAYS, "test": np.arange(30, 41)}, {}, MADE.source)
    many = scoring.score(Translator(), more)
    assert many.details.chrf_interval is not None
    assert "interval" in tables.tables(metrics_of(many))[0].note


def test_any_reference_of_a_sentence_is_right() -> None:
    other = Translator({**WORDS, SOURCES[-1]: TARGETS[39]})
    assert scoring.score(other, MADE).scores["exact_match"] == 1
    score = scoring.score(Translator({**WORDS, SOURCES[35]: "niets"}), MADE)
    assert score.scores["exact_match"] == pytest.approx(4 / 5)
    assert score.scores["seen_exact_match"] == 1


def test_seen_sentences_are_of_the_training_part_short_and_long() -> None:
    translator = Translator()
    score = scoring.score(translator, MADE)
    unseen, seen = sorted(translator.asked, key=lambda asked: SOURCES[0] in asked)
    assert unseen == SOURCES[35:40]
    assert set(seen) <= set(SOURCES[:30])
    assert seen[0] == SOURCES[0]
    assert seen[-1] == SOURCES[29]
    assert len(seen) == score.details.seen_sentences == 5
    assert score.details.test_sentences == 5


def test_a_translator_that_learned_by_heart_shows() -> None:
    heart = Translator({source: WORDS[source] for source in SOURCES[:30]})
    score = scoring.score(heart, MADE)
    assert score.scores["seen_exact_match"] == 1
    assert score.scores["exact_match"] == score.scores["chrf"] == 0
    assert score.baselines["nearest training sentence"]["chrf"] > 50
    assert score.baselines["copying the source"]["exact_match"] == 0


def test_without_a_training_part_nothing_is_said_to_be_seen() -> None:
    arrays = {name: array for name, array in ARRAYS.items() if name != "training"}
    score = scoring.score(Translator(), Data(arrays, {}, MADE.source))
    assert set(score.scores) == {"chrf", "bleu", "exact_match"}
    assert list(score.baselines) == ["copying the source"]
    table, _ = tables.tables(metrics_of(score))
    assert [row[0] for row in table.rows] == ["this network", "copying the source"]


def test_tables_and_figures() -> None:
    score = scoring.score(Translator(), MADE)
    overall, examples = tables.tables(metrics_of(score))
    assert overall.rows[0] == ("this network", "100.0", "100.0", "100.0 %")
    assert overall.rows[-1][0] == "this network, sentences it was trained on"
    assert [row[0] for row in examples.rows] == SOURCES[35:40]
    assert score.evidence["source_length"].tolist() == [len(text) for text in SOURCES[35:40]]
    drawn = figures.draw(Evidence(metrics_of(score), score.evidence, "made"))
    assert list(drawn) == ["length"]
