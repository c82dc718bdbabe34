"""Options of `translate`: how it trains, and how it answers."""

from dataclasses import dataclass

from nnlab.options import option
from nnlab.training.settings import OPTIMIZERS, TrainingSettings


@dataclass(frozen=True, kw_only=True)
class TranslateConfig(TrainingSettings):
    """Options of training a translator."""

    pairs: str | None = option(
        None,
        "file of tab-separated pairs (plain, gzip or zip), or a data set: nld-eng, sample",
        path=True,
        default_text="nld-eng where it can be had, else sample",
    )
    encoding: str | None = option(None, "encoding of the file", default_text="utf-8")
    columns: str | None = option(
        None, "columns to read, by number or name, such as 2,4", default_text="1,2"
    )
    header: bool | None = option(None, "the first line names the columns: leave it out")
    reverse: bool = option(False, "from the second column to the first; also for answering")
    max_pairs: int = option(10_000, "train on the shortest so many pairs; 0: all", low=0)
    split_seed: int = option(0, "which sentences are held out; the same for every --seed", low=0)
    units: int = option(256, "cells of either LSTM", low=1, high=2**14)
    epochs: int = option(100, "passes over the pairs", low=1, high=10**6)
    batch_size: int = option(64, "examples in one step of the optimizer", low=1, high=2**24)
    optimizer: str = option("rmsprop", "how the weights are changed", choices=OPTIMIZERS)


@dataclass(frozen=True, kw_only=True)
class TranslateQuery:
    """Options of answering."""

    reverse: bool = option(False, "from the second language to the first")
    together: int = option(
        32, "sentences translated at a time; changes no translation, 1 answers line by line", low=1
    )
