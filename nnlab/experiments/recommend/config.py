"""Options of `recommend`: how it trains, and how it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.datasets.baskets.layouts import KINDS
from nnlab.options import option
from nnlab.training.settings import MODERN, OPTIMIZERS, RATE_HELP, REPORT, TrainingSettings

PRESETS: Mapping[str, Mapping[str, Any]] = {
    REPORT: {},
    MODERN: {
        "model": "softmax",
        "dropout": 0.2,
        "epochs": 60,
        "batch_size": 256,
        "learning_rate": 0.002,
        "schedule": "cosine",
    },
}
"""Settings by preset."""


@dataclass(frozen=True, kw_only=True)
class RecommendConfig(TrainingSettings):
    """Options for training a recommender."""

    baskets: str | None = option(
        None,
        "file of baskets, or a data set: groceries, sample",
        path=True,
        sets=("groceries", "sample"),
        default_text="groceries if available, otherwise sample",
    )
    encoding: str | None = option(None, "encoding of the file", default_text="utf-8")
    layout: str | None = option(
        None,
        "layout of the file: one basket per line, one column per item (table), or one item per "
        "line (long)",
        choices=KINDS,
        default_text="lines",
    )
    columns: str | None = option(
        None,
        "columns to read, by number or name, such as 2- or user,item; in the long layout, first "
        "the column of baskets, then that of items",
        default_text="all",
    )
    header: bool | None = option(None, "the first line holds column names, not data")
    keep_nan: bool | None = option(None, "treat nan, NA and null as items instead of empty cells")
    min_count: int = option(1, "leave out items that occur in fewer baskets than this", low=1)
    split_seed: int = option(
        0, "chooses the held-out baskets; each further run uses the next number", low=0
    )
    model: str = option(
        "autoencoder",
        "network: the report's denoising autoencoder, or softmax over one hidden layer",
        choices=("autoencoder", "softmax"),
    )
    units: int = option(600, "softmax: units of the hidden layer", low=1, high=2**14)
    dropout: float = option(0.4, "share of a basket to hide in training", low=0, high=0.99)
    hidden_dropout: float = option(
        0.7, "softmax: dropout rate of the hidden layer", low=0, high=0.99
    )
    epochs: int = option(30, "passes over the baskets", low=1, high=10**6)
    batch_size: int = option(10, "examples per optimizer step", low=1, high=2**24)
    optimizer: str = option("adam", "how the weights are updated", choices=OPTIMIZERS)
    learning_rate: float = option(0.0003, RATE_HELP, above=0)


@dataclass(frozen=True, kw_only=True)
class RecommendQuery:
    """Options for answering."""

    top: int = option(10, "number of items to recommend", low=1)
    explain: bool = option(
        False, "say how much each item of the basket adds to the score of each recommendation"
    )
    ignore_unknown: bool = option(False, "ignore items that the network does not know")
