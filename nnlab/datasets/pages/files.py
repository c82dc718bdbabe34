"""Reading picture files of scanned pages with everything that cleaning should not change.

    for page in read_pages(Path("scan.tif")):

The pages of a TIFF or PDF, coloured ink, transparency, 16-bit grey, black-and-white and the
resolution are kept. Colour has 8 bits per channel, as Pillow reads it. Only the first frame of an
animation is read, and EXIF data are dropped after the page has been turned upright.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.datasets.images.picture_files import (
    FORMATS,
    MAX_PIXELS,
    black_as_0,
    check_pixels,
    check_size,
    grey_of_unknown_range,
    opened,
    white_of_16_bits,
)
from nnlab.datasets.pages.pdf import is_pdf, pdf_pages, pdf_sizes
from nnlab.errors import DataError

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS_IN_ALL = 100 * MAX_PIXELS
"""Limit for all pages of a file together: 900 A4 pages at 300 dots per inch."""
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Weights of red, green and blue in grey (ITU-R BT.601, as in Pillow)."""
WHITE = 255
KINDS = {
    **{"PNG": "png", "JPEG": "jpg", "TIFF": "tif", "BMP": "bmp", "GIF": "gif"},
    **{"WEBP": "webp", "PPM": "ppm"},
}
"""File suffixes by Pillow's name of the format."""
READABLE_FORMATS = (*FORMATS, "PDF")
"""What `read_pages` reads, in words."""
X_RESOLUTION = 282
"""The TIFF tag that states the resolution."""
GREY = ("1", "L", "LA")
PROFILED = (*GREY, "RGB", "RGBA", "P", "PA")
"""Pillow modes whose colour profile also fits the page; that of CMYK, for instance, does not."""


@dataclass(frozen=True, eq=False)
class Page:
    """One page of a picture file, upright.

    Attributes:
        pixels: Grey (height, width) or colour (height, width, 3): uint8; grey may also be
            uint16, 0 to `range16`, or bool, True for white.
        alpha: uint8 (height, width), 0 transparent to 255 opaque; None if fully opaque.
        dpi: Dots per inch across and down; None if unknown.
        profile: The ICC colour profile as stored; empty if there is none.
        range16: The value of white in uint16, such as 4095 for 12 bits.
    """

    pixels: np.ndarray
    alpha: np.ndarray | None = None
    dpi: tuple[float, float] | None = None
    profile: bytes = b""
    range16: int = 65535

    @property
    def white(self) -> int:
        """The value of white: 1, 255, or that of 16 bits."""
        return self.range16 if self.pixels.dtype == np.uint16 else white_of(self.pixels)

    @property
    def grey(self) -> np.ndarray:
        """The page in grey, on white if transparent: float32 (height, width), 0 to 255."""
        if self.pixels.ndim == 2:
            return self.opaque_pixels
        grey = LUMA[0] * self.opaque_channel(0)
        for channel in (1, 2):
            grey += LUMA[channel] * self.opaque_channel(channel)
        result: np.ndarray = grey
        return result

    @property
    def opaque_pixels(self) -> np.ndarray:
        """The pixels on white: float32, 0 to 255, of the shape of `pixels`."""
        scale = np.float32(WHITE / self.white)
        values = self.pixels.astype(np.float32)
        values *= scale
        if self.alpha is None:
            return values
        share = self.alpha.astype(np.float32) / WHITE
        if values.ndim == 3:
            share = share[:, :, None]
        return WHITE - (WHITE - values) * share

    def opaque_channel(self, channel: int) -> np.ndarray:
        """One colour of `opaque_pixels`: float32 (height, width), 0 to 255."""
        return replace(self, pixels=self.pixels[:, :, channel]).opaque_pixels

    def rows(self, rows: slice) -> "Page":
        """Some rows of the page."""
        alpha = None if self.alpha is None else self.alpha[rows]
        return replace(self, pixels=self.pixels[rows], alpha=alpha)


def read_pages(source: Path | bytes, name: str | None = None) -> Iterator[Page]:
    """Yield the pages of an image file one by one: one, or all of a TIFF or PDF.

    Args:
        source: A PNG, JPEG, TIFF, BMP, GIF, WebP, PNM or PDF file, or the content of one.
        name: What messages call it; by default the file's path.

    Raises:
        DataError: The file is missing, damaged, not a picture, or has more than `MAX_PIXELS` pixels
            in a page or `MAX_PIXELS_IN_ALL` together.
    """
    name = name or (str(source) if isinstance(source, Path) else "the picture")
    kind, count = kind_and_count(source, name)
    if kind == "pdf":
        for pixels, dpi in pdf_pages(source, name):
            yield Page(pixels, dpi=dpi)
        return
    for number in range(count):
        yield _read_page(source, name, number)


