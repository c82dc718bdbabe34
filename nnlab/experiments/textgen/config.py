"""Options of `textgen`: how it trains, and how it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.options import option
from nnlab.training.settings import MODERN, OPTIMIZERS, RATE_HELP, REPORT, TrainingSettings

CONTEXTS = ("carried", "window")
"""What a network remembers while it writes."""


PRESETS: Mapping[str, Mapping[str, Any]] = {
    REPORT: {},
    MODERN: {
        "model": "sequence",
        "seq_len": 120,
        "step": 100,
        "units": 400,
        "ngrams": 6,
        "epochs": 96,
        "batch_size": 32,
        "optimizer": "adam",
        "learning_rate": 0.003,
        "schedule": "cosine",
        "weight_decay": 0.02,
        "average": 0.05,
        "clip_norm": 1.0,
    },
}
"""Settings by preset."""


@dataclass(frozen=True, kw_only=True)
class TextgenConfig(TrainingSettings):
    """Options for training a model of text."""

    corpus: str | None = option(
        None,
        "text file, or a data set: tom_sawyer, nietzsche, sample",
        path=True,
        sets=("tom_sawyer", "nietzsche", "sample"),
        default_text="tom_sawyer if available, otherwise sample",
    )
    encoding: str | None = option(None, "encoding of the text file", default_text="utf-8")
    keep_case: bool = option(False, "keep capital letters instead of converting all to lower case")
    seq_len: int = option(40, "characters per window of text", low=1, high=10_000)
    step: int = option(3, "characters from the start of one window to the next", low=1, high=10_000)
    model: str = option(
        "window",
        "network: an LSTM that predicts the character after each window (window), or the next "
        "character at every position (sequence)",
        choices=("window", "sequence"),
    )
    units: int = option(180, "cells of the LSTM", low=1, high=2**14)
    embedding: int = option(64, "sequence: numbers that stand for a character", low=1, high=2**14)
    dropout: float = option(0.5, "sequence: dropout rate of the LSTM's outputs", low=0, high=0.9)
    recurrent_dropout: float = option(
        0.3, "sequence: dropout rate of the LSTM's recurrent weights", low=0, high=0.9
    )
    ngrams: int = option(
        0,
        "sequence: mix in counts of n-grams up to this length; 0: the network answers alone",
        low=0,
        high=12,
    )
    epochs: int = option(60, "passes over the windows", low=1, high=10**6)
    optimizer: str = option("rmsprop", "how the weights are updated", choices=OPTIMIZERS)
    learning_rate: float = option(0.01, RATE_HELP, above=0)


@dataclass(frozen=True, kw_only=True)
class TextgenQuery:
    """Options for writing."""

    sample: bool = option(
        False, "write without a prompt, continuing a passage of the training text"
    )
    length: int = option(400, "characters to write", low=1)
    temperature: float = option(
        0.5, "0: the most likely character; 1: drawn with the network's probabilities", low=0
    )
    top_k: int = option(0, "draw from this many of the most likely characters; 0: all", low=0)
    top_p: float = option(
        1.0, "draw from the fewest characters that together have this probability", above=0, high=1
    )
    samples: int = option(1, "texts per prompt", low=1, short="n")
    seed: int = option(1, "each seed gives another text", low=0, high=2**31 - 1)
    context: str = option(
        "carried",
        "what the network remembers: the whole text so far (carried), or one window (only with "
        "--model window)",
        choices=CONTEXTS,
    )
