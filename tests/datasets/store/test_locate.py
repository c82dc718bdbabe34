"""Finding the file that an option names."""

from collections.abc import Callable

import pytest

from nnlab.datasets.baskets.layouts import Layout
from nnlab.datasets.baskets.loading import load_baskets
from nnlab.datasets.store import Store
from nnlab.datasets.text.corpus import load_corpus
from nnlab.datasets.text.parallel_corpus import load_pairs
from tests.annotations import Warn

LOADERS: dict[str, Callable[[str, Warn], object]] = {
    "baskets": lambda name, warn: load_baskets(
        Store(), name, encoding="latin-1", layout=Layout("table", header=False), warn=warn
    ),
    "text": lambda name, warn: load_corpus(
        Store(), name, keep_case=True, encoding="latin-1", warn=warn
    ),
    "pairs": lambda name, warn: load_pairs(
        Store(), name, reverse=False, max_pairs=0, split_seed=0, columns="1,2", warn=warn
    ),
}


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("baskets", "--encoding, --layout are"),
        ("text", "--encoding is"),
        ("pairs", "--columns is"),
    ],
)
def test_ignored_options_are_reported(kind: str, given: str) -> None:
    warnings: list[str] = []
    LOADERS[kind]("sample", warnings.append)
    assert warnings == [f"{given} ignored: the sample is not a file of your own"]
