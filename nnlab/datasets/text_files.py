"""Text files of unknown origin: decoded, with plain line ends, a piece at a time."""

import codecs
import contextlib
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, cast

from nnlab.datasets.text_encodings import (
    check_encoding,
    likely_encoding,
    looks_binary,
    marked_encoding,
)
from nnlab.errors import DataError

PIECE_BYTES = 2**18
MAX_UNPACKED_BYTES = 2**30
GZIP_MAGIC = b"\x1f\x8b"


def read_text(path: Path, encoding: str | None = None) -> str:
    """Read a whole text file, gzipped or not.

    Args:
        path: The file.
        encoding: Its encoding; None is UTF-8.

    Returns:
        The text without byte order mark, every line end a line feed.

    Raises:
        DataError: The file is missing, a folder, empty, binary, damaged, or in another encoding.
        UsageError: There is no such encoding.
    """
    return "".join(text_pieces(path, encoding))


def text_pieces(path: Path, encoding: str | None = None) -> Iterator[str]:
    """Read a text file in pieces of some 250,000 characters, so that it is never held whole.

    A piece ends at the end of a line, unless the line is longer than a piece.

    Raises:
        DataError: As `read_text`.
        UsageError: As `read_text`.
    """
    if encoding is not None:
        encoding = check_encoding(encoding)
    with reading(path) as stream:
        yield from decoded(stream, encoding, str(path))


def decoded(stream: IO[bytes], encoding: str | None, name: str) -> Iterator[str]:
    """Decode a stream in pieces, as `text_pieces` does.

    Args:
        stream: The bytes.
        encoding: Python's name of their encoding; None is UTF-8.
        name: What errors call the stream.

    Raises:
        DataError: The bytes are none at all, no text, or in another encoding.
    """
    pieces = _whole_lines(_plain_text(stream, encoding, name))
    first = next(pieces, "")
    if not first:
        raise DataError(f"{name} is empty; expected text")
    yield first
    yield from pieces


@contextlib.contextmanager
def reading(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, unpacking it if it is gzipped (its content decides).

    Raises:
        DataError: It cannot be opened or read, or is a damaged gzip file.
    """
    try:
        with path.open("rb") as plain:
            if plain.peek(2)[:2] == GZIP_MAGIC:
                with gzip.open(plain) as unpacked:
                    yield cast(IO[bytes], Limited(cast(IO[bytes], unpacked), str(path)))
            else:
                yield plain
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path}: damaged gzip file ({error}); get the file again") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"cannot read {path}: {reason}") from error


class Limited:
    """A packed stream that refuses to become larger than a text should be.

    Args:
        stream: The unpacked bytes.
        name: What the error calls the file.
    """

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self.stream = stream
        self.name = name
        self.left = MAX_UNPACKED_BYTES

    def read(self, size: int) -> bytes:
        """Return at most `size` bytes.

        Raises:
            DataError: More has come than a packed text may hold.
        """
        chunk = self.stream.read(size)
        self.left -= len(chunk)
        if self.left < 0:
            raise DataError(
                f"{self.name} unpacks to more than {MAX_UNPACKED_BYTES:,} bytes; "
                "expected a text; if it is one, unpack it first"
            )
        return chunk


def _plain_text(stream: IO[bytes], encoding: str | None, name: str) -> Iterator[str]:
    """Decode chunk by chunk, with line feeds only, and without byte order mark."""
    decoder = codecs.getincrementaldecoder(encoding or "utf-8")()
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    head = b""
    position = 0
    at_start = True
    while True:
        chunk = stream.read(PIECE_BYTES)
        head = head or chunk
        position += len(chunk)
        if encoding is None and position == len(chunk):
            _check_head(head, name)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            # what is left over of the last chunk stands at the beginning of error.object
            offset = position - len(error.object) + error.start
            raise _undecodable(error, offset, encoding, head, name) from error
        if "\0" in text:
            raise _binary(name)
        if at_start and text:
            text = text.removeprefix("\ufeff")
            at_start = False
        # str goes in where the signature says bytes: documented for a decoder of None
        yield newlines.decode(text, final=not chunk)
        if not chunk:
            return


def _check_head(head: bytes, name: str) -> None:
    marked = marked_encoding(head)
    if marked:
        raise DataError(
            f"{name} is not UTF-8: byte 0 begins the mark of {marked}; give --encoding {marked}"
        )
    if looks_binary(head):
        raise _binary(name)


def _undecodable(
    error: UnicodeDecodeError, offset: int, encoding: str | None, head: bytes, name: str
) -> DataError:
    byte = error.object[error.start : error.start + 1].hex()
    found = f"byte {offset} (0x{byte}) does not fit" if byte else f"the file ends at byte {offset}"
    if encoding is not None:
        return DataError(
            f"{name} is not {encoding}: {found}; give its true encoding, --encoding NAME"
        )
    around = error.object[max(0, error.start - 4096) : error.start + 4096]
    guess = likely_encoding(head[:8192] + around if offset > 8192 else head[:8192])
    return DataError(f"{name} is not UTF-8: {found}; it looks like {guess}: --encoding {guess}")


def _binary(name: str) -> DataError:
    return DataError(
        f"{name} is no text: it holds NUL bytes or other control characters; expected a text file "
        "(UTF-16 without a byte order mark: --encoding utf-16-le)"
    )


def _whole_lines(pieces: Iterable[str]) -> Iterator[str]:
    """Move what follows the last line feed of a piece to the next one, within reason."""
    rest = ""
    for piece in pieces:
        if len(rest) > PIECE_BYTES:
            yield rest
            rest = ""
        cut = piece.rfind("\n") + 1
        if cut:
            yield rest + piece[:cut]
            rest = piece[cut:]
        else:
            rest += piece
    if rest:
        yield rest
