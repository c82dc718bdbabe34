"""Networks and checkpoints of random or chosen weights, made without a training."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from nnlab import experiments
from nnlab.checkpoint import Header, write
from nnlab.datasets.store import Store
from nnlab.inference import Network, checked_graph
from nnlab.models.describe import describe
from tests.inference.agreement import random_weights


def random_network(model: Any, factor: float = 1.0) -> Network:
    weights = {name: factor * array for name, array in random_weights(model).items()}
    return Network(checked_graph(describe(model)), weights)


def character_network(window: int, characters: int, factor: float = 3.0) -> Network:
    from nnlab.models.character_lstm import character_lstm

    return random_network(character_lstm(window, characters, 6), factor)


def constant_network(window: int, probabilities: list[float]) -> Network:
    """Tell the same of the next character, whatever was read."""
    network = character_network(window, len(probabilities), 0.0)
    bias = np.log(np.array(probabilities, np.float32))
    return Network(network.graph, {**network.weights, "probabilities/bias": bias})


def overflowing(network: Network) -> Network:
    """Return the same with finite weights that no number can come of."""
    weights = {name: np.full_like(array, 3e38) for name, array in network.weights.items()}
    return Network(network.graph, weights)


def write_untrained(path: Path, name: str, factor: float = 1.0, **settings: Any) -> Path:
    """Write a checkpoint of an experiment with random weights."""
    experiment = experiments.get(name)
    config = experiment.configure(settings, "test")
    data = experiment.load(config, Store(offline=True), lambda _: None)
    facts = dict(data.facts)
    model = experiment.build(config, facts)
    network = random_network(model, factor)
    header = Header(
        experiment=name,
        preset=config.preset,
        config=dataclasses.asdict(config),
        facts=facts,
        network=describe(model),
        metrics={},
        dataset=data.source.as_dict(),
        seed=1,
        versions={},
        state={},
    )
    write(path, header, {"model": network.weights})
    return path


def altered(path: Path, to: Path, huge: bool = False, **facts: Any) -> Path:
    """Write a copy of a checkpoint with other facts, or weights too large to compute with."""
    import nnlab

    trained = nnlab.load(path)
    header = dataclasses.replace(trained.header, facts={**trained.header.facts, **facts})
    network = overflowing(trained.network) if huge else trained.network
    write(to, header, {"model": network.weights})
    return to
