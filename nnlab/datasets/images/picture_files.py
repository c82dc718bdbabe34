"""Reading users' image files as grey arrays."""

import contextlib
import io
import re
import warnings
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from nnlab.errors import DataError, NnlabError

if TYPE_CHECKING:
    from PIL.Image import Image

# Pillow opens more, but some formats start other programs (EPS) or are hardly tested.
FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP", "PPM")
SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", ".webp"),
    *(".pbm", ".pgm", ".ppm"),
)
MAX_PIXELS = 80_000_000
"""More than usual cameras have; Pillow itself warns above 89 million."""
MAX_SAMPLE_VALUE = 281
"""The TIFF tag that may state the largest value in use."""
PHOTOMETRIC, WHITE_IS_0 = 262, 0
"""The TIFF tag that says what 0 means."""
USUAL_WHITES = (255, 1023, 4095)
"""White in 8, 10 and 12 bits."""
MOST_BYTES = 2**29
"""Largest picture from a pipe, half a GiB."""
LONGEST_SHOWN = 200
"""Characters shown of a name that the system refuses as too long, so that the error stays short."""
VISIBLE_ALPHA = 128
"""Alpha from which a pixel counts as visible."""


def picture_files(given: str | Path, suffixes: Collection[str] = SUFFIXES) -> list[Path]:
    """Return the image files that an input names.

    Args:
        given: A file or a folder.
        suffixes: Of the files that count as images inside a folder.

    Returns:
        For a folder, the images inside, sorted by name; subfolders, hidden files (such as `._name`
        files of macOS) and special files, such as named pipes, are left out. For anything else, and
        for a folder without images, the path itself, for `read_picture` to read or refuse.

    Raises:
        DataError: The name is empty or too long, or the folder cannot be read.
    """
    if not str(given):  # Path("") would be the current folder
        raise DataError("the name is empty; expected an image file or a folder of images")
    if "://" in str(given):
        raise DataError(f"{given}: expected an image file, got a URL; download it first")
    path = Path(given)
    try:
        if not path.is_dir():
            return [path]
        inside = sorted(child for child in path.iterdir() if _is_listed(child, suffixes))
    except OSError as error:
        name = str(path)
        shown = name if len(name) <= LONGEST_SHOWN else f"{name[:LONGEST_SHOWN]}..."
        raise DataError(f"{shown}: cannot read it: {error.strerror or error}") from error
    return inside or [path]


def _is_listed(child: Path, suffixes: Collection[str]) -> bool:
    if child.suffix.lower() not in suffixes or child.name.startswith("."):
        return False
    try:
        return child.is_file()
    except OSError:  # a link to where nobody may look, which reading it will report
        return True


def read_picture(path: Path) -> np.ndarray:
    """Read the first page of an image file in grey, turned upright by its EXIF orientation.

    Colour becomes luminance, and 16 bits are scaled to 8. Transparent pixels become white, or black
    if all visible ones are light.

    Returns:
        uint8 (height, width), 0 black to 255 white.

    Raises:
        DataError: The file is missing, damaged, not an image, or has more than `MAX_PIXELS` pixels.
    """
    from PIL import ImageOps

    with opened(path, str(path)) as image:
        image.draft("L", image.size)  # a JPEG then decodes its luminance only
        ImageOps.exif_transpose(image, in_place=True)
        return _grey(image)


@contextlib.contextmanager
def opened(source: Path | bytes, name: str, expected: Sequence[str] = FORMATS) -> Iterator["Image"]:
    """Open a picture to be decoded inside the block, and turn failures there into `DataError`.

    Args:
        source: A file, or the content of one.
        name: What messages call it.
        expected: The formats that messages name.

    Raises:
        DataError: The file is missing, damaged, not an image, or has more than `MAX_PIXELS` pixels.
    """
    try:
        if isinstance(source, Path) and source.is_dir():
            raise DataError(f"{name}: no images found; expected {', '.join(expected)} files")
        with warnings.catch_warnings(), _stream(source) as file:
            warnings.simplefilter("ignore")  # damaged metadata, and sizes that are checked here
            with _open(file, name, expected) as image:
                yield image
    except FileNotFoundError as error:
        raise DataError(f"{name} does not exist; expected an image file") from error
    except (DataError, MemoryError):
        raise
    except Exception as error:  # a damaged file can make Pillow's decoders raise anything
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise DataError(f"{name}: cannot read the image: {reason}") from error


def check_size(image: "Image", name: str) -> None:
    """Refuse a picture, or a page, that is too large.

    Raises:
        DataError: It has more than `MAX_PIXELS` pixels.
    """
    check_pixels(image.width * image.height, name)


def check_pixels(count: int, name: str) -> None:
    """Refuse a picture of so many pixels if they are too many.

    Raises:
        DataError: They are more than `MAX_PIXELS`.
    """
    if count > MAX_PIXELS:
        raise _too_large(name, count)


