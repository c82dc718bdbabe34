"""Clean the pages of a picture file with a trained network, in bounded memory."""

import sys
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import IO, TypeVar

import numpy as np

from nnlab.datasets.images.picture_files import whole, whole_if_piped
from nnlab.datasets.pages.files import WHITE, Page, kind_and_count, read_pages
from nnlab.errors import DataError
from nnlab.experiments.denoise.colour import binarized, cleaned
from nnlab.experiments.denoise.jobs import Job
from nnlab.experiments.denoise.writing import BITONAL, check_bitonal, check_kind, write_pages
from nnlab.files import make_folder
from nnlab.inference import Network
from nnlab.inference.tiles import run_on_page

T = TypeVar("T")


def clean_pages(
    network: Network,
    job: Job,
    target: Path | IO[bytes],
    strength: float,
    *,
    binarize: bool = False,
) -> int:
    """Read the pages of a picture file, clean them, and write them to another, whole or not at all.

    Pages are cleaned one by one. The next one is read meanwhile, so two are in memory.

    Args:
        network: From grey pages, 0 to 255, to clean ones, 0 to 1.
        job: What to read.
        target: Where to write; the folder of a file is created if it is missing.
        strength: How much of the cleaning to take, 0 to 1.
        binarize: Write black and white.

    Returns:
        The number of pages.

    Raises:
        UsageError: The format to write is unknown, or holds one page only.
        DataError: The file cannot be read as an image, or a page does not fit the format.
        NnlabError: The target cannot be written.
    """
    source = whole(sys.stdin.buffer, "stdin") if job.source is None else _once(job.source)
    found, count = kind_and_count(source, job.name)
    kind = job.kind(found)
    if binarize and job.target is None and kind not in BITONAL:
        kind = "png"
    # before the work, not after it
    check_kind(count, target, kind)
    if binarize:
        check_bitonal(target, kind)
    put_back = binarized if binarize else cleaned
    if isinstance(target, Path):
        make_folder(target.parent)
    with closing(read_ahead(read_pages(source, job.name))) as pages:
        clean = (put_back(page, _grey(network, page), strength) for page in pages)
        write_pages(clean, target, kind)
    return count


def read_ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """Yield the items; while the caller uses one, fetch the next in a thread."""
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = reader.submit(next, items, None)
            yield item


def _once(path: Path) -> Path | bytes:
    try:
        return whole_if_piped(path)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error


def _grey(network: Network, page: Page) -> np.ndarray:
    """Return the cleaned page in grey, 0 to 255."""
    grey = run_on_page(network, page.grey)
    grey *= WHITE
    grey.clip(0, WHITE, out=grey)
    return grey
