"""Clean the pages of a picture file with a trained network, in bounded memory."""

import io
import sys
from pathlib import Path

from nnlab.datasets.images.picture_files import whole, whole_if_piped
from nnlab.datasets.pages.files import WHITE, Page, kind_of, read_pages
from nnlab.errors import DataError
from nnlab.experiments.denoise.colour import cleaned
from nnlab.experiments.denoise.jobs import Job
from nnlab.experiments.denoise.writing import check_kind, write_pages
from nnlab.files import make_folder
from nnlab.inference import Network
from nnlab.inference.tiles import run_on_page


def clean_to_file(network: Network, job: Job, target: Path, strength: float) -> list[Page]:
    """Read the pages of a picture file, clean them, and write them to another, whole or not at all.

    Args:
        network: From grey pages, 0 to 255, to clean ones, 0 to 1.
        job: What to read.
        target: Where to write; its folder is made where it is missing.
        strength: How much of the cleaning to take, 0 to 1.

    Returns:
        The cleaned pages.

    Raises:
        UsageError: The format to write is unknown, or holds one page only.
        DataError: The file cannot be read as a picture, or not be written in that format.
        NnlabError: The target cannot be written.
    """
    pages, kind = _cleaned(network, job, strength)
    make_folder(target.parent)
    write_pages(pages, target, kind)
    return pages


def clean_to_bytes(network: Network, job: Job, strength: float) -> bytes:
    """Read and clean likewise, and return the contents of the new file."""
    stream = io.BytesIO()
    pages, kind = _cleaned(network, job, strength)
    write_pages(pages, stream, kind)
    return stream.getvalue()


def _cleaned(network: Network, job: Job, strength: float) -> tuple[list[Page], str]:
    source = whole(sys.stdin.buffer, "stdin") if job.source is None else _once(job.source)
    pages = read_pages(source, job.name)
    kind = job.kind(kind_of(source, job.name))
    check_kind(pages, job.target or io.BytesIO(), kind)  # before the work, not after it
    return [_clean(network, page, strength) for page in pages], kind


def _once(path: Path) -> Path | bytes:
    try:
        return whole_if_piped(path)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error


def _clean(network: Network, page: Page, strength: float) -> Page:
    clean = run_on_page(network, page.grey)
    clean *= WHITE
    return cleaned(page, clean, strength)
