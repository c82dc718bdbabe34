"""Greedy translation: many sentences at once, the same as one at a time."""

import numpy as np
import pytest

from nnlab.errors import CheckpointError
from nnlab.experiments.translate.greedy import GreedyDecoder
from nnlab.inference import Network, checked_graph
from nnlab.models.describe import describe
from nnlab.models.translator import translator
from tests.experiments.textgen.networks import character_network, overflowing, random_network

SOURCE, TARGET = (12, 9), (14, 11)


def decoder(factor: float = 12.0) -> GreedyDecoder:
    # the end is made likelier so that translations have all lengths
    network = random_network(translator(SOURCE, TARGET, 48), factor)
    bias = network.weights["probabilities/bias"].copy()
    bias[1] = bias.max() + 0.5
    weights = {**network.weights, "probabilities/bias": bias}
    return GreedyDecoder(Network(network.graph, weights), start=0, end=1, longest=28)


@pytest.fixture(scope="module")
def sentences() -> list[np.ndarray]:
    rng = np.random.default_rng(5)
    return [rng.integers(0, SOURCE[1], rng.integers(0, 25)) for _ in range(300)]


def test_neighbours_change_no_translation(sentences: list[np.ndarray]) -> None:
    greedy = decoder()
    alone = [greedy.decode([sentence])[0] for sentence in sentences]
    assert len({len(translation) for translation in alone}) > 8
    assert len(set(map(tuple, alone))) > 50
    for size in (2, 31, 32, 33, 300):
        blocks = [sentences[first : first + size] for first in range(0, 300, size)]
        assert [one for block in blocks for one in greedy.decode(block)] == alone
    order = np.random.default_rng(6).permutation(300)
    shuffled = greedy.decode([sentences[row] for row in order])
    assert shuffled == [alone[row] for row in order]


def test_it_takes_the_likeliest_character_of_the_whole_network_every_time(
    sentences: list[np.ndarray],
) -> None:
    model = translator((30, SOURCE[1]), (29, TARGET[1]), 48)
    greedy = decoder()
    network = Network(checked_graph(describe(model)), greedy._network.weights)
    for source in sentences[:20]:
        (translation,) = greedy.decode([source])
        one_hot = np.zeros((1, 30, SOURCE[1]), np.float32)
        one_hot[0, np.arange(len(source)), source] = 1
        known = np.zeros((1, 29, TARGET[1]), np.float32)
        given = [0, *translation]
        known[0, np.arange(len(given)), given] = 1
        likeliest = network(one_hot, known)[0].argmax(axis=-1)
        assert likeliest[: len(translation)].tolist() == translation
        assert len(translation) == 28 or likeliest[len(translation)] == 1


def test_nothing_to_translate() -> None:
    assert decoder().decode([]) == []


def test_a_translation_ends_in_any_case() -> None:
    network = random_network(translator(SOURCE, TARGET, 4), 0.0)  # all alike: takes 1 for ever
    greedy = GreedyDecoder(network, start=0, end=2, longest=5)
    assert greedy.decode([np.arange(3)]) == [[1] * 5]


def test_weights_too_large_to_compute_with_are_refused() -> None:
    network = overflowing(random_network(translator(SOURCE, TARGET, 4)))
    greedy = GreedyDecoder(network, start=0, end=1, longest=9)
    with pytest.raises(CheckpointError, match="finite numbers"):
        greedy.decode([np.arange(5)])


def test_other_networks_are_refused() -> None:
    with pytest.raises(CheckpointError):
        GreedyDecoder(character_network(3, 4), start=0, end=1, longest=5)
    model = translator(SOURCE, TARGET, 4)
    whole, description = random_network(model), describe(model)
    nodes = description["nodes"]
    nodes[-1]["settings"] = {**nodes[-1]["settings"], "units": 5}
    weights = {
        name: array[..., :5] if name.startswith("probabilities/") else array
        for name, array in whole.weights.items()
    }
    fewer = Network(checked_graph(description), weights)
    with pytest.raises(CheckpointError, match="probabilities"):
        GreedyDecoder(fewer, start=0, end=1, longest=5)
