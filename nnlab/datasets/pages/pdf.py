"""Reading the pages of PDF files as pictures, one page at a time, with pypdfium2."""

import math
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.errors import DataError

SIGNATURE = b"%PDF-"
SIGNATURE_WITHIN = 1024
"""Bytes from the start of a file among which the signature stands."""
DPI = 300.0
"""Resolution of pages that are no scans."""
LEAST_DPI, MOST_DPI = 50.0, 1200.0
"""Limits of what is taken for the resolution of a scan."""
SCANNED = 0.9
"""Share of the page that the picture of a scan fills at least."""
WHITE, COLOURS = 255, 3
POINTS = 72
"""Points per inch, the unit of PDF."""


def is_pdf(source: Path | bytes) -> bool:
    """Tell whether a file, or its content, is a PDF."""
    if isinstance(source, bytes):
        return SIGNATURE in source[:SIGNATURE_WITHIN]
    try:
        with source.open("rb") as file:
            return SIGNATURE in file.read(SIGNATURE_WITHIN)
    except OSError:
        return False


def pdf_sizes(source: Path | bytes, name: str) -> list[int]:
    """Return the pixels that each page will have.

    Raises:
        DataError: The file cannot be read, or pypdfium2 is missing.
    """
    with _opened(source, name) as document:
        return [_pixels(page) for page in _pages(document)]


def pdf_pages(source: Path | bytes, name: str) -> Iterator[tuple[np.ndarray, float]]:
    """Yield the pages one by one: the picture that a scan consists of, or else the page drawn.

    Yields:
        Grey uint8 or black and white bool (height, width), or colour uint8 (height, width, 3) where
        there is any; dots per inch.

    Raises:
        DataError: As by `pdf_sizes`.
    """
    with _opened(source, name) as document:
        for page in _pages(document):
            scan = _scan(page)
            if scan is None:
                with closing(page.render(scale=DPI / POINTS)) as bitmap:
                    yield _plain(bitmap.to_numpy()), DPI
            else:
                with closing(scan.get_bitmap()) as bitmap:
                    pixels = _plain(bitmap.to_numpy())
                two_levels = scan.get_metadata().bits_per_pixel == 1 and pixels.ndim == 2
                yield (pixels > WHITE // 2 if two_levels else pixels), _resolution(scan)


def _plain(pixels: np.ndarray) -> np.ndarray:
    """Copy pixels in grey, or blue, green, red and more; return grey where there is no colour."""
    if pixels.ndim == 2:
        return np.array(pixels)
    if pixels.shape[2] < COLOURS or (pixels[:, :, :COLOURS] == pixels[:, :, :1]).all():
        return np.array(pixels[:, :, 0])
    return np.array(pixels[:, :, COLOURS - 1 :: -1])


@contextmanager
def _opened(source: Path | bytes, name: str) -> Iterator[Any]:
    try:
        import pypdfium2
    except ImportError as error:
        raise DataError(
            f"{name}: reading PDF needs pypdfium2; run pip install 'nnlab[pdf]'"
        ) from error
    try:
        with closing(pypdfium2.PdfDocument(source)) as document:
            yield document
    except pypdfium2.PdfiumError as error:
        raise DataError(f"{name}: cannot be read as a PDF: {error}") from error


def _pages(document: Any) -> Iterator[Any]:
    for number in range(len(document)):
        with closing(document[number]) as page:
            yield page


def _pixels(page: Any) -> int:
    scan = _scan(page)
    if scan is not None:
        width, height = scan.get_px_size()
    else:
        width, height = (math.ceil(side * DPI / POINTS) for side in page.get_size())
    count: int = width * height
    return count


def _scan(page: Any) -> Any:
    """Return the picture that is all there is to see of a page, or None.

    Scans may have a layer of invisible text over them, from a program that has read them.
    """
    from pypdfium2 import raw

    objects = [one for one in page.get_objects() if not _is_invisible_text(one)]
    if len(objects) != 1 or objects[0].type != raw.FPDF_PAGEOBJ_IMAGE or page.get_rotation():
        return None
    across, turned_down, turned_across, down, _, _ = objects[0].get_matrix().get()
    left, bottom, right, top = objects[0].get_bounds()
    width, height = page.get_size()
    upright = across > 0 and down > 0 and not turned_down and not turned_across
    fills = (right - left) * (top - bottom) >= SCANNED * width * height
    plausible = LEAST_DPI <= _resolution(objects[0]) <= MOST_DPI
    return objects[0] if upright and fills and plausible else None


def _is_invisible_text(one: Any) -> bool:
    from pypdfium2 import raw

    if one.type != raw.FPDF_PAGEOBJ_TEXT:
        return False
    mode = raw.FPDFTextObj_GetTextRenderMode(one)
    return bool(mode == raw.FPDF_TEXTRENDERMODE_INVISIBLE)


def _resolution(image: Any) -> float:
    """Return the dots per inch of a picture on its page."""
    left, _, right, _ = image.get_bounds()
    width, _ = image.get_px_size()
    return float(POINTS * width / max(right - left, 1e-6))
