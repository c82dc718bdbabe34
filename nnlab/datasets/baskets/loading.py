"""Loading market baskets (items bought together) from a shop's file or the embedded sample."""

import hashlib
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nnlab.datasets.baskets.layouts import LINES, Layout, read_baskets
from nnlab.datasets.baskets.lines import SEPARATORS, Rows
from nnlab.datasets.baskets.shapes import remarks_on
from nnlab.datasets.samples.shopping import shopping_trips
from nnlab.datasets.store import Store
from nnlab.datasets.store.locate import Wanted, locate, warn_of_ignored
from nnlab.datasets.store.provenance import SAMPLE, Source
from nnlab.errors import DataError
from nnlab.wording import counted

FEWEST_BASKETS = 30
WANTED = Wanted(
    role="baskets",
    default="groceries",
    title="the groceries set",
    sample="shopping trips made up by a program",
)


@dataclass(frozen=True)
class Baskets:
    """Baskets in compressed sparse row format.

    Attributes:
        items: Names of the items, those in most baskets first, ties in alphabetical order.
        indptr: int64 (baskets + 1,); basket n is `indices[indptr[n]:indptr[n + 1]]`. A basket is
            empty if all its items are in too few baskets.
        indices: int32 (entries,), indices into `items`, ascending within a basket.
        source: Which data this is.
        skipped: Number of lines without items; they are not counted as baskets.
        separator: The separator of items in a basket written on one line.

    The lines "tea,milk" and "milk" give items ("milk", "tea"), indptr 0, 2, 3 and indices 0, 1, 0;
    the lines "b", "" and "c,a,b" give ("b", "a", "c"), 0, 1, 4 and 0, 0, 1, 2, with one skipped.
    """

    items: tuple[str, ...]
    indptr: np.ndarray
    indices: np.ndarray
    source: Source
    skipped: int
    separator: str = ","

    def __len__(self) -> int:
        """Return the number of baskets."""
        return len(self.indptr) - 1

    def with_items(self, items: Sequence[str]) -> "Baskets":
        """Return the same baskets in terms of these items, without any others."""
        numbers = {item: number for number, item in enumerate(items)}
        known = np.array([numbers.get(item, -1) for item in self.items], np.int64)
        indices = known[self.indices]
        rows = np.repeat(np.arange(len(self)), np.diff(self.indptr))[indices >= 0]
        keys = np.sort(rows * np.int64(max(len(items), 1)) + indices[indices >= 0])
        lengths = np.bincount(rows, minlength=len(self))
        return replace(
            self,
            items=tuple(items),
            indptr=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            indices=(keys % max(len(items), 1)).astype(np.int32),
        )


def load_baskets(
    store: Store,
    name: str | None,
    *,
    min_count: int = 1,
    encoding: str | None = None,
    layout: Layout = LINES,
    warn: Callable[[str], None],
) -> Baskets:
    """Load the baskets that the user asked for, or the best available ones.

    Args:
        store: Finds data files.
        name: A file of one basket per line, items separated by commas (or by tabs or semicolons
            if more of its first lines contain those), plain, gzipped or zipped; "sample";
            "groceries"; or None: groceries if it is found or can be downloaded, else the sample,
            with a warning.
        min_count: Leave out items that are in fewer baskets. Baskets keep their numbers.
        encoding: The encoding of a user's file; None is UTF-8.
        layout: How a user's file stores its baskets.
        warn: Called with one line if the sample is used instead, if something was left out, or if
            the file seems to have another layout.

    Raises:
        DataError: The file is missing, damaged, not a list of baskets, or too short to learn from.
        UsageError: There is no such encoding or column.
    """
    located = locate(store, name, WANTED, warn)
    given = {"layout": layout.kind, "columns": layout.columns, "header": layout.header}
    warn_of_ignored(located, warn, encoding=encoding, **given, keep_nan=layout.keep_nan)
    separator = SEPARATORS[0]
    if located is None:
        trips = shopping_trips()
        content = "".join(",".join(trip) + "\n" for trip in trips)
        digest = hashlib.sha256(content.encode()).hexdigest()
        source = Source(SAMPLE, digest, sample=True, files=())
        coded = _coded(trips)
    else:
        pieces = located.pieces(encoding, warn)
        rows = Rows(pieces, str(located.path))
        if located.registered:
            layout = LINES
        for remark in remarks_on(rows.first, layout):
            warn(f"{located.path.name}: {remark}")
        coded = _coded(read_baskets(rows, layout, warn))
        separator = rows.item_separator if layout.is_by_line else separator
        source = located.source()
    if coded.skipped:
        lines = counted(coded.skipped, "line")
        warn(f"{source.name}: left out {lines} without items")
    baskets = replace(_by_frequency(coded, min_count, source), separator=separator)
    _check_enough(baskets, min_count, located.path if located else Path(SAMPLE))
    return baskets


class _Coded(NamedTuple):
    """Baskets as read, with codes in the order of the items' first occurrence.

    Attributes:
        names: The items.
        codes: int32 (entries,), indices into `names`, each once per basket.
        lengths: int32 (baskets,), at least 1.
        skipped: Number of empty baskets, which are left out.
    """

    names: list[str]
    codes: np.ndarray
    lengths: np.ndarray
    skipped: int


def _coded(baskets: Iterable[list[str]]) -> _Coded:
    """Store baskets as numbers, because there may be millions."""
    numbers: dict[str, int] = {}
    codes, lengths = array("i"), array("i")
    skipped = 0
    for basket in baskets:
        if not basket:
            skipped += 1
            continue
        codes.extend([numbers.setdefault(item, len(numbers)) for item in basket])
        lengths.append(len(basket))
    return _Coded(
        list(numbers), np.asarray(codes, np.int32), np.asarray(lengths, np.int32), skipped
    )


def _by_frequency(coded: _Coded, min_count: int, source: Source) -> Baskets:
    """Number the items by how many baskets they are in, and leave out rare ones."""
    counts = np.bincount(coded.codes, minlength=len(coded.names))
    order = sorted(range(len(counts)), key=lambda code: (-counts[code], coded.names[code]))
    kept = int(np.count_nonzero(counts >= min_count))
    ranks = np.empty(len(counts), np.int32)
    ranks[order] = np.arange(len(counts), dtype=np.int32)
    rows = np.repeat(np.arange(len(coded.lengths)), coded.lengths)
    indices = ranks[coded.codes]
    frequent = indices < kept
    if kept < len(ranks):
        rows, indices = rows[frequent], indices[frequent]
    keys = rows * np.int64(max(kept, 1)) + indices  # sorts by basket, then by item
    keys.sort()
    lengths = np.bincount(rows, minlength=len(coded.lengths))
    return Baskets(
        items=tuple(coded.names[code] for code in order[:kept]),
        indptr=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        indices=(keys % max(kept, 1)).astype(np.int32),
        source=source,
        skipped=coded.skipped,
    )


def _check_enough(baskets: Baskets, min_count: int, path: Path) -> None:
    found = int(np.count_nonzero(np.diff(baskets.indptr) >= 2))
    if found >= FEWEST_BASKETS:
        return
    rare = f" that are in at least {min_count} baskets" if min_count > 1 else ""
    advice = "give one basket per line, with commas between its items"
    if min_count > 1:
        advice = f"lower --min-count, or {advice}"
    raise DataError(
        f"{path}: expected at least {FEWEST_BASKETS} baskets of two or more items{rare} to train "
        f"and test on, found {found}; {advice}"
    )
