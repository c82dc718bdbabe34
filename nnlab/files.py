"""Writing files so that a reader never sees half of one."""

import contextlib
import json
import os
import secrets
import stat
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
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")  # more than a name may be too long
    try:
        mode = path.stat().st_mode if path.exists() else None
        if mode is not None and not stat.S_ISREG(mode):
            raise NnlabError(f"cannot write {path}: it is not a regular file; choose another path")
        if mode is not None:  # nobody else reads it meanwhile
            temporary.touch(0o600)
        yield temporary
        _sync(temporary)
        if mode is not None:
            with contextlib.suppress(OSError):  # some file systems have no permissions
                temporary.chmod(stat.S_IMODE(mode))
        temporary.replace(path)
        _sync(path.parent)
    except OSError as error:
        missing = isinstance(error, FileNotFoundError | NotADirectoryError)
        if missing and not is_folder(path.parent):
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
        NnlabError: The path is not valid, or access is denied.
    """
    named = f"{option} {path}".lstrip()
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise NnlabError(f"cannot write {named}: {reason(error)}; choose another path") from error
    if stat.S_ISDIR(mode):
        raise OutputExistsError(f"{named} is a folder; name a file")
    if not stat.S_ISREG(mode):
        raise OutputExistsError(f"{named} is not a regular file; choose another path")
    if not replace:
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


def is_folder(path: Path) -> bool:
    """Tell whether there is a folder; one that nobody may look at is none."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def reason(error: OSError | ValueError) -> str:
    """Say why a path is refused: a name is too long, a file stands for a folder, a zero byte."""
    return str(getattr(error, "strerror", None) or error)


def refused(folder: Path, error: OSError) -> NnlabError:
    """Return the error that says that a folder cannot be made, or written in."""
    does = "write in" if is_folder(folder) else "create"
    return NnlabError(f"cannot {does} the folder {folder}: {error.strerror}; choose another one")
