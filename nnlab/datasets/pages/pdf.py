"""Reading the pages of PDF files as pictures, one page at a time, with pypdfium2."""

import math
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.errors import DataError
from nnlab.versions import install_command

SIGNATURE = b"%PDF-"
HEAD = 1024
"""Bytes in which readers look for the signature."""
DPI = 300.0
"""Resolution of pages that are no scans."""
LEAST_DPI, MOST_DPI = 50.0, 1200.0
"""Limits of what is taken for the resolution of a scan."""
POINTS = 72
"""Points per inch, the unit of PDF."""
WHITE, COLOURS = 255, 3
EDGE = 0.02
"""Share of a page's side by which the picture of a scan may be smaller or larger."""
COMPARED = 32
"""Longer side in pixels of the small pages by which a picture is compared with its page."""
ALIKE = 12.0
"""Mean difference in grey levels up to which they are alike; a negative differs by some 200."""

Resolution = tuple[float, float]
"""Dots per inch across and down."""


def is_pdf(source: Path | bytes) -> bool:
    """Tell whether a file, or its content, is a PDF."""
    if isinstance(source, bytes):
        return SIGNATURE in source[:HEAD]
    try:
        with source.open("rb") as file:
            return SIGNATURE in file.read(HEAD)
    except OSError:
        return False


def pdf_sizes(source: Path | bytes, name: str) -> list[int]:
    """Return the pixels that each page will have.

    Raises:
        DataError: The file cannot be read, or pypdfium2 is missing.
    """
    sizes = []
    with _opened(source, name) as document:
        for number in range(len(document)):
            with _page(document, number, name) as page:
                sizes.append(_pixels(page))
    return sizes


def pdf_pages(source: Path | bytes, name: str) -> Iterator[tuple[np.ndarray, Resolution]]:
    """Yield the pages one by one: the picture that a scan consists of, or else the page drawn.

    Yields:
        Grey uint8 or black and white bool (height, width), or colour uint8 (height, width, 3) where
        there is any; the resolution.

    Raises:
        DataError: As by `pdf_sizes`.
    """
    with _opened(source, name) as document:
        for number in range(len(document)):
            with _page(document, number, name) as page:
                found = _seen(page)
            yield found


def _seen(page: Any) -> tuple[np.ndarray, Resolution]:
    """Return the picture that a page consists of, or else the page drawn; its resolution."""
    picture = _picture(page)
    taken = None if picture is None else _taken(page, picture)
    if picture is not None and taken is not None:
        return taken, _resolution(picture)
    dpi = _drawing_dpi(page)
    return _drawn(page, dpi / POINTS), (dpi, dpi)


@contextmanager
def _opened(source: Path | bytes, name: str) -> Iterator[Any]:
    try:
        import pypdfium2
    except ImportError as error:
        raise DataError(
            f"{name}: reading PDF needs pypdfium2; run {install_command('pdf')}"
        ) from error
    try:
        document = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        why = "it is encrypted" if "password" in str(error).lower() else "it is damaged or empty"
        raise DataError(f"{name}: cannot be read as a PDF: {why}") from error
    with closing(document):
        document.init_forms()  # before any page: else the fields of a form are not drawn
        yield document


@contextmanager
def _page(document: Any, number: int, name: str) -> Iterator[Any]:
    """Open a page, counted from 0, for what is done in the block.

    Raises:
        DataError: It cannot be read, or drawn.
    """
    import pypdfium2

    try:
        with closing(document[number]) as page:
            yield page
    except pypdfium2.PdfiumError as error:
        raise DataError(f"{name}: page {number + 1} cannot be read: {error}") from error


def _pixels(page: Any) -> int:
    """Return the pixels of a page, whichever way it will be taken."""
    picture = _picture(page)
    stored: int = 0 if picture is None else math.prod(picture.get_px_size())
    scale = _drawing_dpi(page) / POINTS
    width, height = page.get_size()
    drawn: int = math.ceil(width * scale) * math.ceil(height * scale)
    return max(stored, drawn)


