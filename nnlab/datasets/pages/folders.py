"""The user's own pages: a folder of stained ones and a folder of the same pages, clean."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from nnlab.datasets.images.picture_files import picture_files
from nnlab.datasets.pages.files import read_pages
from nnlab.datasets.pages.pairs import PagePair
from nnlab.errors import DataError

SHOWN = 3
"""How many of the pages left out are named."""


def read_folders(
    noisy: Path, clean: Path, warn: Callable[[str], None]
) -> tuple[list[PagePair], list[Path]]:
    """Read all pages that are in both folders, under the same name but for the suffix.

    Args:
        noisy: A folder of stained pages; subfolders are left out.
        clean: A folder of clean pages.
        warn: Called with one line for each folder with pages that the other lacks.

    Returns:
        pairs: By name.
        files: The files read, noisy and clean in turn.

    Raises:
        DataError: A folder is missing or has no pictures, two pictures of one folder have the same
            name, no name is in both, or the pictures of a pair are damaged or differ in size.
    """
    stained, spotless = _by_stem(noisy), _by_stem(clean)
    names = sorted(stained.keys() & spotless.keys())
    if not names:
        raise DataError(
            f"no picture in {noisy} has a partner of the same name in {clean}: expected "
            f"{clean / next(iter(stained))} with any suffix of a picture, and so on"
        )
    _tell(noisy, stained, spotless, clean, warn)
    _tell(clean, spotless, stained, noisy, warn)
    pairs = [_pair(name, stained[name], spotless[name]) for name in names]
    return pairs, [path for name in names for path in (stained[name], spotless[name])]


def _by_stem(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "does not exist"
        raise DataError(f"{folder} {what}; expected a folder of pictures of pages")
    files: dict[str, Path] = {}
    for path in picture_files(folder):
        if path == folder:
            raise DataError(f"{folder} is a folder without pictures; expected pages")
        if path.stem in files:
            raise DataError(
                f"{path} and {files[path.stem].name} have the same name but for the suffix; "
                "remove or rename one"
            )
        files[path.stem] = path
    return files


def _tell(
    folder: Path,
    here: dict[str, Path],
    there: dict[str, Path],
    other: Path,
    warn: Callable[[str], None],
) -> None:
    lonely = [path.name for stem, path in here.items() if stem not in there]
    if lonely:
        more = f" and {len(lonely) - SHOWN} more" if len(lonely) > SHOWN else ""
        warn(
            f"left out, as they have no partner in {other}: {', '.join(lonely[:SHOWN])}{more} "
            f"of {folder}"
        )


def _grey(path: Path) -> np.ndarray:
    """Read a page as an answer would: its first, on white where it is transparent."""
    return read_pages(path)[0].grey.round().astype(np.uint8)


def _pair(name: str, noisy: Path, clean: Path) -> PagePair:
    pair = PagePair(_grey(noisy), _grey(clean), name)
    if pair.noisy.shape != pair.clean.shape:
        (height, width), (expected_height, expected_width) = pair.noisy.shape, pair.clean.shape
        raise DataError(
            f"{noisy} has {width}x{height} pixels but {clean} has "
            f"{expected_width}x{expected_height}; a pair must match exactly"
        )
    return pair
