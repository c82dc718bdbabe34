"""Options of `translate`: how it trains, and how it answers."""

from dataclasses import dataclass

from nnlab.options import option
from nnlab.training.settings import OPTIMIZERS, TrainingSettings


@dataclass(frozen=True, kw_only=True)
class TranslateConfig(TrainingSettings):
    """Options for training a translator."""

    pairs: str | None = option(
        None,
        "file of tab-separated pairs (plain, gzip or zip), or a data set: nld-eng, sample",
        path=True,
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
    units: int = option(256, "cells per LSTM", low=1, high=2**14)
    epochs: int = option(100, "passes over the pairs", low=1, high=10**6)
    batch_size: int = option(64, "examples per optimizer step", low=1, high=2**24)
    optimizer: str = option("rmsprop", "how the weights are updated", choices=OPTIMIZERS)


@dataclass(frozen=True, kw_only=True)
class TranslateQuery:
    """Options for answering."""

    reverse: bool = option(False, "translate from the second language to the first")
    together: int = option(
        32, "sentences per batch; 1 answers line by line. The translations stay the same", low=1
    )
