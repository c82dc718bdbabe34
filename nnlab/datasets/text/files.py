"""Decoding text files of unknown origin, with plain line ends, piece by piece."""

import codecs
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from nnlab.datasets.text.encoding_guess import likely_encoding
from nnlab.datasets.text.encodings import (
    check_encoding,
    looks_binary,
    marked_encoding,
    unmarked_utf16,
)
from nnlab.datasets.text.file_kinds import kind_of
from nnlab.datasets.text.unpacking import Warn, unpacked
from nnlab.errors import DataError

PIECE_BYTES = 2**18
ENCODING_FLAG = "--encoding"


def read_text(path: Path, encoding: str | None = None, *, flag: str = ENCODING_FLAG) -> str:
    """Read a whole text file: plain, gzipped, or in a zip file.

    Args:
        path: The file.
        encoding: Its encoding; None is UTF-8. A byte order mark takes precedence.
        flag: The option for the encoding, for the advice in errors; empty for none.

    Returns:
        The text without byte order mark, with line feeds as line ends.

    Raises:
        DataError: The file is missing, a folder, empty, binary, damaged, or in another encoding.
        UsageError: There is no such encoding.
    """
    return "".join(text_pieces(path, encoding, flag=flag))


def text_pieces(
    path: Path,
    encoding: str | None = None,
    warn: Warn | None = None,
    *,
    flag: str = ENCODING_FLAG,
) -> Iterator[str]:
    """Read a text file in pieces of about 250,000 characters, so that it is never fully in memory.

    A piece ends at a line end, unless the line is longer than a piece. The arguments are those of
    `read_text`.

    Raises:
        DataError: As `read_text`.
        UsageError: As `read_text`.
    """
    if encoding is not None:
        encoding = check_encoding(encoding)
    with unpacked(path, warn) as (stream, name):
        yield from decoded(stream, encoding, name, flag=flag)


def decoded(
    stream: IO[bytes], encoding: str | None, name: str, *, flag: str = ENCODING_FLAG
) -> Iterator[str]:
    """Decode a stream in pieces, as `text_pieces` does.

    Args:
        stream: The bytes.
        encoding: Python's name of their encoding; None is UTF-8. A byte order mark takes
            precedence.
        name: What errors call the stream.
        flag: As in `read_text`.

    Raises:
        DataError: The stream is empty, not text, or in another encoding.
    """
    pieces = _whole_lines(_plain_text(stream, encoding, name, flag))
    first = next(pieces, "")
    if not first:
        raise DataError(f"{name} is empty; expected text")
    yield first
    yield from pieces


def _plain_text(stream: IO[bytes], encoding: str | None, name: str, flag: str) -> Iterator[str]:
    """Decode chunk by chunk, with line feeds as line ends and without byte order mark."""
    chunk = head = stream.read(PIECE_BYTES)
    marked = marked_encoding(head)
    _check_head(head, marked or encoding, name, flag)
    decoder = codecs.getincrementaldecoder(marked or encoding or "utf-8")()
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    position = 0
    at_start = True
    while True:
        position += len(chunk)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            # error.object starts with the rest of the previous chunk
            offset = position - len(error.object) + error.start
            if marked:
                raise DataError(
                    f"{name} starts with the mark of {marked}, but {_misfit(error, offset)}; "
                    "get the file again"
                ) from error
            raise _undecodable(error, offset, encoding, head, name, flag) from error
        except UnicodeError as error:
            known = codecs.lookup(encoding or "utf-8").name
            if known in ("utf-16", "utf-32"):  # the order of the bytes is unknown
                raise DataError(
                    f"{name} has no byte order mark, which {known} needs; "
                    f"try {flag} {known}-le or {flag} {known}-be"
                ) from error
            raise DataError(f"{name} is not {encoding}: {error}") from error
        if "\0" in text:
            raise _binary(name, head, flag)
        if at_start and text:
            text = text.removeprefix("\ufeff")
            at_start = False
        # str instead of the bytes in the signature, as documented for a decoder of None
        yield newlines.decode(text, final=not chunk)
        if not chunk:
            return
        chunk = stream.read(PIECE_BYTES)


def _check_head(head: bytes, encoding: str | None, name: str, flag: str) -> None:
    kind = kind_of(head)
    if kind:
        raise DataError(f"{name} is {kind.what}; {kind.advice}")
    if encoding is None and looks_binary(head):
        raise _binary(name, head, flag)


def _misfit(error: UnicodeDecodeError, offset: int) -> str:
    byte = error.object[error.start : error.start + 1].hex()
    return f"byte {offset} (0x{byte}) is invalid" if byte else f"the file ends at byte {offset}"


def _undecodable(
    error: UnicodeDecodeError,
    offset: int,
    encoding: str | None,
    head: bytes,
    name: str,
    flag: str,
) -> DataError:
    found = _misfit(error, offset)
    if encoding is not None:
        return DataError(f"{name} is not {encoding}: {found}; give its true encoding, {flag} NAME")
    around = error.object[max(0, error.start - 4096) : error.start + 4096]
    guess = likely_encoding(head[:8192] + around if offset > 8192 else head[:8192])
    advice = f": {flag} {guess}" if flag else "; save it as UTF-8"
    return DataError(f"{name} is not UTF-8: {found}; it looks like {guess}{advice}")


def _binary(name: str, head: bytes, flag: str) -> DataError:
    found = f"{name} is not text: it contains NUL bytes or other control characters; "
    guess = unmarked_utf16(head)
    if guess and flag:
        return DataError(f"{found}it looks like {guess} without a byte order mark: {flag} {guess}")
    return DataError(f"{found}expected a text file")


def _whole_lines(pieces: Iterable[str]) -> Iterator[str]:
    """Move the text after a piece's last line feed to the next piece, unless it is too long."""
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


def shorten(text: str, most: int) -> str:
    """Return the start of a text as one line of at most `most` characters.

    "a\\n b" becomes "a b", and "the quick brown" in 10 characters "the qui...".
    """
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 3] + "..."
