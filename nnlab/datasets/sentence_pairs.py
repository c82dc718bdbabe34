"""Sentences and their translations: English-Dutch, the embedded sample, or the user's file."""

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlab.datasets.locate import Wanted, locate
from nnlab.datasets.phrases import phrase_pairs
from nnlab.datasets.source import SAMPLE, Source
from nnlab.datasets.store import Store
from nnlab.datasets.text_files import read_text
from nnlab.datasets.zipped_text import is_zip, read_zipped_text
from nnlab.errors import DataError

FEWEST_SOURCES = 30
WANTED = Wanted(
    role="pairs",
    default="nld-eng",
    title="nld-eng",
    sample="phrases made by a small grammar",
)


@dataclass(frozen=True)
class SentencePairs:
    """Sentences with a translation each, in three parts.

    Attributes:
        sources: A sentence per pair, shortest first; may repeat, with other translations.
        targets: The translation of each.
        training: int64, ascending row numbers: the pairs of four fifths of the distinct sources.
        validation: int64, the pairs of one tenth of the distinct sources.
        test: int64, the pairs of the other tenth.
        source: Which data this is.

    Of the pairs ("Hi.", "Hoi.") and ("Hi.", "Hé!") both are in the same part.
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
    warn: Callable[[str], None],
) -> SentencePairs:
    """Load the pairs that the user asked for, or the best ones that can be had.

    Args:
        store: Where data files lie.
        name: A file of a pair per line, tab-separated, further columns ignored, plain, gzipped
            or zipped; "sample"; "nld-eng"; or None: nld-eng where it is found or can be
            downloaded, else the sample, with a warning.
        reverse: Whether to translate from the second column into the first.
        max_pairs: Take this many, those with the shortest source; 0 takes all.
        split_seed: Which sources are held out for validation and test.
        warn: Called with one line if the sample stands in, or if a zip file holds several texts.

    Raises:
        DataError: The file is missing, damaged, no list of pairs, or too short to split.
    """
    located = locate(store, name, WANTED, warn)
    if located is None:
        pairs: Sequence[tuple[str, str]] = phrase_pairs()
        content = "".join(f"{english}\t{dutch}\n" for english, dutch in pairs)
        digest = hashlib.sha256(content.encode()).hexdigest()
        source = Source(SAMPLE, digest, sample=True, files=())
    else:
        pairs = read_pairs(located.path, warn)
        source = located.source()
    if reverse:
        pairs = [(second, first) for first, second in pairs]
    taken = sorted(pairs, key=lambda pair: len(pair[0]))[: max_pairs or None]
    sources = tuple(first for first, _ in taken)
    _check_enough(sources, len(pairs), located.path if located else None)
    parts = _split(sources, split_seed)
    return SentencePairs(sources, tuple(second for _, second in taken), *parts, source)


def read_pairs(path: Path, warn: Callable[[str], None]) -> list[tuple[str, str]]:
    """Read the first two columns of a file, each different pair once, in the file's order.

    Args:
        path: A tab-separated text in UTF-8, plain, gzipped or zipped.
        warn: Called with one line if a zip file holds several texts.

    Returns:
        Pairs of sentences in Unicode's composed form (NFC), without blanks around them.

    Raises:
        DataError: The file is missing or damaged, or a line is no pair: names the line.
    """
    text = read_zipped_text(path, warn) if is_zip(path) else read_text(path)
    lines = text.split("\n")  # splitlines() would also cut at characters inside a sentence
    return list(dict.fromkeys(_parsed(lines, path)))


def _parsed(lines: Iterable[str], path: Path) -> Iterable[tuple[str, str]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        columns = unicodedata.normalize("NFC", line).split("\t")
        if len(columns) < 2:
            raise DataError(
                f"{path}, line {number}: expected two columns with a tab between them, "
                f"found {line[:60]!r}"
            )
        first, second = columns[0].strip(), columns[1].strip()
        if not first or not second:
            which = "second" if first else "first"
            raise DataError(f"{path}, line {number}: the {which} column is blank; {line[:60]!r}")
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
    """Deal out the distinct sources; return the rows of training, validation and test."""
    numbers = {sentence: number for number, sentence in enumerate(dict.fromkeys(sources))}
    tenth = len(numbers) // 10
    part = np.zeros(len(numbers), np.uint8)
    order = np.random.default_rng(seed).permutation(len(numbers))
    part[order[:tenth]] = 1
    part[order[tenth : 2 * tenth]] = 2
    part_of_row = part[[numbers[sentence] for sentence in sources]]
    training, validation, test = (np.flatnonzero(part_of_row == which) for which in range(3))
    return training, validation, test
