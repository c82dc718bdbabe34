"""The network that predicts every character: its windows, its reading, and the mixture in it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnlab
from nnlab.datasets.store import Store
from nnlab.errors import CheckpointError, UsageError
from nnlab.experiments.contract import Data
from nnlab.experiments.textgen import EXPERIMENT as TEXTGEN
from nnlab.experiments.textgen import mixture
from nnlab.experiments.textgen.config import TextgenConfig
from nnlab.experiments.textgen.likelihood import HEADLINE, NETWORK
from nnlab.experiments.textgen.sequence_lstm import SequenceLSTM
from nnlab.runs.answering import Trained
from nnlab.runs.evaluation import evaluate
from tests.experiments.textgen.networks import altered, write_untrained
from tests.experiments.textgen.texts import write_corpus

DESIGN = SequenceLSTM()


def configured(**given: object) -> TextgenConfig:
    return TEXTGEN.configure({"preset": "modern", **given}, "test")


def told_places(starts: np.ndarray, config: TextgenConfig) -> np.ndarray:
    """Return the places of the characters that windows tell and are weighed for."""
    overlap = max(0, config.seq_len - config.step)
    return np.sort(
        np.concatenate([start + 1 + np.arange(overlap, config.seq_len) for start in starts])
    )


@given(st.integers(1, 40), st.integers(1, 60), st.integers(100, 900))
def test_no_window_reaches_into_a_later_part(seq_len: int, step: int, first: int) -> None:
    config = configured(seq_len=seq_len, step=step)
    bounds = [first, first + 200]
    starts = DESIGN.starts(config, bounds)
    assert starts["training"][-1] + seq_len < bounds[0]
    assert starts["validation"].min() >= 0
    if len(starts["validation"]) > 1:
        assert starts["validation"][-1] + seq_len < bounds[1]
    assert told_places(starts["validation"], config)[0] >= first


def test_each_held_out_character_is_told_once() -> None:
    config = configured(seq_len=20, step=14)
    told = told_places(DESIGN.starts(config, [500, 800])["validation"], config)
    np.testing.assert_array_equal(told, np.arange(500, 500 + len(told)))
    assert 800 - 14 < told[-1] + 1 <= 800


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def checkpoint(corpus: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sequence") / "t.h5"
    return write_untrained(path, "textgen", preset="modern", corpus=corpus, units=6, seq_len=20)


@pytest.fixture(scope="module")
def trained(checkpoint: Path) -> Trained:
    return nnlab.load(checkpoint)


@pytest.fixture(scope="module")
def mixing(checkpoint: Path, trained: Trained, corpus: str) -> Trained:
    """The same network with counts of n-grams."""
    data = load(corpus)
    fitted = DESIGN.fitted_facts(trained.network, trained.header.facts, data, trained.config())
    return nnlab.load(altered(checkpoint, checkpoint.parent / "mixing.h5", **fitted))


def load(corpus: str) -> Data:
    config = configured(corpus=corpus, units=6, seq_len=20)
    return TEXTGEN.load(config, Store(offline=True), lambda _: None)


def test_reading_gives_what_the_whole_network_gives(trained: Trained) -> None:
    codes = np.random.default_rng(1).integers(0, len(trained.header.facts["characters"]), 30)
    whole = trained.network.resized((30,))(codes[None])[0]
    reader = DESIGN.reader(trained.network, trained.header.facts, "carried")
    for place, code in enumerate(codes.tolist()):
        np.testing.assert_allclose(reader.read(code), whole[place], atol=1e-6)


def test_a_batch_weighs_what_no_window_before_has_told(corpus: str) -> None:
    config = configured(corpus=corpus, units=6, seq_len=20, step=14)
    data = TEXTGEN.load(config, Store(offline=True), lambda _: None)
    examples = TEXTGEN.examples(config, data)
    text = data.arrays["text"]
    rows = np.array([0, int(examples.training[-1])], np.int32)
    inputs, told, weights = (np.array(one) for one in examples.batch(examples.arrays, rows, None))
    np.testing.assert_array_equal(weights, [[0.0] * 6 + [1.0] * 14] * 2)
    for row, start in enumerate(rows):
        np.testing.assert_array_equal(inputs[row], text[start : start + 20])
        np.testing.assert_array_equal(told[row], text[start + 1 : start + 21])
    later, _, _ = examples.batch(examples.arrays, rows, np.array([3, 4], np.int32))
    assert np.array(later)[1].tolist() == text[int(data.arrays["bounds"][0]) - 21 :][:20].tolist()


def test_the_share_is_fitted_before_the_test_set(trained: Trained, corpus: str) -> None:
    data = load(corpus)
    end = int(data.arrays["bounds"][1])
    other = data.arrays["text"].copy()
    other[end:] = 0
    unlike = Data({**data.arrays, "text": other}, data.facts, data.source)
    config, facts = trained.config(), trained.header.facts
    one, two = (DESIGN.fitted_facts(trained.network, facts, d, config) for d in (data, unlike))
    assert one == two
    known, share = mixture.unpacked(one["ngrams"], len(facts["characters"]))
    assert 0.9 < share <= 1  # the network has learned nothing
    assert known.order == 6


def test_what_was_fitted_is_kept_when_it_is_scored_again(mixing: Trained, corpus: str) -> None:
    scores = TEXTGEN.score(mixing.model, load(corpus))
    assert not scores.facts
    assert scores.scores[HEADLINE] < scores.scores[NETWORK]


def test_evaluating_on_another_text_mixes_too(mixing: Trained, tmp_path: Path) -> None:
    other = write_corpus(tmp_path)
    metrics = evaluate(mixing, {"corpus": other}, Store(offline=True), lambda _: None)
    assert metrics.scores[HEADLINE] < metrics.scores[NETWORK]


def test_writing_uses_the_counts(trained: Trained, mixing: Trained) -> None:
    query: dict[str, Any] = {"length": 60, "temperature": 0.0}
    (alone,), (both,) = (one.answer(["tom "], **query) for one in (trained, mixing))
    assert alone["text"] != both["text"]


def test_without_ngrams_the_network_answers_alone(trained: Trained, corpus: str) -> None:
    config = configured(corpus=corpus, units=6, seq_len=20, ngrams=0)
    facts = trained.header.facts
    assert DESIGN.fitted_facts(trained.network, facts, load(corpus), config) == {}


def test_it_has_no_window(trained: Trained) -> None:
    with pytest.raises(UsageError, match="leave --context out"):
        trained.answer(["tom"], context="window")


@pytest.mark.parametrize(
    "facts",
    [{"characters": ["a", "b"]}, {"reads": "windows"}, {"ngrams": {"share": 0.5}}],
)
def test_facts_of_other_networks_are_refused(
    checkpoint: Path, tmp_path: Path, facts: dict[str, Any]
) -> None:
    with pytest.raises(CheckpointError):
        nnlab.load(altered(checkpoint, tmp_path / "other.h5", **facts))
