"""Writing files so that a reader never sees half of one."""

import contextlib
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nnlab.errors import NnlabError


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path in the same folder; on success it becomes `path`, whole.

    The content is on the disk before the name changes, so that a power cut leaves the old file or
    the new one. On failure the temporary file goes and the old file stays.

    Raises:
        NnlabError: The disk is full, or the folder cannot be written to.
    """
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
            f"cannot write {path} ({error.strerror or error}); an earlier one is unchanged; "
            "make room there or choose another folder"
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
    """Write `value` as JSON, whole or not at all."""
    text = json.dumps(value, indent=2, allow_nan=False)
    with replacing(path) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")


def make_folder(path: Path) -> None:
    """Create a folder and its parents.

    Raises:
        NnlabError: The file system refuses.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NnlabError(f"cannot create the folder {path}: {error.strerror}") from error
