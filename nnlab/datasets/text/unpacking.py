"""Opening a text that is plain, gzipped, or in a zip file, as its content shows."""

import contextlib
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple, cast

from nnlab.datasets.text.file_kinds import office_kind
from nnlab.errors import DataError
from nnlab.files import reason

MAX_UNPACKED_BYTES = 2**30
GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
SUFFIXES = {".txt", ".tsv", ".csv", ".tab", ".text", ".inter", ".basket", ".json", ".toml", ""}

DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError)
"""What reading a damaged zip file raises."""

Warn = Callable[[str], None]


class Opened(NamedTuple):
    """A file that is open for reading.

    Attributes:
        stream: Its bytes, unpacked.
        name: What messages call it: the path, and the member of a zip file.
    """

    stream: IO[bytes]
    name: str


@contextlib.contextmanager
def unpacked(path: Path, warn: Warn | None = None) -> Iterator[Opened]:
    """Open a file, unpacking gzip and zip.

    Args:
        path: Any file. In a zip file, the first member with the suffix of a text is used, without
            those with a leading underscore or dot ("_about.txt", "__MACOSX/x.txt").
        warn: Called with one line if a zip file holds several texts; None refuses that.

    Raises:
        DataError: It cannot be opened or read, is damaged, encrypted, an Office file, a zip file
            without a text, or unpacks to more than 1 GiB.
    """
    try:
        with path.open("rb") as plain:
            head = plain.peek(4)[:4]
            if head[:2] == GZIP_MAGIC:
                with _gunzipped(plain, path) as stream:
                    yield Opened(stream, str(path))
            elif head in ZIP_MAGIC:
                with _unzipped(plain, path, warn) as opened:
                    yield opened
            else:
                yield Opened(plain, str(path))
    except (OSError, ValueError) as error:
        raise DataError(f"cannot read {path}: {reason(error)}") from error


@contextlib.contextmanager
def _gunzipped(plain: IO[bytes], path: Path) -> Iterator[IO[bytes]]:
    try:
        with gzip.open(plain) as stream:
            yield cast(IO[bytes], Limited(cast(IO[bytes], stream), str(path)))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path}: damaged gzip file ({error}); get the file again") from error


@contextlib.contextmanager
def _unzipped(plain: IO[bytes], path: Path, warn: Warn | None) -> Iterator[Opened]:
    try:
        with zipfile.ZipFile(plain) as archive:
            member = _chosen(archive, path, warn)
            with archive.open(member) as stream:
                name = f"{path}:{member.filename}"
                yield Opened(cast(IO[bytes], Limited(stream, name)), name)
    except DAMAGED as error:
        raise _damaged(path, error) from error
    except OSError as error:
        if error.errno is not None:  # the disk, and not what bzip2 found in the file
            raise
        raise _damaged(path, error) from error
    except (RuntimeError, NotImplementedError) as error:
        raise DataError(f"{path}: {error}; pack it again, unencrypted, or unpack it") from error


def _damaged(path: Path, error: Exception) -> DataError:
    return DataError(f"{path}: damaged zip file ({error}); get the file again")


class Limited:
    """A packed stream that refuses to yield more than a text should have.

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
            DataError: The stream has yielded more bytes than a packed text may have.
        """
        chunk = self.stream.read(size)
        self.left -= len(chunk)
        if self.left < 0:
            raise DataError(
                f"{self.name} unpacks to more than {MAX_UNPACKED_BYTES:,} bytes; if it is a text, "
                "unpack it first"
            )
        return chunk


def _chosen(archive: zipfile.ZipFile, path: Path, warn: Warn | None) -> zipfile.ZipInfo:
    _refuse_office(archive, path)
    texts = [member for member in archive.infolist() if _is_text(member)]
    if not texts:
        found = ", ".join(archive.namelist()[:5]) or "nothing"
        raise DataError(f"{path}: expected a .txt, .tsv or .csv file inside, found {found}")
    first, *others = texts
    if others:
        names = ", ".join(member.filename for member in others[:5])
        if warn is None:
            raise DataError(f"{path} holds several texts: {first.filename}, {names}; unpack it")
        warn(f"{path} holds several texts: using {first.filename}, not {names}")
    if first.file_size > MAX_UNPACKED_BYTES:
        raise DataError(
            f"{path}: {first.filename} unpacks to {first.file_size:,} bytes; "
            f"expected at most {MAX_UNPACKED_BYTES:,}"
        )
    return first


def _refuse_office(archive: zipfile.ZipFile, path: Path) -> None:
    names = archive.namelist()
    mime_type = b""
    if "mimetype" in names:
        with archive.open("mimetype") as stream:
            mime_type = stream.read(100)
    kind = office_kind(names, mime_type)
    if kind:
        raise DataError(f"{path} is {kind.what}; {kind.advice}")


def _is_text(member: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(member.filename)
    hidden = any(part.startswith(("_", ".")) for part in name.parts)
    return not member.is_dir() and not hidden and name.suffix.lower() in SUFFIXES
