"""Loading pairs of stained and clean pages: NoisyOffice, its substitute, or the user's own.

In NoisyOffice, all 72 pages of a part show the same text in 18 fonts, and each noise is one picture
laid over all of them. Scores on the training set therefore say nothing about unknown text or
stains. The scored part has another text and other stains, and no choice is based on it.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np

from nnlab.datasets.images.picture_files import read_picture
from nnlab.datasets.pages.folders import read_folders
from nnlab.datasets.pages.pairs import PagePair, split_by_text
from nnlab.datasets.samples.stained_pages import SHAPE, synthetic_page
from nnlab.datasets.samples.varied_pages import varied_page
from nnlab.datasets.store import MissingDataError, Store
from nnlab.datasets.store.provenance import SAMPLE, Source
from nnlab.datasets.store.registry import get_set
from nnlab.errors import DataError, UsageError, nearest

NOISYOFFICE = "noisyoffice"
NOISES = {"c": "coffee", "f": "folds", "p": "footprints", "w": "wrinkles"}
HELD_OUT_FOUNTS = 3
SAMPLE_PARTS = (24, 6, 8)
SAMPLE_SHAPE = (192, 256)


@dataclass(frozen=True)
class Pages:
    """Pages in parts that have no clean page in common.

    Attributes:
        training: At least one pair.
        validation: At least one pair, to choose the best epoch.
        test: At least one pair, scored only once.
        source: Which data this is, without additional synthetic pages.
        facts: The checksum of these pages, by its name, if there are any.
    """

    training: tuple[PagePair, ...]
    validation: tuple[PagePair, ...]
    test: tuple[PagePair, ...]
    source: Source
    facts: Mapping[str, str] = field(default_factory=dict)


def load_pages(
    store: Store,
    *,
    noisy: Path | None,
    clean: Path | None,
    dataset: str | None,
    synthetic: int,
    split_seed: int,
    warn: Callable[[str], None],
) -> Pages:
    """Load the data set that the user asked for, or the best one available.

    Args:
        store: Finds data files.
        noisy: A folder of the user's own stained pages.
        clean: A folder of the same pages, clean, with the same names apart from the suffix.
        dataset: "noisyoffice", "sample", or None: NoisyOffice if it is found or can be downloaded,
            else the sample, with a warning.
        synthetic: How many synthetic pages to add to the training set.
        split_seed: Seed of the split; not the training seed.
        warn: Called with one line if the sample is used instead, or pages are skipped.

    Raises:
        UsageError: The options do not fit together.
        DataError: The data is missing, damaged, or too little to be split into three parts.
    """
    _check_options(noisy, clean, dataset)
    if noisy is not None and clean is not None:
        pages = _own_pages(noisy, clean, split_seed, warn)
    elif dataset == SAMPLE:
        pages = sample_pages()
    else:
        pages = _noisyoffice_or_sample(store, dataset, split_seed, warn)
    return _with_synthetic(pages, synthetic)


@cache  # the runs of a group need the same pages
def sample_pages() -> Pages:
    """Make the embedded sample: 24, 6 and 8 pages of 192x256 pixels, always the same, read-only."""
    made = _made(synthetic_page, sum(SAMPLE_PARTS), SAMPLE_SHAPE, "sample")
    for array in (array for pair in made for array in (pair.noisy, pair.clean)):
        array.setflags(write=False)
    first, second = SAMPLE_PARTS[0], sum(SAMPLE_PARTS[:2])
    source = Source(SAMPLE, _checksum(made), sample=True, files=())
    return Pages(made[:first], made[first:second], made[second:], source)


def _check_options(noisy: Path | None, clean: Path | None, dataset: str | None) -> None:
    if (noisy is None) != (clean is None):
        given, lacking = ("--clean", "--noisy") if noisy is None else ("--noisy", "--clean")
        raise UsageError(f"{given} needs {lacking} as well: stained pages and the same pages clean")
    if dataset is not None and noisy is not None:
        raise UsageError(f"give either --dataset {dataset} or --noisy and --clean, not both")
    known = [NOISYOFFICE, SAMPLE]
    if dataset is not None and dataset not in known:
        raise UsageError(f"unknown data set {dataset!r}; {nearest(dataset, known)}")


def _noisyoffice_or_sample(
    store: Store, dataset: str | None, split_seed: int, warn: Callable[[str], None]
) -> Pages:
    try:
        return _noisyoffice(store.fetch(get_set(NOISYOFFICE)), split_seed)
    except MissingDataError as error:
        if dataset is not None:
            raise
        warn(
            f"noisyoffice not found ({error.reason}); using the embedded sample instead: pages "
            "printed and stained by code; its scores cannot be compared with NoisyOffice's (to get "
            "it: nnlab data fetch noisyoffice)"
        )
        return sample_pages()


def _noisyoffice(files: dict[str, Path], split_seed: int) -> Pages:
    """Read the set with its makers' partition: train on TR, score VA."""
    parts: dict[str, list[PagePair]] = {"TR": [], "VA": []}
    for role, path in files.items():
        match = re.fullmatch(r"noisy/(Font\w+_Noise(\w)_(TR|VA))", role)
        if match:
            name, noise, part = match.groups()
            clean = read_picture(files[f"clean/{name}"])
            parts[part].append(PagePair(read_picture(path), clean, name, NOISES[noise]))
    held_out, training = split_by_text(parts["TR"], [HELD_OUT_FOUNTS], split_seed)
    source = Source.of_files(NOISYOFFICE, files.values(), [NOISYOFFICE])
    return Pages(training, held_out, tuple(parts["VA"]), source)


def _own_pages(noisy: Path, clean: Path, split_seed: int, warn: Callable[[str], None]) -> Pages:
    pairs, files = read_folders(noisy, clean, warn)
    texts = len({pair.text for pair in pairs})
    if texts < 3:
        raise DataError(
            f"{noisy} and {clean}: expected at least 3 different clean pages, for training, "
            f"validation and test, found {texts} ({len(pairs)} pairs)"
        )
    test, validation, training = split_by_text(
        pairs, [max(1, texts // 5), max(1, texts // 10)], split_seed
    )
    source = Source.of_files(noisy.resolve().name, files, [noisy, clean])
    return Pages(training, validation, test, source)


def _with_synthetic(pages: Pages, count: int) -> Pages:
    shape = SAMPLE_SHAPE if pages.source.sample else SHAPE
    if not count:
        return pages
    extra = _made(varied_page, count, shape, "varied")
    training = (*pages.training, *extra)
    return replace(pages, training=training, facts={"synthetic_pages": _checksum(extra)})


def _made(
    make: Callable[[int, tuple[int, int]], tuple[np.ndarray, np.ndarray, str]],
    count: int,
    shape: tuple[int, int],
    name: str,
) -> tuple[PagePair, ...]:
    made = ((seed, *make(seed, shape)) for seed in range(count))
    return tuple(
        PagePair(noisy, clean, f"{name}-{seed}", kind) for seed, noisy, clean, kind in made
    )


def _checksum(pages: Iterable[PagePair]) -> str:
    pixels = (page.noisy.tobytes() + page.clean.tobytes() for page in pages)
    return hashlib.sha256(b"".join(pixels)).hexdigest()
