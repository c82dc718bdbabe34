"""Writing pages as picture files."""

import io
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from nnlab.datasets.images.picture_files import MAX_SAMPLE_VALUE
from nnlab.datasets.pages.files import LUMA, WHITE, Page, white_of
from nnlab.errors import DataError, UsageError
from nnlab.files import replacing

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = {
    **{"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "tif": "TIFF", "tiff": "TIFF", "bmp": "BMP"},
    **{"gif": "GIF", "webp": "WEBP", "pbm": "PPM", "pgm": "PPM", "ppm": "PPM"},
}
"""Pillow's name of each format, by the suffix of its files."""
WITH_ALPHA = {"PNG", "TIFF", "WEBP"}
WITH_16_BITS = {"PNG", "TIFF", "PPM"}
WITH_DPI = {"PNG", "JPEG", "TIFF", "BMP"}
WITH_PROFILE = {"PNG", "JPEG", "TIFF", "WEBP"}
OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "WEBP": {"lossless": True},
}


def write_pages(pages: Sequence[Page], target: Path | IO[bytes], kind: str | None = None) -> None:
    """Write pages to a file, whole or not at all, or to a stream.

    What the format cannot hold is given up: transparency is laid on white, 16 bits become 8.

    Args:
        pages: At least one; several only as TIFF.
        target: Where to. The folder of a file must exist.
        kind: A suffix such as "png"; by default that of `target`, which a stream has not.

    Raises:
        UsageError: The format is unknown or holds one page only.
        DataError: The format cannot hold a page of this size.
        NnlabError: The file cannot be written.
    """
    suffix = check_kind(pages, target, kind)
    content = _encoded(pages, suffix)
    if isinstance(target, Path):
        with replacing(target) as temporary:
            temporary.write_bytes(content)
    else:
        target.write(content)


def check_kind(pages: Sequence[Page], target: Path | IO[bytes], kind: str | None = None) -> str:
    """Return the suffix that stands for the format, such as "png".

    Raises:
        UsageError: The format is unknown or holds one page only.
    """
    name = str(target) if isinstance(target, Path) else "the output"
    if kind is None:
        kind = target.suffix if isinstance(target, Path) else ""
    suffix = kind.lower().removeprefix(".")
    if suffix not in FORMATS:
        raise UsageError(f"{name}: unknown format {kind!r}; expected one of {', '.join(FORMATS)}")
    if len(pages) > 1 and FORMATS[suffix] != "TIFF":
        raise UsageError(
            f"{name}: a {suffix} file cannot hold {len(pages)} pages; write a tif file"
        )
    return suffix


def _encoded(pages: Sequence[Page], suffix: str) -> bytes:
    form = FORMATS[suffix]
    stream = io.BytesIO()
    try:
        if form == "TIFF":
            _save_tiff(pages, stream)
        else:
            _image(pages[0], suffix).save(stream, form, **_options(pages[0], form))
    except (ValueError, OSError, RuntimeError, struct.error) as error:
        raise DataError(f"cannot write the page as {suffix}: {error}; try png") from error
    return stream.getvalue()


def _save_tiff(pages: Sequence[Page], stream: IO[bytes]) -> None:
    """Save each page with options of its own, which Pillow's `save_all` has not."""
    from PIL.TiffImagePlugin import AppendingTiffWriter

    with AppendingTiffWriter(stream, new=True) as tiff:
        for page in pages:
            _image(page, "tif").save(tiff, "TIFF", **_options(page, "TIFF"))
            tiff.newFrame()


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
