"""Reading the idx format of MNIST and similar sets: a header with sizes, then bytes; maybe gzipped.

Format: http://yann.lecun.com/exdb/mnist/ ("the IDX file format"). Two zero bytes, one byte for
the element type, one for the number of dimensions; each dimension's size as a big-endian 32-bit
integer; then the elements, last index fastest.

    00 00 08 03 | 00 00 ea 60 | 00 00 00 1c | 00 00 00 1c | 60000 * 28 * 28 bytes of pixels
    00 00 08 01 | 00 00 ea 60 | 60000 bytes of labels
"""

import contextlib
import gzip
import math
import stat
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import numpy as np

from nnlab.errors import DataError
from nnlab.files import reason

UINT8 = 0x08
OTHER_TYPES = {0x09: "int8", 0x0B: "int16", 0x0C: "int32", 0x0D: "float32", 0x0E: "float64"}
MAX_DIMENSIONS = 8
MAX_BYTES = 4 * 2**30
GZIP_MAGIC = b"\x1f\x8b"
GZIP_RATIO = 1032
"""Deflate expands one byte to at most this many."""


def read_idx(path: Path) -> np.ndarray:
    """Read an array of bytes from an idx file, gzipped or not, as its content shows.

    Memory is allocated only if the sizes in the header are possible for the file's size.

    Returns:
        uint8, of the shape in the header.

    Raises:
        DataError: The file is missing, empty, damaged, of another format or element type, or
            shorter or longer than its header says.
    """
    try:
        with _opened(path) as (stream, limit):
            return _read_array(stream, limit, path)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path}: damaged gzip file ({error}); get the file again") from error
    except (OSError, ValueError) as error:
        raise DataError(f"cannot read {path}: {reason(error)}") from error


def read_labelled_images(images_path: Path, labels_path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read images and their labels from a pair of idx files.

    Returns:
        images: uint8 (count, height, width), 0 to 255.
        labels: uint8 (count,).

    Raises:
        DataError: As `read_idx`; or the files do not hold images and one label per image.
    """
    images = read_idx(images_path)
    if images.ndim != 3 or images.size == 0:
        raise DataError(
            f"{images_path}: expected images (count, height, width), found an array "
            f"{images.shape}; are images and labels swapped?"
        )
    labels = read_idx(labels_path)
    if labels.ndim != 1:
        raise DataError(
            f"{labels_path}: expected labels (count,), found an array {labels.shape}; "
            "are images and labels swapped?"
        )
    if len(images) != len(labels):
        raise DataError(
            f"{images_path} holds {len(images)} images but {labels_path} holds {len(labels)} "
            "labels; they do not belong together"
        )
    return images, labels


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[bytes], int]]:
    """Open a plain or gzipped file; yield its content and the largest possible size of it."""
    found = path.stat()
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):  # opening may wait
        raise DataError(f"{path}: expected a regular file; save the data to a file first")
    with path.open("rb") as file:
        size = found.st_size
        if size == 0:
            raise DataError(f"{path}: the file is empty; expected an idx file")
        packed = file.read(2) == GZIP_MAGIC
        file.seek(0)
        if packed:
            with gzip.open(file) as stream:
                yield cast(IO[bytes], stream), size * GZIP_RATIO
        else:
            yield file, size


def _read_array(stream: IO[bytes], limit: int, path: Path) -> np.ndarray:
    shape = _read_header(stream, path)
    size = math.prod(shape)
    extent = math.prod(max(length, 1) for length in shape)  # NumPy's limit, even for an empty array
    if extent > MAX_BYTES:
        raise DataError(f"{path}: the header says {shape}; at most {MAX_BYTES} bytes are allowed")
    if size > limit:
        raise DataError(f"{path}: truncated: the header says {size} bytes for {shape}")
    array = np.empty(shape, np.uint8)
    found = _fill(stream, array.reshape(-1).data)
    if found < size:
        raise DataError(
            f"{path}: truncated: the header says {size} bytes for {shape}, found {found}"
        )
    if stream.read(1):
        raise DataError(f"{path}: surplus bytes after the {size} in the header")
    return array


def _read_header(stream: IO[bytes], path: Path) -> tuple[int, ...]:
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or not 1 <= magic[3] <= MAX_DIMENSIONS:
        raise DataError(
            f"{path}: not an idx file: expected 00 00 08 and the number of dimensions as its "
            f"first bytes, found {magic.hex(' ') or 'nothing'}"
        )
    if magic[2] != UINT8:
        kind = OTHER_TYPES.get(magic[2], f"0x{magic[2]:02x}")
        raise DataError(f"{path}: expected elements of type uint8 (0x08), found {kind}")
    sizes = stream.read(4 * magic[3])
    if len(sizes) < 4 * magic[3]:
        raise DataError(f"{path}: truncated: the file ends within the header")
    return struct.unpack(f">{magic[3]}I", sizes)


def _fill(stream: IO[bytes], view: memoryview) -> int:
    """Read into `view` until it is full or the stream ends; return the number of bytes read."""
    filled = 0
    while filled < len(view):
        chunk = stream.read(min(len(view) - filled, 2**20))
        if not chunk:
            break
        view[filled : filled + len(chunk)] = chunk
        filled += len(chunk)
    return filled
