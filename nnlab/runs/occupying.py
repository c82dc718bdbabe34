"""Taking possession of a run folder: locking it, clearing it, giving it up again."""

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from nnlab.errors import DataError, OutputExistsError
from nnlab.files import make_folder, refused
from nnlab.runs.folder import RUNS, GroupFolder, RunFolder, is_name, read_json

try:
    import fcntl
except ImportError:  # Windows: two processes in one folder are not kept apart
    fcntl = None  # type: ignore[assignment]

LOCK = ".lock"
NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)
"""What a file system without locks answers."""
TRIES, PAUSE_SECONDS = 3, 0.02


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep every other process from training in this folder meanwhile.

    Raises:
        OutputExistsError: Another process is at it.
        NnlabError: The folder is not writable.
    """
    with _locked_file(folder):
        for leftover in [*folder.glob(".*.tmp"), *folder.glob("figures/.*.tmp")]:
            leftover.unlink()  # of a process that was killed while it wrote
        yield


def _locked_file(folder: Path) -> IO[str]:
    """Open the lock file and lock it; if another process removed it in between, open a new one."""
    for _ in range(TRIES):
        try:
            handle = (folder / LOCK).open("w")
        except OSError as error:
            raise refused(folder, error) from error
        if fcntl and not _taken(handle.fileno()):
            handle.close()
            raise _occupied(folder)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle.fileno()), (folder / LOCK).stat()):
                return handle
        handle.close()
    raise _occupied(folder)


def _occupied(folder: Path) -> OutputExistsError:
    return OutputExistsError(f"{folder}: another process is training here; wait for it or stop it")


def _taken(handle: int) -> bool:
    """Take a lock, trying more than once: `is_locked` holds it for a moment.

    A file system without locks, such as some that clusters share, keeps nobody apart.
    """
    for _ in range(TRIES):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in NO_LOCKS:
                return True
            time.sleep(PAUSE_SECONDS)
        else:
            return True
    return False


def is_locked(folder: Path) -> bool:
    """Tell whether a process is training in a folder (never known without locks)."""
    if not fcntl or not (folder / LOCK).is_file():
        return False
    with (folder / LOCK).open() as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError as error:
            return error.errno not in NO_LOCKS
    return False


def clear(folder: Path) -> None:
    """Remove the files of a run, or of a group and its runs, and nothing else.

    Args:
        folder: Locked by this process.

    Raises:
        OutputExistsError: Another process trains a run of the group, or the group or sweep that
            this folder belongs to.
    """
    group = GroupFolder(folder)
    members = _members(group) if group.is_group() else []
    above = folder.resolve().parent  # the parent of Path(".") would be itself
    owners = [] if above == RUNS.resolve() else [above]  # a server locks runs/ while it is open
    for busy in filter(is_locked, (*owners, *members)):
        raise _occupied(busy)
    for path in (group.summary, group.plan):
        path.unlink(missing_ok=True)
    for run in map(RunFolder, (folder, *members)):
        for path in (run.metrics, run.config, run.last, run.best, run.history, run.evidence):
            path.unlink(missing_ok=True)
        for figure in run.figures.glob("*.png"):
            figure.unlink()


def _members(group: GroupFolder) -> list[Path]:
    """Return the folders of a group's runs; if its plan is damaged, all that hold a run."""
    try:
        names = read_json(group.plan)["trials"]
        return [group.member(name).path for name in names if is_name(name)]
    except (DataError, LookupError, TypeError):
        return [path.parent for path in group.path.glob("*/config.json")]


def is_free(folder: Path) -> bool:
    """Tell whether a folder is empty, but for what a process leaves that was killed early."""
    return all(path.name == LOCK or path.suffix == ".tmp" for path in folder.iterdir())


@contextmanager
def given_up_unless_started(folder: Path, existed: bool) -> Iterator[None]:
    """Remove what was put into `folder` when no run began, because the data were missing, say.

    Args:
        folder: Where a run is about to begin.
        existed: Whether the folder itself was there before, and stays.
    """
    try:
        yield
    finally:
        if folder.is_dir() and not is_locked(folder) and not has_run(folder):
            for path in [*folder.glob(f"*/{LOCK}"), folder / LOCK, GroupFolder(folder).plan]:
                path.unlink(missing_ok=True)
            for path in [*folder.iterdir(), *([] if existed else [folder])]:
                with suppress(OSError):  # not a folder, or not empty: not ours
                    path.rmdir()


@contextmanager
def occupied(folder: Path) -> Iterator[None]:
    """Make a folder if need be, keep others out of it, and remove it if no run began in it.

    Raises:
        NnlabError: It cannot be made.
        OutputExistsError: Another process is at it.
    """
    existed = folder.exists()
    make_folder(folder)
    with given_up_unless_started(folder, existed), locked(folder):
        yield


def has_run(folder: Path) -> bool:
    """Tell whether a run was started in `folder` or, for a group, in a folder below it."""
    if not folder.is_dir():  # given up already
        return False
    return any(RunFolder(path).is_run() for path in (folder, *folder.iterdir()))
