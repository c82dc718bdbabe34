"""Reading stdin and writing stdout, whatever their encodings."""

import codecs
import io
import os
import sys
from collections.abc import Iterator
from typing import IO, Any

from nnlab.errors import UsageError

ESCAPED = "nnlab-escaped"
"""Name of the encoding error handler of stdout."""
HEAD = 512
"""Bytes of stdin that decide its encoding and the kind of its content."""


class Line(str):
    """An input read as a line of stdin.

    Attributes:
        number: The line's number, from 1.
    """

    __slots__ = ("number",)
    number: int


def prepare() -> None:
    """Reopen streams that the shell closed (`>&-`); accept any file name and any character."""
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        try:
            os.fstat(number)
        except OSError:  # otherwise the next file opened would take the stream's number
            os.open(os.devnull, os.O_RDWR)
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115
    codecs.register_error(ESCAPED, _escaped)
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape", newline="\n")  # a name may contain \r
    chosen = sys.stdout.errors not in ("strict", "surrogateescape")  # by PYTHONIOENCODING
    if isinstance(sys.stdout, io.TextIOWrapper) and not chosen:
        sys.stdout.reconfigure(errors=ESCAPED)


def _escaped(error: UnicodeError) -> tuple[str | bytes, int]:
    """Write an undecodable byte of a file name unchanged, and escape any other character."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    character = error.object[error.start]
    byte = ord(character) - 0xDC00
    if 0x80 <= byte <= 0xFF:
        return bytes([byte]), error.start + 1
    return character.encode("unicode_escape").decode(), error.start + 1


def write(text: str) -> None:
    """Write a text to stdout and flush it; `click.echo` would write UTF-8 where ASCII is set."""
    sys.stdout.write(text)
    sys.stdout.flush()


def can_write(text: str) -> bool:
    """Return whether the encoding of stdout has all characters of a text."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def lines(command: str) -> Iterator[Line]:
    """Yield the lines of stdin as they arrive, without line ends.

    A byte order mark decides the encoding; without one, it is the locale's.

    Args:
        command: The command that reads them, for the error message.

    Raises:
        UsageError: stdin holds a picture, a document or the like, or NUL bytes.
    """
    stream: Any = sys.stdin
    if isinstance(stream, io.TextIOWrapper) and isinstance(stream.buffer, io.BufferedReader):
        stream = _decoded(stream, stream.buffer, command)
    for number, text in enumerate(stream, start=1):
        if "\0" in text:
            raise UsageError(
                f"stdin, line {number}: found NUL bytes, expected one input per line; "
                "pipe the names from find -print0 through tr '\\0' '\\n'"
            )
        line = Line(text.rstrip("\r\n").removeprefix("\ufeff" if number == 1 else ""))
        line.number = number
        yield line


def _decoded(text: IO[str], binary: io.BufferedReader, command: str) -> IO[str]:
    """Return stdin decoded as its first bytes say."""
    from nnlab.datasets.text.encodings import marked_encoding
    from nnlab.datasets.text.file_kinds import kind_of

    head = binary.peek(HEAD)[:HEAD]  # waits for the first bytes, no longer
    kind = kind_of(head)
    if kind is not None:
        raise UsageError(
            f"stdin holds {kind.what}, but {command} - reads one input per line; name the file "
            f"instead: {command} FILE"
        )
    marked = marked_encoding(head)
    if marked is None:
        return text
    return io.TextIOWrapper(binary, encoding=marked, errors="replace", newline="\n")
