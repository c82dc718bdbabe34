"""A text inside a zip file, as collections of sentence pairs are handed out."""

import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import IO, cast

from nnlab.datasets.text_files import MAX_UNPACKED_BYTES, Limited, decoded
from nnlab.errors import DataError

ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
SUFFIXES = {".txt", ".tsv"}


def is_zip(path: Path) -> bool:
    """Return whether the file begins like a zip file; one that cannot be read does not."""
    try:
        with path.open("rb") as stream:
            return stream.read(4) in ZIP_MAGIC
    except OSError:
        return False


def read_zipped_text(path: Path, warn: Callable[[str], None]) -> str:
    """Read the first text in a zip file, in UTF-8.

    Args:
        path: A zip file; texts are .txt and .tsv, unless a part of the name begins with an
            underscore or a dot ("_about.txt", "__MACOSX/x.txt").
        warn: Called with one line, which text is taken, if there are several.

    Returns:
        The text, as `read_text` returns it.

    Raises:
        DataError: The file is damaged, encrypted, or without a text; or the text is more than
            1 GB, empty, binary, or not UTF-8.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            member = _chosen(archive, path, warn)
            with archive.open(member) as stream:
                name = f"{path}:{member.filename}"
                limited = cast(IO[bytes], Limited(stream, name))
                return "".join(decoded(limited, None, name))
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        raise DataError(f"{path}: damaged zip file ({error}); get the file again") from error
    except (RuntimeError, NotImplementedError) as error:
        raise DataError(f"{path}: {error}; pack it anew, unencrypted, or unpack it") from error
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror or error}") from error


def _chosen(archive: zipfile.ZipFile, path: Path, warn: Callable[[str], None]) -> zipfile.ZipInfo:
    texts = [member for member in archive.infolist() if _is_text(member.filename)]
    if not texts:
        found = ", ".join(archive.namelist()[:5]) or "nothing"
        raise DataError(f"{path}: expected a .txt or .tsv file inside, found {found}")
    first, *others = texts
    if others:
        names = ", ".join(member.filename for member in others[:5])
        warn(f"{path} holds several texts: taking {first.filename}, not {names}")
    if first.file_size > MAX_UNPACKED_BYTES:
        raise DataError(
            f"{path}: {first.filename} unpacks to {first.file_size:,} bytes; "
            f"expected at most {MAX_UNPACKED_BYTES:,}"
        )
    return first


def _is_text(name: str) -> bool:
    parts = PurePosixPath(name).parts
    hidden = any(part.startswith(("_", ".")) for part in parts)
    return not hidden and PurePosixPath(name).suffix.lower() in SUFFIXES