def _stream(source: Path | bytes) -> IO[bytes]:
    if isinstance(source, Path):
        source = whole_if_piped(source)
    return source.open("rb") if isinstance(source, Path) else io.BytesIO(source)


def whole_if_piped(path: Path) -> Path | bytes:
    """Return the path of a file, or the content of a named pipe, which can be read only once.

    Raises:
        DataError: The pipe yields more than `MOST_BYTES`.
        OSError: It cannot be read.
    """
    if path.is_file() or path.is_dir() or not path.exists():
        return path
    with path.open("rb") as pipe:
        return whole(pipe, str(path))


def whole(stream: IO[bytes], name: str) -> bytes:
    """Read a stream to its end.

    Raises:
        DataError: It holds more than `MOST_BYTES`.
    """
    content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise DataError(f"{name}: more than {MOST_BYTES:,} bytes; expected a picture file")
    return content


def _open(file: IO[bytes], name: str, expected: Sequence[str]) -> "Image":
    from PIL import Image, UnidentifiedImageError

    try:
        image = Image.open(file, formats=FORMATS)
    except UnidentifiedImageError as error:
        raise DataError(f"{name}: not an image; expected one of {', '.join(expected)}") from error
    except Image.DecompressionBombError as error:
        pixels = re.search(r"\d+", str(error))
        raise _too_large(name, int(pixels[0]) if pixels else MAX_PIXELS) from error
    check_size(image, name)
    return image


def _too_large(name: str, pixels: int) -> DataError:
    return DataError(f"{name}: {pixels:,} pixels; at most {MAX_PIXELS:,} allowed; scale it down")


def _grey(image: "Image") -> np.ndarray:
    if image.mode.startswith("I;16"):
        values = np.asarray(image)
        white = white_of_16_bits(image, values)
        return _to_8_bits(black_as_0(image, values, white), white)
    if image.mode in ("I", "F"):
        return grey_of_unknown_range(np.asarray(image))
    if image.has_transparency_data:
        return _over_contrasting_background(image.convert("RGBA"))
    if image.mode not in ("1", "L"):
        image = image.convert("RGB")  # palettes, CMYK and others cannot be converted directly
    return np.array(image.convert("L"))


def white_of_16_bits(image: "Image", values: np.ndarray) -> int:
    """Return the value of white in a grey 16-bit picture, which may use fewer bits.

    Scanners and cameras with 10 or 12 bits store their values unscaled. A TIFF may state the
    largest value (tag MaxSampleValue); otherwise it is the smallest usual one that fits all values.
    """
    highest = int(values.max())
    stated = getattr(image, "tag_v2", {}).get(MAX_SAMPLE_VALUE)
    stated = stated[0] if isinstance(stated, tuple) and stated else stated
    if isinstance(stated, int) and max(highest, 1) <= stated <= 65535:
        return stated
    return next(white for white in (*USUAL_WHITES, 65535) if highest <= white)


def black_as_0(image: "Image", values: np.ndarray, white: int) -> np.ndarray:
    """Turn the values of a grey 16-bit TIFF whose 0 is white; Pillow does so only up to 8 bits."""
    negative = getattr(image, "tag_v2", {}).get(PHOTOMETRIC) == WHITE_IS_0
    return white - np.minimum(values, white) if negative else values


def _to_8_bits(values: np.ndarray, white: float) -> np.ndarray:
    result: np.ndarray = (
        (np.clip(values, 0, white) * np.float32(255 / white)).round().astype(np.uint8)
    )
    return result


def grey_of_unknown_range(values: np.ndarray) -> np.ndarray:
    """Scale 32-bit values; white is 1 (floats), 255 or 65535, the first that fits all values."""
    fractions = values.dtype.kind == "f"
    values = np.nan_to_num(values.astype(np.float64))
    low, high = values.min(), values.max()
    for white in (1, 255, 65535) if fractions else (255, 65535):
        if low >= 0 and high <= white:
            return _to_8_bits(values, white)
    return _to_8_bits(values - low, high - low or 1)


def _over_contrasting_background(image: "Image") -> np.ndarray:
    """Put the image on white, or on black if its visible pixels would vanish on white."""
    grey = np.asarray(image.convert("RGB").convert("L")).astype(np.uint16)
    alpha = np.asarray(image.getchannel("A")).astype(np.uint16)
    visible = grey[alpha >= VISIBLE_ALPHA]
    light = np.count_nonzero(visible < 128) < 0.001 * visible.size
    background = 0 if light and visible.size < grey.size else 255
    return ((grey * alpha + background * (255 - alpha) + 127) // 255).astype(np.uint8)


def valid_pictures(inputs: Iterable[str]) -> Iterator[Path | NnlabError]:
    """Yield the files that the inputs name, or an error for an input that names none."""
    for given in inputs:
        try:
            yield from picture_files(given)
        except NnlabError as error:
            yield error
