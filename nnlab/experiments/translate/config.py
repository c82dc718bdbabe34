"""Options of `translate`: how it trains, and how it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.options import option
from nnlab.training.settings import MODERN, OPTIMIZERS, REPORT, TrainingSettings

PRESETS: Mapping[str, Mapping[str, Any]] = {
    REPORT: {},
    MODERN: {
        "model": "transformer",
        "max_pairs": 0,
        "units": 192,
        "epochs": 30,
        "batch_size": 128,
        "dropout": 0.15,
        "optimizer": "adam",
        "learning_rate": 0.002,
        "schedule": "cosine",
        "warmup": 0.05,
        "weight_decay": 0.05,
        "average": 0.02,
        "clip_norm": 1.0,
    },
}
"""Settings by preset."""


@dataclass(frozen=True, kw_only=True)
class TranslateConfig(TrainingSettings):
    """Options for training a translator."""

    pairs: str | None = option(
        None,
        "file of tab-separated pairs (plain, gzip or zip), or a data set: nld-eng, sample",
        path=True,
        sets=("nld-eng", "sample"),
        default_text="nld-eng if available, otherwise sample",
    )
    encoding: str | None = option(None, "encoding of the file", default_text="utf-8")
    columns: str | None = option(
        None, "columns to read, by number or name, such as 2,4", default_text="1,2"
    )
    header: bool | None = option(None, "the first line holds column names, not data")
    reverse: bool = option(
        False, "translate from the second column to the first, in training and in answering"
    )
    max_pairs: int = option(10_000, "use only this many pairs, the shortest ones; 0: all", low=0)
    split_seed: int = option(0, "chooses the held-out sentences, independent of --seed", low=0)
    model: str = option(
        "lstm",
        "network: LSTMs over characters, or a Transformer over subwords",
        choices=("lstm", "transformer"),
    )
    units: int = option(256, "cells per LSTM, or width of a Transformer", low=1, high=2**14)
    subwords: int = option(
        3_000, "Transformer: size of the vocabulary, at most", low=300, high=2**16
    )
    variety: float = option(
        0.3,
        "how often a Transformer's training cuts words in unlikely ways; 0: by probability, 1: all "
        "ways equally often",
        low=0,
        high=1,
    )
    blocks: int = option(
        3, "Transformer: blocks of the encoder, and of the decoder", low=1, high=48
    )
    heads: int = option(4, "Transformer: attention heads per layer", low=1, high=64)
    dropout: float = option(0.1, "Transformer: dropout rate", low=0, high=0.9)
    label_smoothing: float = option(0.1, "Transformer: label smoothing", low=0, high=0.9)
    epochs: int = option(100, "passes over the pairs", low=1, high=10**6)
    batch_size: int = option(64, "examples per optimizer step", low=1, high=2**24)
    optimizer: str = option("rmsprop", "how the weights are updated", choices=OPTIMIZERS)


@dataclass(frozen=True, kw_only=True)
class TranslateQuery:
    """Options for answering."""

    reverse: bool = option(False, "translate from the second language to the first")
    beam: int | None = option(
        None,
        "beam width: partial translations that are kept at each step",
        low=1,
        high=100,
        default_text="4 for a Transformer, 1 for LSTMs",
    )
    best: int = option(
        1,
        "number of translations of each sentence, best first by score per subword or character",
        low=1,
        high=100,
        short="n",
    )
    scores: bool = option(
        False, "show the natural logarithm of the probability of each translation"
    )
    attention: bool = option(
        False,
        "add to --json the attention weights between the pieces of the translation and of the "
        "source",
        json_only=True,
    )
    together: int = option(
        32, "sentences per batch; 1 answers line by line. The translations stay the same", low=1
    )
