"""Figures inside the page: PNG files as data URIs, each with a caption and words in its place."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.errors import DataError
from nnlab.plots.style import png

MOST_BYTES = 2**24
"""No figure of ours comes near; a page that holds more could not be opened."""

COMMON_CAPTIONS = {
    "learning-curves": ("Learning curves", "Loss and measures over the epochs"),
    "curves": (
        "Learning curves of the runs",
        "The measure drawn over the epochs, one curve for each kind of run",
    ),
    "network": ("Network", "The layers of the network and how they are connected"),
}
"""Title and description of the figures that all experiments have."""
_FIRST, _LAST = ("learning-curves",), ("network",)
_DPI_RATIO = 1.5
"""Pixels of a figure, drawn with 150 dots an inch, to pixels of a page, 96."""


@dataclass(frozen=True)
class Picture:
    """An image inside the page.

    Attributes:
        uri: The image itself.
        width: In pixels of the page.
        height: In pixels of the page.
        alt: What it shows, in words.
        caption: Its title.
        name: Which figure of a run it is.
    """

    uri: str
    width: int
    height: int
    alt: str
    caption: str = ""
    name: str = ""


def read_figures(
    folder: Path, of: str, captions: Mapping[str, tuple[str, str]]
) -> Iterator[Picture]:
    """Yield the figures of a run: learning curves first, the network last.

    Args:
        folder: Where the PNG files lie; it may be missing.
        of: What they are figures of, for their alt texts.
        captions: Title and description of the experiment's own figures, by name.

    Raises:
        DataError: A file is no PNG image.
    """
    paths = [path for path in folder.glob("*.png") if path.is_file()]
    for path in sorted(paths, key=lambda p: (p.stem not in _FIRST, p.stem in _LAST, p.name)):
        yield _figure(*_png(path), path.stem, of, captions)


def read_picture(path: Path, caption: str) -> Picture:
    """Return a figure that says by itself what it is.

    Raises:
        DataError: The file is no PNG image.
    """
    return replace(_figure(*_png(path), path.stem, caption), alt=caption, caption=caption)


def _png(path: Path) -> tuple[bytes, int, int]:
    """Return an image file with its width and height."""
    from PIL import Image

    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError(f"it is larger than {MOST_BYTES:,} bytes")
        content = path.read_bytes()
        with Image.open(BytesIO(content), formats=["PNG"]) as image:
            width, height = image.size
            image.verify()
    except Exception as error:  # of a damaged file PIL raises a dozen kinds
        raise DataError(f"{path}: expected a PNG image, but {error}") from error
    return content, width, height


def drawn_figure(figure: Any, name: str, of: str) -> Picture:
    """Return a figure of matplotlib."""
    from PIL import Image

    content = png(figure)
    with Image.open(BytesIO(content)) as image:
        width, height = image.size
    return _figure(content, width, height, name, of)


def _figure(
    content: bytes,
    width: int,
    height: int,
    name: str,
    of: str,
    captions: Mapping[str, tuple[str, str]] = COMMON_CAPTIONS,
) -> Picture:
    plain = name.replace("-", " ")
    known = {**COMMON_CAPTIONS, **captions}
    caption, alt = known.get(name, (plain[:1].upper() + plain[1:], f"The figure {plain}"))
    width, height = round(width / _DPI_RATIO), round(height / _DPI_RATIO)
    return Picture(_uri(content), width, height, f"{alt}: {of}", caption, name)


def image(pixels: np.ndarray, alt: str) -> Picture:
    """Return a grey image, uint8 (height, width)."""
    from PIL import Image

    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, format="png", optimize=True)
    return Picture(_uri(buffer.getvalue()), pixels.shape[1], pixels.shape[0], alt)


def _uri(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()
