"""Loading sentences with translations: English-Dutch, the embedded sample, or the user's file."""

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import numpy as np

from nnlab.datasets.samples.phrases import phrase_pairs
from nnlab.datasets.store import Store
from nnlab.datasets.store.locate import Wanted, locate, warn_of_ignored
from nnlab.datasets.store.provenance import SAMPLE, Source
from nnlab.datasets.text.columns import Columns, parse_columns
from nnlab.datasets.text.pair_shapes import pair_remarks
from nnlab.errors import DataError, UsageError

FEWEST_SOURCES = 30
LINES_LOOKED_AT = 1000
WANTED = Wanted(
    role="pairs",
    default="nld-eng",
    title="nld-eng",
    sample="phrases made by a small grammar",
)


@dataclass(frozen=True)
class SentencePairs:
    """Sentences with one translation each, in three parts.

    Attributes:
        sources: One sentence per pair, shortest first; may repeat with other translations.
        targets: The translation of each.
        training: int64, ascending row numbers: the pairs of four fifths of the distinct sources;
            those that differ only in their blanks count as one.
        validation: int64, the pairs of one tenth of the distinct sources.
        test: int64, the pairs of the other tenth.
        source: Which data this is.

    The pairs ("Hi.", "Hoi.") and ("Hi.", "Hé!"), for example, are in the same part.
    """

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    training: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    source: Source


def load_pairs(
    store: Store,
    name: str | None,
    *,
    reverse: bool,
    max_pairs: int,
    split_seed: int,
    encoding: str | None = None,
    columns: str | None = None,
    header: bool = False,
    warn: Callable[[str], None],
) -> SentencePairs:
    """Load the pairs that the user asked for, or the best available ones.

    Args:
        store: Finds data files.
        name: A file with one pair per line, tab-separated, further columns ignored, plain, gzipped
            or zipped; "sample"; "nld-eng"; or None: nld-eng if it is found or can be downloaded,
            else the sample, with a warning.
        reverse: Whether to translate from the second column into the first.
        max_pairs: Use this many, those with the shortest sources; 0 uses all.
        split_seed: Seed of the split into training, validation and test.
        encoding: The encoding of a user's file; None is UTF-8.
        columns: Which two columns hold the sentences, by number or by name; None: the first two.
        header: Whether the first line names the columns.
        warn: Called with one line if the sample is used instead, if a zip file holds several texts,
            and for each thing that looks wrong with the file.

    Raises:
        DataError: The file is missing, damaged, not a list of pairs, or too short to split.
        UsageError: There is no such encoding or column.
    """
    located = locate(store, name, WANTED, warn)
    warn_of_ignored(located, warn, encoding=encoding, columns=columns, header=header)
    if located is None:
        pairs: Sequence[tuple[str, str]] = phrase_pairs()
        content = "".join(f"{english}\t{dutch}\n" for english, dutch in pairs)
        digest = hashlib.sha256(content.encode()).hexdigest()
        source = Source(SAMPLE, digest, sample=True, files=())
    else:
        if located.registered:
            columns, header = None, False
        pairs = read_pairs(
            located.path, located.pieces(encoding, warn), warn, columns=columns, header=header
        )
        source = located.source()
    if reverse:
        pairs = [(second, first) for first, second in pairs]
    taken = sorted(pairs, key=lambda pair: len(pair[0]))[: max_pairs or None]
    sources = tuple(first for first, _ in taken)
    # networks that take any blanks for one must not meet a training sentence in the test set
    keys = tuple(" ".join(sentence.split()) for sentence in sources)
    _check_enough(keys, len(pairs), located.path if located else None)
    parts = _split(keys, split_seed)
    return SentencePairs(sources, tuple(second for _, second in taken), *parts, source)


def read_pairs(
    path: Path,
    pieces: Iterable[str],
    warn: Callable[[str], None],
    *,
    columns: str | None = None,
    header: bool = False,
) -> list[tuple[str, str]]:
    """Read the distinct pairs in two columns of a file, in the file's order.

    Args:
        path: What errors call the file.
        pieces: Its text, tab-separated.
        warn: Called with one line for each thing that looks wrong.
        columns: Which two columns, by number or by name; None is the first two.
        header: Whether the first line names the columns; columns chosen by name imply it.

    Returns:
        Pairs of sentences in Unicode's composed form (NFC), without surrounding spaces.

    Raises:
        DataError: A line is not a pair; the message names the line.
        UsageError: There is no such column, or not exactly two were chosen.
    """
    # splitlines() would also split at some characters inside sentences
    lines = "".join(pieces).split("\n")
    rows = (
        (number, [cell.strip() for cell in unicodedata.normalize("NFC", line).split("\t")])
        for number, line in enumerate(lines, start=1)
        if line.strip()
    )
    first = list(islice(rows, LINES_LOOKED_AT))
    chosen = Columns((0, 1), None, named=False)
    if columns and first:
        chosen = parse_columns(columns, first[0][1])
        if len(set(chosen.numbers)) != 2 or len(chosen.numbers) > 2 or chosen.rest is not None:
            raise UsageError(
                f"--columns {columns}: expected two different columns, such as --columns 2,4"
            )
    looked_at = [row for _, row in first]
    if header or chosen.named:
        del first[:1]
    pairs = list(dict.fromkeys(_parsed(chain(first, rows), chosen, path)))
    if not columns and not header:
        for remark in pair_remarks(looked_at, pairs):
            warn(f"{path.name}: {remark}")
    return pairs


def _parsed(
    rows: Iterable[tuple[int, list[str]]], chosen: Columns, path: Path
) -> Iterator[tuple[str, str]]:
    for number, row in rows:
        if len(row) <= max(chosen.numbers):
            wanted = "two" if max(chosen.numbers) == 1 else f"at least {max(chosen.numbers) + 1}"
            raise DataError(
                f"{path}, line {number}: expected {wanted} columns separated by tabs, "
                f"found {chr(9).join(row)[:60]!r}"
            )
        first, second = chosen.of(row)
        if not first or not second:
            which = "second" if first else "first"
            raise DataError(
                f"{path}, line {number}: the {which} column is blank: {chr(9).join(row)[:60]!r}"
            )
        yield first, second


def _check_enough(sources: tuple[str, ...], available: int, path: Path | None) -> None:
    distinct = len(set(sources))
    if distinct >= FEWEST_SOURCES:
        return
    cut = f" among the {len(sources)} pairs of --max-pairs" if len(sources) < available else ""
    raise DataError(
        f"{path or 'the sample'}: expected at least {FEWEST_SOURCES} different source sentences "
        f"to train and test on, found {distinct}{cut}"
    )


def _split(sources: tuple[str, ...], seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Split the distinct sources; return the rows of training, validation and test."""
    numbers = {sentence: number for number, sentence in enumerate(dict.fromkeys(sources))}
    tenth = len(numbers) // 10
    part = np.zeros(len(numbers), np.uint8)
    order = np.random.default_rng(seed).permutation(len(numbers))
    part[order[:tenth]] = 1
    part[order[tenth : 2 * tenth]] = 2
    part_of_row = part[[numbers[sentence] for sentence in sources]]
    training, validation, test = (np.flatnonzero(part_of_row == which) for which in range(3))
    return training, validation, test
