"""Bits per character of networks whose probabilities are known, and tables."""

import numpy as np
import pytest

from nnlab.datasets.store.provenance import Source
from nnlab.experiments.contract import Data, Evidence, Scores
from nnlab.experiments.textgen import figures, scoring, tables, window_lstm
from nnlab.experiments.textgen.characters import WindowReader
from nnlab.experiments.textgen.kneser_ney import KneserNey
from nnlab.experiments.textgen.likelihood import CARRIED, HEADLINE, bits_of
from nnlab.experiments.textgen.scoring import TextgenDetails
from nnlab.experiments.textgen.window_lstm import WindowLSTM
from nnlab.inference import Network
from tests.experiments.textgen.networks import character_network, constant_network
from tests.made_metrics import metrics_of

PROBABILITIES = [0.5, 0.25, 0.125, 0.125]
COST = np.array([1, 2, 3, 3])  # bits of each character
FACTS = {"characters": list("abc\n")}
CODES = np.random.default_rng(0).integers(0, 4, 3000).astype(np.uint8)


def data(codes: np.ndarray = CODES, bounds: tuple[int, int] = (2400, 2700)) -> Data:
    arrays = {"text": codes, "bounds": np.array(bounds)}
    if bounds[0]:
        arrays["training"] = np.arange(bounds[0])
    return Data(arrays, FACTS, Source("made", "0" * 64, False, ()))


def scored(network: Network, data: Data) -> Scores[TextgenDetails]:
    return scoring.score(WindowLSTM(), network, FACTS, data, seed=1)


def bits(network: Network, first: int, count: int, codes: np.ndarray = CODES) -> dict[str, float]:
    told = WindowLSTM().likelihoods(network, FACTS, codes, first, count)
    return {name: bits_of(probabilities).mean() for name, probabilities in told.items()}


def test_known_probabilities_cost_their_bits() -> None:
    network = constant_network(5, PROBABILITIES)
    expected = COST[CODES[100:160]].mean()
    assert bits(network, 100, 60) == pytest.approx(
        {HEADLINE: expected, CARRIED: expected}, rel=1e-5
    )


def test_every_character_is_told_after_its_own_window(monkeypatch: pytest.MonkeyPatch) -> None:
    network = character_network(5, 4)
    one_hot = np.eye(4, dtype=np.float32)
    told = [network(one_hot[CODES[None, at - 5 : at]])[0, CODES[at]] for at in range(50, 90)]
    expected = -np.log2(np.array(told, np.float64)).mean()
    assert bits(network, 50, 40)[HEADLINE] == pytest.approx(expected, rel=1e-5)
    monkeypatch.setattr(window_lstm, "WINDOWS_AT_ONCE_ELEMENTS", 7 * 5 * 4)
    assert bits(network, 50, 40)[HEADLINE] == pytest.approx(expected, rel=1e-5)


def test_carried_is_the_state_of_all_that_was_read() -> None:
    network, whole = character_network(5, 4), character_network(60, 4)
    one_hot = np.eye(4, dtype=np.float32)
    expected = -np.log2(float(whole(one_hot[CODES[None, :60]])[0, CODES[60]]))
    reader = WindowReader(network, "carried")
    came = bits_of(reader.likelihoods(CODES[:60], CODES[60:61])).mean()
    assert came == pytest.approx(expected, rel=1e-4)


def test_a_probability_of_zero_costs_no_more_than_in_keras() -> None:
    network = constant_network(5, [1 - 3e-30, 1e-30, 1e-30, 1e-30])
    codes = np.ones(10, np.uint8)
    assert bits(network, 5, 5, codes)[HEADLINE] == pytest.approx(-np.log2(1e-7), rel=1e-4)


def test_scores_stand_beside_those_of_counting() -> None:
    score = scored(constant_network(5, PROBABILITIES), data())
    expected = COST[CODES[2700:]].mean()
    assert score.scores["bits_per_character"] == pytest.approx(expected, rel=1e-5)
    assert score.scores["bits_per_character_carried"] == pytest.approx(expected, rel=1e-5)
    assert score.baselines["uniform"] == {"bits_per_character": 2.0}
    ngram = KneserNey.fit(CODES[:2700], 4)
    counted = score.baselines[f"Kneser-Ney, order {ngram.order}"]["bits_per_character"]
    assert counted == ngram.bits_per_character(CODES[2700:], CODES[:2700])
    assert score.details.test_characters == 300
    assert score.details.sample_characters == 300  # as many as there are to compare with


def test_a_network_that_copies_is_found_out() -> None:
    score = scored(constant_network(5, [1 - 3e-6, 1e-6, 1e-6, 1e-6]), data(0 * CODES))
    assert score.scores["copied_share"] > 0.99
    random = scored(constant_network(5, PROBABILITIES), data())
    assert random.scores["copied_share"] < 0.01
    assert 3 <= random.scores["longest_copied_run"] < 20


def test_only_the_first_characters_of_a_long_test_part_are_scored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scoring, "MOST_SCORED", 20)
    score = scored(constant_network(5, PROBABILITIES), data())
    expected = COST[CODES[2700:2720]].mean()
    assert score.scores["bits_per_character"] == pytest.approx(expected, rel=1e-5)


def test_of_a_text_that_is_all_for_testing_nothing_is_said_to_be_copied() -> None:
    score = scored(constant_network(5, PROBABILITIES), data(bounds=(0, 5)))
    assert list(score.baselines) == ["uniform"]
    assert score.details.test_characters == 2995
    titles = [table.title for table in tables.tables(metrics_of(score))]
    assert len(titles) == 2
    assert not any("copied" in title for title in titles)


def test_tables_and_figures_name_every_model() -> None:
    score = scored(constant_network(5, PROBABILITIES), data())
    bits, copied, sample = tables.tables(metrics_of(score))
    assert [row[0] for row in bits.rows][:2] == ["this network", "  its state carried along"]
    assert {"unigram", "uniform"} < {row[0] for row in bits.rows}
    assert [row[0] for row in copied.rows] == ["this network", "the text itself"]
    assert all(len(line) <= tables.SAMPLE_WIDTH for (line,) in sample.rows)
    assert list(figures.draw(Evidence(metrics_of(score), {}, "made"))) == ["bits-per-character"]