def _picture(page: Any) -> Any:
    """Return the one picture that a page shows, upright and over all of it, or None.

    Scans may have a layer of invisible text over them, from a program that has read them.
    """
    from pypdfium2 import raw

    objects = [one for one in page.get_objects() if not _is_invisible_text(one)]
    if len(objects) != 1 or objects[0].type != raw.FPDF_PAGEOBJ_IMAGE or page.get_rotation():
        return None
    (picture,) = objects
    across, turned_down, turned_across, down, _, _ = picture.get_matrix().get()
    left, bottom, right, top = page.get_bbox()
    slack = EDGE * max(right - left, top - bottom)
    near = zip(picture.get_bounds(), (left, bottom, right, top), strict=True)
    fits = (
        across > 0
        and down > 0
        and not turned_down
        and not turned_across
        and all(abs(one - other) <= slack for one, other in near)
        and all(LEAST_DPI <= dpi <= MOST_DPI for dpi in _resolution(picture))
        and not raw.FPDFPage_GetAnnotCount(page)
    )
    return picture if fits else None


def _taken(page: Any, picture: Any) -> np.ndarray | None:
    """Return the pixels of a picture if the page shows them as they are.

    Masks, clipping and stencils make a page look otherwise; a small drawing of it tells.
    """
    import pypdfium2

    try:
        stored = picture.get_bitmap().to_numpy()
    except pypdfium2.PdfiumError:  # the drawing leaves out what cannot be decoded
        return None
    pixels = _plain(stored)
    small = _drawn(page, COMPARED / max(page.get_size()))
    if abs(_reduced(pixels, small) - _reduced(small, small)).mean() > ALIKE:
        return None
    is_bitonal = picture.get_metadata().bits_per_pixel == 1 and pixels.ndim == 2
    if is_bitonal and np.isin(pixels[:: max(1, len(pixels) // 64)], (0, WHITE)).all():
        return pixels > WHITE // 2
    return pixels


def _reduced(pixels: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Return a page in grey at the size of another: float32."""
    from PIL import Image

    size = like.shape[1], like.shape[0]
    small = Image.fromarray(pixels).convert("L").resize(size, Image.Resampling.BOX)
    return np.asarray(small, np.float32)


def _drawn(page: Any, scale: float) -> np.ndarray:
    with closing(page.render(scale=scale)) as bitmap:
        return _plain(bitmap.to_numpy())


def _plain(pixels: np.ndarray) -> np.ndarray:
    """Copy pixels in grey, or blue, green, red and more; return grey where there is no colour."""
    if pixels.ndim == 2:
        return np.array(pixels)
    if pixels.shape[2] < COLOURS or (pixels[:, :, :COLOURS] == pixels[:, :, :1]).all():
        return np.array(pixels[:, :, 0])
    return np.array(pixels[:, :, COLOURS - 1 :: -1])


def _drawing_dpi(page: Any) -> float:
    """Return the resolution of the picture that takes up most of a page, or the usual one."""
    from pypdfium2 import raw

    width, height = page.get_size()
    for picture in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]):
        left, bottom, right, top = picture.get_bounds()
        dpi = max(_resolution(picture))
        if (right - left) * (top - bottom) > 0.5 * width * height and LEAST_DPI <= dpi <= MOST_DPI:
            return dpi
    return DPI


def _is_invisible_text(one: Any) -> bool:
    from pypdfium2 import raw

    if one.type != raw.FPDF_PAGEOBJ_TEXT:
        return False
    mode = raw.FPDFTextObj_GetTextRenderMode(one)
    return bool(mode == raw.FPDF_TEXTRENDERMODE_INVISIBLE)


def _resolution(picture: Any) -> Resolution:
    """Return the dots per inch of an upright picture on its page."""
    left, bottom, right, top = picture.get_bounds()
    width, height = picture.get_px_size()
    across, down = max(right - left, 1e-6), max(top - bottom, 1e-6)
    return float(POINTS * width / across), float(POINTS * height / down)