def kind_and_count(source: Path | bytes, name: str) -> tuple[str, int]:
    """Return the format of a picture file as a suffix, such as "png", and the number of pages.

    No page is decoded, but the size of each is checked.

    Raises:
        DataError: As `read_pages`.
    """
    kind, sizes = kind_and_sizes(source, name)
    return kind, len(sizes)


def kind_and_sizes(source: Path | bytes, name: str) -> tuple[str, list[int]]:
    """Return the format of a picture file as a suffix, and the number of pixels of each page.

    No page is decoded.

    Raises:
        DataError: As `read_pages`.
    """
    if is_pdf(source):
        sizes = pdf_sizes(source, name)
        for size in sizes:
            check_pixels(size, name)
        _check_sum(sizes, name)
        return "pdf", sizes
    with opened(source, name, READABLE_FORMATS) as image:
        sizes = []
        for number in range(_count(image)):
            if number:
                image.seek(number)
            check_size(image, name)
            sizes.append(image.width * image.height)
        _check_sum(sizes, name)
        kind = KINDS.get(image.format or "", "jpg" if image.format == "MPO" else "png")
        return kind, sizes


def _check_sum(sizes: Sequence[int], name: str) -> None:
    pixels = sum(sizes)
    if pixels > MAX_PIXELS_IN_ALL:
        raise DataError(
            f"{name}: {pixels:,} pixels in {len(sizes):,} pages; at most {MAX_PIXELS_IN_ALL:,} "
            "allowed; split the file"
        )


def _read_page(source: Path | bytes, name: str, number: int) -> Page:
    """Read one page; the file is open only meanwhile."""
    with opened(source, name, READABLE_FORMATS) as image:
        if number:
            image.seek(number)
        check_size(image, name)
        return _page(image)


def _count(image: "Image") -> int:
    return getattr(image, "n_frames", 1) if image.format == "TIFF" else 1


def white_of(pixels: np.ndarray) -> int:
    """Return the value of white: 1, 255 or 65535."""
    return 1 if pixels.dtype == np.bool_ else int(np.iinfo(pixels.dtype).max)


def _page(image: "Image") -> Page:
    from PIL import ImageOps

    dpi = _dpi(image)
    upright = ImageOps.exif_transpose(image)
    if dpi and upright.size != image.size:
        dpi = dpi[::-1]
    pixels, alpha = _content(upright, image.format)
    known = upright.mode in PROFILED and pixels.ndim == (2 if upright.mode in GREY else 3)
    profile = image.info.get("icc_profile") or b""
    wide = upright.mode.startswith("I;16")
    range16 = white_of_16_bits(image, pixels) if wide else 65535
    pixels = black_as_0(image, pixels, range16) if wide else pixels
    return Page(pixels, alpha, dpi, profile if known else b"", range16)


def _content(image: "Image", kind: str | None) -> tuple[np.ndarray, np.ndarray | None]:
    """Return pixels and alpha as in `Page`."""
    deep = image.mode in ("I", "F") or image.mode.startswith("I;16")
    if deep or (image.mode in ("1", "L") and not image.has_transparency_data):
        return _grey_pixels(image, kind), None
    alpha = None
    palette = kind == "GIF" or image.mode == "P"
    form = "L" if image.mode in GREY else "RGB"
    if image.has_transparency_data:
        image = image.convert(f"{form}A")
        alpha = np.array(image.getchannel("A"))
    pixels = np.array(image.convert(form))
    if palette and pixels.ndim == 3 and (pixels == pixels[:, :, :1]).all():
        pixels = pixels[:, :, 0].copy()  # a palette of greys
    return pixels, alpha


def _grey_pixels(image: "Image", kind: str | None) -> np.ndarray:
    if image.mode.startswith("I;16"):
        return np.asarray(image).astype(np.uint16)
    if image.mode == "I" and kind == "PPM":  # Pillow scales more than 8 bits to 16
        return np.asarray(image).clip(0, 65535).astype(np.uint16)
    if image.mode in ("I", "F"):
        return grey_of_unknown_range(np.asarray(image))
    return np.array(image)


def _dpi(image: "Image") -> tuple[float, float] | None:
    """Return the resolution if one is stated and plausible."""
    if image.format == "TIFF" and X_RESOLUTION not in getattr(image, "tag_v2", {}):
        return None  # Pillow would report 1 if a TIFF states none
    try:
        across, down = (float(value) for value in image.info.get("dpi", ()))
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    stated = all(math.isfinite(value) and 1 <= value <= 100_000 for value in (across, down))
    return (across, down) if stated else None
