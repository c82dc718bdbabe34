"""Options of `add`: how it trains, and how it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.options import option
from nnlab.training.settings import MODERN, OPTIMIZERS, RATE_HELP, REPORT, TrainingSettings

FEWEST_PROBLEMS = 30
MAX_DIGITS = 11
"""Most digits of a number: the sum of two such numbers in base 36 still fits into 64 bits."""
MOST_PROBLEMS = 10_000_000

PRESETS: Mapping[str, Mapping[str, Any]] = {
    REPORT: {},
    MODERN: {
        "model": "gru",
        "digits": 6,
        "problems": 100_000,
        "schedule": "cosine",
    },
}
"""Settings by preset."""

MODERN_OF_MODELS: Mapping[str, Mapping[str, Any]] = {
    "lstm": {"units": 64, "epochs": 10, "learning_rate": 0.005},
    "gru": {"units": 64, "epochs": 10, "learning_rate": 0.005},
    "transformer": {
        "units": 64,
        "epochs": 30,
        "learning_rate": 0.002,
        "warmup": 0.05,
        "clip_norm": 1.0,
    },
}
"""What else the modern preset has, by model."""


def _by_model(key: str, usual: float) -> str:
    """Say what a setting is for each model, for the help."""
    texts = (f"{values[key]} for {model}" for model, values in MODERN_OF_MODELS.items())
    return f"{usual}; with --preset modern: {', '.join(texts)}"


@dataclass(frozen=True, kw_only=True)
class AddConfig(TrainingSettings):
    """Options for training a network that adds."""

    base: int = option(10, "base of the numbers, in training and in answering", low=2, high=36)
    digits: int = option(3, "most digits of a number", low=1, high=MAX_DIGITS)
    problems: int = option(
        50_000,
        "different problems to train on; a tenth is held out for validation",
        low=FEWEST_PROBLEMS,
        high=MOST_PROBLEMS,
    )
    test_problems: int = option(10_000, "other problems to test on", low=1, high=MOST_PROBLEMS)
    split_seed: int = option(0, "chooses the problems, independent of --seed", low=0)
    model: str = option(
        "lstm",
        "network: LSTMs that read and write text, or a GRU or a Transformer that adds digit by "
        "digit",
        choices=("lstm", "gru", "transformer"),
    )
    units: int = option(
        128,
        "cells per recurrent layer, or width of a Transformer",
        low=1,
        high=2**14,
        default_text=_by_model("units", 128),
    )
    blocks: int = option(2, "Transformer: number of attention blocks", low=1, high=100)
    heads: int = option(4, "Transformer: attention heads per block", low=1, high=100)
    epochs: int = option(
        200,
        "passes over the problems",
        low=1,
        high=10**6,
        default_text=_by_model("epochs", 200),
    )
    learning_rate: float = option(
        0.001, RATE_HELP, above=0, default_text=_by_model("learning_rate", 0.001)
    )
    optimizer: str = option("adam", "how the weights are updated", choices=OPTIMIZERS)


@dataclass(frozen=True, kw_only=True)
class AddQuery:
    """Options for answering."""

    base: int = option(10, "base of the numbers", low=2, high=36)
    check: bool = option(False, "say whether each answer is right")
