"""Reading the user's own pages: a folder of stained pages and one of the same pages, clean."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from nnlab.datasets.images.picture_files import picture_files
from nnlab.datasets.pages.files import read_pages
from nnlab.datasets.pages.pairs import PagePair
from nnlab.errors import DataError

SHOWN = 3
"""How many of the skipped pages are named."""


def read_folders(
    noisy: Path, clean: Path, warn: Callable[[str], None]
) -> tuple[list[PagePair], list[Path]]:
    """Read all pages that have the same name, apart from the suffix, in both folders.

    Args:
        noisy: A folder of stained pages; subfolders are skipped.
        clean: A folder of clean pages.
        warn: Called with one line for each folder with pages that are missing in the other.

    Returns:
        pairs: Sorted by name.
        files: The files read, noisy and clean in turn.

    Raises:
        DataError: A folder is missing or has no pictures, two pictures in a folder have the same
            name, no name is in both, or the pictures of a pair are damaged or differ in size.
    """
    stained, spotless = _by_stem(noisy), _by_stem(clean)
    names = sorted(stained.keys() & spotless.keys())
    if not names:
        raise DataError(
            f"no picture in {noisy} has the same name as one in {clean}; expected, for example, "
            f"{clean / next(iter(stained))} with the suffix of a picture file"
        )
    _report_unpaired(noisy, stained, spotless, clean, warn)
    _report_unpaired(clean, spotless, stained, noisy, warn)
    pairs = [_pair(name, stained[name], spotless[name]) for name in names]
    return pairs, [path for name in names for path in (stained[name], spotless[name])]


def _by_stem(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "does not exist"
        raise DataError(f"{folder} {what}; expected a folder of pictures of pages")
    files: dict[str, Path] = {}
    for path in picture_files(folder):
        if path == folder:
            raise DataError(f"{folder}: no pictures found; expected a folder of pictures of pages")
        if path.stem in files:
            raise DataError(
                f"{path} and {files[path.stem].name} differ only in the suffix; remove or rename "
                "one of them"
            )
        files[path.stem] = path
    return files


def _report_unpaired(
    folder: Path,
    here: dict[str, Path],
    there: dict[str, Path],
    other: Path,
    warn: Callable[[str], None],
) -> None:
    unpaired = [path.name for stem, path in here.items() if stem not in there]
    if unpaired:
        more = f" and {len(unpaired) - SHOWN} more" if len(unpaired) > SHOWN else ""
        names = f"{', '.join(unpaired[:SHOWN])}{more}"
        warn(f"{folder}: skipped {names}, which have no counterpart in {other}")


def _grey(path: Path) -> np.ndarray:
    """Read a page as answering does: the first of the file, on white if transparent."""
    return next(read_pages(path)).grey.round().astype(np.uint8)


def _pair(name: str, noisy: Path, clean: Path) -> PagePair:
    pair = PagePair(_grey(noisy), _grey(clean), name)
    if pair.noisy.shape != pair.clean.shape:
        (height, width), (expected_height, expected_width) = pair.noisy.shape, pair.clean.shape
        raise DataError(
            f"{noisy} has {width}x{height} pixels but {clean} has "
            f"{expected_width}x{expected_height}; the sizes must be equal"
        )
    return pair
