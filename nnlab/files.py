"""Writing files so that a reader never sees half of one."""

import contextlib
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nnlab.errors import NnlabError, OutputExistsError


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path in the same folder; on success the file there replaces `path`.

    The content is on the disk before the name changes, so a power cut leaves either the old file
    or the new one. On failure the temporary file is removed and the old file stays.

    A link stays, and the file that it leads to is replaced.

    Raises:
        NnlabError: The disk is full, the folder cannot be written to, or there is something else
            than a file, such as a pipe.
    """
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        raise NnlabError(f"cannot write {path}: it is not a regular file; choose another path")
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        yield temporary
        _sync(temporary)
        temporary.replace(path)
        _sync(path.parent)
    except OSError as error:
        if not path.parent.is_dir():
            raise NnlabError(
                f"cannot write {path}: there is no folder {path.parent}; make it first"
            ) from error
        raise NnlabError(
            f"cannot write {path} ({error.strerror or error}); free some space or choose another "
            "folder; an existing file is unchanged"
        ) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    if os.name != "posix":  # elsewhere a folder cannot be synced
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_json(path: Path, value: Any) -> None:
    """Write `value` as JSON, completely or not at all."""
    text = json.dumps(value, indent=2, allow_nan=False)
    with replacing(path) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")


def check_free(path: Path, replace: bool, option: str = "") -> None:
    """Refuse to write a file where something is that is not to be replaced.

    Args:
        path: The file.
        replace: Whether it may be replaced.
        option: What named it on the command line, for the message.

    Raises:
        OutputExistsError: It is a folder, or there already.
    """
    named = f"{option} {path}".lstrip()
    if path.is_dir():
        raise OutputExistsError(f"{named} is a folder; name a file")
    if path.exists() and not path.is_file():
        raise OutputExistsError(f"{named} is not a regular file; choose another path")
    if path.exists() and not replace:
        raise OutputExistsError(f"{named} exists; name another file or give --force")


def make_folder(path: Path) -> None:
    """Create a folder and its parents.

    Raises:
        NnlabError: The file system refuses it.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refused(path, error) from error


def reason(error: OSError | ValueError) -> str:
    """Say why a path is refused: a name is too long, a file stands for a folder, a zero byte."""
    return str(getattr(error, "strerror", None) or error)


def refused(folder: Path, error: OSError) -> NnlabError:
    """Return the error that says that a folder cannot be made, or written in."""
    does = "write in" if folder.is_dir() else "create"
    return NnlabError(f"cannot {does} the folder {folder}: {error.strerror}; choose another one")
