"""Baskets to train and score on: loaded, split, with an item hidden of each that is held out."""

from collections.abc import Sequence

import numpy as np

from nnlab.datasets.baskets.layouts import Layout
from nnlab.datasets.baskets.loading import Baskets, load_baskets
from nnlab.datasets.baskets.parts import hold_out_one, multi_hot, split_baskets
from nnlab.datasets.store import Store
from nnlab.datasets.text.files import shorten
from nnlab.errors import DataError
from nnlab.experiments.contract import Data, Warn
from nnlab.experiments.recommend import networks
from nnlab.experiments.recommend.config import RecommendConfig

MOST_ITEMS = 5_000
"""The other recommenders invert a matrix of items by items."""
MOST_CELLS = 2**31
"""Of the table of baskets by items, a byte each."""
SHOWN = 3
"""How many items the summary of the data names."""
LONGEST_SHOWN = 40


def loaded(config: RecommendConfig, store: Store, warn: Warn) -> Baskets:
    """Load the baskets that the settings name."""
    return load_baskets(
        store,
        config.baskets,
        min_count=config.min_count,
        encoding=config.encoding,
        layout=Layout(config.layout, config.columns, config.header, bool(config.keep_nan)),
        warn=warn,
    )


def split(baskets: Baskets, config: RecommendConfig, needed: Sequence[str]) -> Data:
    """Split baskets, and hide an item of each that is held out.

    Args:
        baskets: Those of a shop.
        config: Its `split_seed`.
        needed: Names of parts that must have a basket of two items or more.

    Raises:
        DataError: They do not.
    """
    rows = np.flatnonzero(np.diff(baskets.indptr) > 0)
    parts = [rows[part] for part in split_baskets(len(rows), config.split_seed)]
    training, validation, test = parts
    count = len(baskets.items)
    held = {
        name: hold_out_one(baskets.indptr, baskets.indices, part, config.split_seed)
        for name, part in (("validation", validation), ("test", test))
    }
    for name in needed:
        if not len(held[name].rows):
            raise DataError(
                f"{baskets.source.name}: expected baskets of two known items or more, but of those "
                f"for {name} none has two; choose another --split-seed, or give more baskets"
            )
    arrays = {
        "baskets": multi_hot(baskets.indptr, baskets.indices, np.arange(len(baskets)), count),
        "training": training,
        "validation": held["validation"].rows,
        "test": held["test"].rows,
    }
    arrays["known"] = arrays["baskets"].copy()
    for part in held.values():
        arrays["known"][part.rows, part.hidden] = 0
    facts = {
        "items": list(baskets.items),
        "shares": arrays["baskets"][training].mean(axis=0).round(6).tolist(),
        "separator": baskets.separator,
        **networks.facts(config),
    }
    return Data(arrays, facts, baskets.source, _summary(baskets))


def check_size(baskets: Baskets, name: str | None) -> None:
    """Refuse what would not fit into memory: all items are scored for each basket.

    Raises:
        DataError: There are too many items, or too many baskets for so many.
    """
    items, cells = len(baskets.items), len(baskets) * len(baskets.items)
    if items > MOST_ITEMS or cells > MOST_CELLS:
        raise DataError(
            f"{name}: {len(baskets):,} baskets with {items:,} different items; expected at most "
            f"{MOST_ITEMS:,} items, and {MOST_CELLS:,} for both multiplied; leave out rare items "
            "with --min-count"
        )


def _summary(baskets: Baskets) -> str:
    counts = np.bincount(baskets.indices, minlength=len(baskets.items))
    shares = [
        f"{shorten(item, LONGEST_SHOWN)} ({100 * count / len(baskets):.0f} %)"
        for item, count in zip(baskets.items[:SHOWN], counts[:SHOWN], strict=True)
    ]
    return (
        f"{len(baskets):,} baskets, {len(baskets.items):,} items, "
        f"most frequent: {', '.join(shares)}"
    )
