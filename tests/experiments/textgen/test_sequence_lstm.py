"""The network that predicts every character: its windows, its reading, and the mixture in it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnlab
from nnlab.datasets.store import Store
from nnlab.errors import CheckpointError, DataError, UsageError
from nnlab.experiments.contract import Data
from nnlab.experiments.textgen import EXPERIMENT as TEXTGEN
from nnlab.experiments.textgen import mixture
from nnlab.experiments.textgen.config import TextgenConfig
from nnlab.experiments.textgen.likelihood import HEADLINE, NETWORK
from nnlab.experiments.textgen.sequence_lstm import WITHOUT_NGRAMS, SequenceLSTM
from nnlab.inference import Network
from nnlab.runs.answering import Trained
from nnlab.runs.evaluation import evaluate
from tests.experiments.textgen.networks import altered, random_network, write_untrained
from tests.experiments.textgen.texts import prose, write_corpus

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
    reader = DESIGN.readers(trained.network, trained.header.facts, "carried")()
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


def test_training_shifts_windows_within_the_training_part(corpus: str) -> None:
    config = configured(corpus=corpus, units=6, seq_len=20, step=14)
    data = TEXTGEN.load(config, Store(offline=True), lambda _: None)
    examples = TEXTGEN.examples(config, data)
    places = {"text": np.arange(len(data.arrays["text"]))}
    rows = np.full(500, examples.training[-1], np.int32)
    inputs, told, _ = examples.batch(places, rows, np.array([3, 4], np.int32))
    shifts = np.array(inputs)[:, 0] - rows
    assert set(shifts.tolist()) == set(range(14))
    assert np.array(told).max() < data.arrays["bounds"][0]


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
    other = tmp_path / "other.txt"
    other.write_text(prose(3000, seed=1))
    metrics = evaluate(mixing, {"corpus": str(other)}, Store(offline=True), lambda _: None)
    assert metrics.scores[HEADLINE] < metrics.scores[NETWORK]
    assert list(metrics.baselines) == ["uniform"]


def test_writing_uses_the_counts(trained: Trained, mixing: Trained) -> None:
    query: dict[str, Any] = {"length": 60, "temperature": 0.0}
    (alone,), (both,) = (one.answer(["tom "], **query) for one in (trained, mixing))
    assert alone["text"] != both["text"]


def test_without_ngrams_the_network_answers_alone(trained: Trained, corpus: str) -> None:
    config = configured(corpus=corpus, units=6, seq_len=20, ngrams=0)
    facts = trained.header.facts
    assert DESIGN.fitted_facts(trained.network, facts, load(corpus), config) == {}


def test_it_has_no_window(trained: Trained) -> None:
    with pytest.raises(UsageError, match="leave out --context"):
        trained.answer(["tom"], context="window")


@pytest.mark.parametrize(
    ("facts", "match"),
    [
        ({"reads": "windows"}, "expected a network from windows"),
        ({"ngrams": {"share": 0.5}}, "expected counts of n-grams"),
    ],
)
def test_facts_of_other_networks_are_refused(
    checkpoint: Path, tmp_path: Path, facts: dict[str, Any], match: str
) -> None:
    with pytest.raises(CheckpointError, match=match):
        nnlab.load(altered(checkpoint, tmp_path / "other.h5", **facts))


def sequence_network(rows: int, characters: int, causal: bool = False) -> Network:
    """Return a network of the right form, of other sizes or with attention."""
    import keras
    from keras import layers

    text = keras.Input((None,), name="text")
    x = layers.Embedding(rows, 4, name="characters")(text)
    if causal:
        x = layers.MultiHeadAttention(1, 2, name="memory")(x, x, use_causal_mask=True)
    else:
        x = layers.LSTM(3, return_sequences=True, name="memory")(x)
    y = layers.Dense(characters, activation="softmax", name="probabilities")(x)
    return random_network(keras.Model(text, y))


@pytest.mark.parametrize(
    ("network", "match"),
    [
        ((4, 5, False), "to 4 different characters"),
        ((3, 4, False), "embedding of 4 characters"),
        ((4, 4, True), "looks at earlier steps"),
    ],
)
def test_networks_of_another_form_are_refused(network: tuple[int, int, bool], match: str) -> None:
    facts = {"characters": list("abcd")}
    DESIGN.check_facts(facts, sequence_network(4, 4))
    with pytest.raises(CheckpointError, match=match):
        DESIGN.check_facts(facts, sequence_network(*network))


@pytest.mark.parametrize("characters", [130, 400, 500])
def test_a_text_too_short_for_its_windows_is_refused(tmp_path: Path, characters: int) -> None:
    path = tmp_path / "short.txt"
    path.write_text(prose(characters, seed=1)[:characters])
    with pytest.raises(DataError, match="use a longer text or a smaller --seq-len"):
        TEXTGEN.load(configured(corpus=str(path)), Store(offline=True), lambda _: None)


def test_limits_speak_of_ngrams_only_where_there_are_some(
    trained: Trained, mixing: Trained
) -> None:
    alone, both = (TEXTGEN.limits(one.header.facts) for one in (trained, mixing))
    assert set(both) - set(alone) == {WITHOUT_NGRAMS}


def test_counts_that_would_not_fit_are_those_of_the_last_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    codes = np.random.default_rng(0).integers(0, 5, 4000)
    whole = mixture.packed(codes, 5, 6, 0.5)
    monkeypatch.setattr(mixture, "MOST_BYTES", len(whole["data"]) - 1)
    assert mixture.packed(codes, 5, 6, 0.5) == mixture.packed(codes[2000:], 5, 6, 0.5)


def test_the_preset_leaves_out_what_another_model_lacks() -> None:
    assert configured(model="window").ngrams == configured(preset="report").ngrams
    with pytest.raises(UsageError, match="--ngrams needs --model sequence"):
        configured(model="window", ngrams=3)
