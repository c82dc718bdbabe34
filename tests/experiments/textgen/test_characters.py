"""Reading character by character is running the network over the text."""

from pathlib import Path

import numpy as np
import pytest

import nnlab
from nnlab.errors import CheckpointError
from nnlab.experiments.textgen.characters import CarriedReader, Reader, WindowReader
from nnlab.experiments.textgen.sampling import Sampler
from tests.experiments.textgen.networks import character_network, overflowing, write_untrained

CHARACTERS = 7
TEXT = np.random.default_rng(3).integers(0, CHARACTERS, 60)
ONE_HOT = np.eye(CHARACTERS, dtype=np.float32)


@pytest.mark.parametrize("window", [1, 2, 9])
def test_a_window_is_the_network_over_the_last_window(window: int) -> None:
    network = character_network(window, CHARACTERS)
    reader = WindowReader(network, "window")
    for place, code in enumerate(TEXT, start=1):
        came = reader.read(int(code))
        if place >= window:
            expected = network(ONE_HOT[TEXT[None, place - window : place]])[0]
            np.testing.assert_allclose(came, expected, rtol=0, atol=1e-6)


def test_less_than_a_window_is_read_from_its_beginning() -> None:
    network = character_network(9, CHARACTERS)
    window, carried = WindowReader(network, "window"), WindowReader(network, "carried")
    for code in TEXT[:9].tolist():
        np.testing.assert_allclose(window.read(code), carried.read(code), rtol=0, atol=1e-6)


def test_carried_is_one_long_sequence() -> None:
    reader = WindowReader(character_network(4, CHARACTERS), "carried")
    for code in TEXT.tolist():
        came = reader.read(code)
    whole = character_network(len(TEXT), CHARACTERS)  # the same weights, another window
    np.testing.assert_allclose(came, whole(ONE_HOT[TEXT[None]])[0], rtol=0, atol=1e-6)


def test_what_was_read_long_ago_counts_only_where_it_is_carried() -> None:
    network = character_network(4, CHARACTERS)
    ends = {}
    for context in ("window", "carried"):
        one, other = WindowReader(network, context), WindowReader(network, context)
        other.read(0)
        for code in (1, 2, 3, 4):
            ends[context] = one.read(code), other.read(code)
    assert np.abs(np.subtract(*ends["window"])).max() < 1e-6
    assert np.abs(np.subtract(*ends["carried"])).max() > 1e-5


@pytest.mark.parametrize("context", ["window", "carried"])
def test_what_is_written_is_read(context: str) -> None:
    network = character_network(4, CHARACTERS)
    writing = WindowReader(network, context).write(TEXT[:5], Sampler(0), np.random.default_rng(1))
    reader = WindowReader(network, context)
    for code in TEXT[:5].tolist():
        probabilities = reader.read(code)
    for _ in range(30):
        code, probability = next(writing)
        assert code == probabilities.argmax()
        assert probability == probabilities.max()
        probabilities = reader.read(code)


@pytest.mark.parametrize("context", ["window", "carried"])
def test_weights_too_large_to_compute_with_are_refused(context: str) -> None:
    reader = WindowReader(overflowing(character_network(4, CHARACTERS)), context)
    with pytest.raises(CheckpointError, match="finite numbers"):
        reader.read(0)


@pytest.mark.parametrize("count", [0, 1, 2, 1_100])
def test_a_known_text_is_judged_as_when_it_is_read_one_by_one(count: int, tmp_path: Path) -> None:
    settings = {"preset": "modern", "corpus": "sample", "units": 8, "ngrams": 0}
    trained = nnlab.load(write_untrained(tmp_path / "s.h5", "textgen", factor=3.0, **settings))
    characters = len(trained.header.facts["characters"])
    before, text = np.split(np.arange(count + 3) ** 2 % characters, [3])
    one, other = CarriedReader(trained.network), CarriedReader(trained.network)
    one_by_one = Reader.likelihoods(one, before, text)
    np.testing.assert_allclose(other.likelihoods(before, text), one_by_one, rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(other.read(1), one.read(1), rtol=1e-4, atol=1e-7)
