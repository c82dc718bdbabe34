"""Writing pages as picture files."""

import io
import itertools
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from nnlab.datasets.images.picture_files import MAX_SAMPLE_VALUE
from nnlab.datasets.pages.files import LUMA, WHITE, Page, white_of
from nnlab.datasets.pages.pdf import DPI
from nnlab.errors import DataError, UsageError
from nnlab.experiments.denoise.pdf_writing import PackedPage, packed, write_pdf
from nnlab.files import replacing

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = {
    **{"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "tif": "TIFF", "tiff": "TIFF", "bmp": "BMP"},
    **{"gif": "GIF", "webp": "WEBP", "pbm": "PPM", "pgm": "PPM", "ppm": "PPM", "pdf": "PDF"},
}
"""Pillow's name of each format, by the suffix of its files."""
WITH_ALPHA = {"PNG", "TIFF", "WEBP"}
WITH_16_BITS = {"PNG", "TIFF", "PPM"}
BITONAL = ("png", "tif", "tiff", "pdf", "bmp", "gif", "pbm")
"""Suffixes of the formats that have 1 bit per pixel."""
WITH_DPI = {"PNG", "JPEG", "TIFF", "BMP"}
WITH_PROFILE = {"PNG", "JPEG", "TIFF", "WEBP"}
OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "WEBP": {"lossless": True},
}


def write_pages(pages: Iterable[Page], target: Path | IO[bytes], kind: str | None = None) -> None:
    """Write pages to a file, whole or not at all, or to a stream in memory.

    Each page is fetched after the one before is written. What the format cannot hold is converted:
    transparent pages are laid on white, 16 bits become 8.

    Args:
        pages: At least one; several only as TIFF or PDF.
        target: Where to. The folder of a file must exist.
        kind: A suffix such as "png"; by default that of `target`; required for a stream.

    Raises:
        UsageError: The format is unknown or holds one page only.
        DataError: The format cannot hold a page of this size.
        NnlabError: The file cannot be written.
    """
    suffix = check_kind(1, target, kind)
    with _whole(target) as file:
        if FORMATS[suffix] == "TIFF":
            _write_tiff(pages, file)
        elif FORMATS[suffix] == "PDF":
            write_pdf(_packed(pages), file)
        else:
            (page, *more) = itertools.islice(pages, 2)
            check_kind(1 + len(more), target, kind)
            content = io.BytesIO()
            with _refusing(suffix):
                _image(page, suffix).save(
                    content, FORMATS[suffix], **_options(page, FORMATS[suffix])
                )
            file.write(content.getbuffer())


def check_kind(count: int, target: Path | IO[bytes], kind: str | None = None) -> str:
    """Return the suffix that stands for the format, such as "png".

    Raises:
        UsageError: The format is unknown, or cannot hold so many pages.
    """
    name = str(target) if isinstance(target, Path) else "the output"
    if kind is None:
        kind = target.suffix if isinstance(target, Path) else ""
    suffix = kind.lower().removeprefix(".")
    if suffix not in FORMATS:
        raise UsageError(f"{name}: unknown format {kind!r}; expected one of {', '.join(FORMATS)}")
    if count > 1 and FORMATS[suffix] not in ("TIFF", "PDF"):
        raise UsageError(
            f"{name}: a {suffix} file cannot hold {count} pages; write a tif or pdf file"
        )
    return suffix


def check_bitonal(target: Path | IO[bytes], kind: str) -> None:
    """Refuse a format that has no 1 bit per pixel.

    Raises:
        UsageError: It is not one of `BITONAL`.
    """
    if kind not in BITONAL:
        name = str(target) if isinstance(target, Path) else "the output"
        raise UsageError(
            f"{name}: {kind} has no 1 bit per pixel; --binarize writes {', '.join(BITONAL)}"
        )


@contextmanager
def _whole(target: Path | IO[bytes]) -> Iterator[IO[bytes]]:
    """Yield a file to write to, which becomes the target if all of it could be written."""
    if isinstance(target, Path):
        with replacing(target) as temporary, temporary.open("w+b") as file:
            yield file
    else:
        yield target


@contextmanager
def _refusing(suffix: str) -> Iterator[None]:
    """Report which format cannot hold a page; let errors of the disk pass."""
    try:
        yield
    except (ValueError, OSError, RuntimeError, struct.error) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise DataError(f"cannot write the page as {suffix}: {error}; try png") from error


def _write_tiff(pages: Iterable[Page], file: IO[bytes]) -> None:
    """Write each page with its own options, which Pillow's `save_all` cannot do."""
    from PIL.TiffImagePlugin import AppendingTiffWriter

    with AppendingTiffWriter(file, new=True) as tiff:
        for page in pages:
            with _refusing("tif"):
                _image(page, "tif").save(tiff, "TIFF", **_options(page, "TIFF"))
                tiff.newFrame()


def _packed(pages: Iterable[Page]) -> Iterator[PackedPage]:
    for page in pages:
        with _refusing("pdf"):
            packed_page = packed(_image(page, "pdf"), page.dpi or (DPI, DPI), OPTIONS["JPEG"])
        yield packed_page


def _image(page: Page, suffix: str) -> "Image":
    """Return the page as the nearest that the format can hold."""
    from PIL import Image

    form, pixels = FORMATS[suffix], page.pixels
    if page.alpha is not None and form in WITH_ALPHA:
        return Image.fromarray(np.dstack([pixels, page.alpha]))
    wide = pixels.dtype == np.uint16
    if page.alpha is not None or (wide and form not in WITH_16_BITS):
        wide = False
        pixels = page.opaque_pixels.round().astype(np.uint8)
    if suffix in ("pbm", "pgm") and pixels.ndim == 3:
        pixels = (pixels @ LUMA).round().astype(np.uint8)
    if suffix == "pbm" and pixels.dtype != np.bool_:
        pixels = pixels >= (page.white if wide else white_of(pixels)) / 2
    image = Image.fromarray(pixels)
    if suffix == "pgm" and image.mode == "1":
        image = image.convert("L")
    return image.quantize(256) if form == "GIF" and image.mode == "RGB" else image


def _options(page: Page, form: str) -> dict[str, Any]:
    options = dict(OPTIONS.get(form, {}))
    if form == "TIFF":
        if page.white not in (1, WHITE, 65535):
            options["tiffinfo"] = {MAX_SAMPLE_VALUE: page.white}
        options["compression"] = "group4" if page.pixels.dtype == np.bool_ else "tiff_deflate"
    if page.dpi and form in WITH_DPI:
        options["dpi"] = page.dpi
    if form == "BMP" and not page.dpi:
        options["dpi"] = (0, 0)  # unknown; Pillow would state 96
    if page.profile and form in WITH_PROFILE:
        options["icc_profile"] = page.profile
    return options
