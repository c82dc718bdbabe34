"""Options of `recommend`: how it trains, and how it answers."""

from dataclasses import dataclass

from nnlab.datasets.baskets.layouts import KINDS
from nnlab.options import option
from nnlab.training.settings import OPTIMIZERS, TrainingSettings


@dataclass(frozen=True, kw_only=True)
class RecommendConfig(TrainingSettings):
    """Options of training a recommender."""

    baskets: str | None = option(
        None,
        "file of a basket a line, or a data set: groceries, sample",
        path=True,
        default_text="groceries where it can be had, else sample",
    )
    encoding: str | None = option(None, "encoding of the file", default_text="utf-8")
    layout: str | None = option(
        None,
        "a basket per line; a table with an item per column; or long, an item per line",
        choices=KINDS,
        default_text="lines",
    )
    columns: str | None = option(
        None,
        "columns to read, by number or name, such as 2- or user,item; in the long layout the "
        "basket's and then the item's",
        default_text="all",
    )
    header: bool | None = option(None, "the first line names the columns: leave it out")
    keep_nan: bool | None = option(None, "take nan, NA and null for items, not for empty cells")
    min_count: int = option(1, "leave out items that are in fewer baskets", low=1)
    split_seed: int = option(0, "which baskets are held out; --runs takes several", low=0)
    dropout: float = option(0.4, "share of a basket that training hides", low=0, high=0.99)
    epochs: int = option(30, "passes over the baskets", low=1, high=10**6)
    batch_size: int = option(10, "examples in one step of the optimizer", low=1, high=2**24)
    optimizer: str = option("adam", "how the weights are changed", choices=OPTIMIZERS)
    learning_rate: float = option(0.0003, "size of the optimizer's steps", above=0)


@dataclass(frozen=True, kw_only=True)
class RecommendQuery:
    """Options of answering."""

    top: int = option(10, "how many items to recommend", low=1)
    ignore_unknown: bool = option(False, "leave out items that no training basket had")
