"""Finding data files on this machine, and downloading missing ones."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nnlab.datasets.store.registry import DataFile, DataSet, Edition
from nnlab.errors import DataError

FALSE_VALUES = {"", "0", "false", "no", "off"}
MANY = 20
"""Number of missing files from which on only some are listed."""
SHOWN = 3
"""How many of them are listed then."""


class MissingDataError(DataError):
    """Files of a data set are not on this machine and could not be downloaded.

    Attributes:
        reason: Why they could not be downloaded, in a few words.
    """

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class FileStatus:
    """Whether one file of a data set is on this machine.

    Attributes:
        file: The file.
        state: Whether it was found undamaged, found damaged, or not found.
        path: Where it was found; None if missing.
        problem: What is wrong with a damaged file, else empty.
    """

    file: DataFile
    state: Literal["found", "damaged", "missing"]
    path: Path | None = None
    problem: str = ""


class Store:
    """Finds data sets on this machine, and downloads what is missing.

    Searches, in this order, the given folder, `$NNLAB_DATA`, `./data` and the user's cache.

    Attributes:
        data_dir: Folder given by the user, or None.
        offline: Whether downloads are forbidden; also true if `$NNLAB_OFFLINE` is set to anything
            but 0, false, no, off or the empty string.
        progress: Whether downloads show a progress bar on stderr.

    Raises:
        DataError: `data_dir` is given but is not a folder.
    """

    def __init__(
        self, data_dir: Path | None = None, offline: bool = False, progress: bool = False
    ) -> None:
        if data_dir is not None and not data_dir.is_dir():
            raise DataError(
                f"the data folder {data_dir} does not exist or is not a folder; "
                "create it or name another with --data-dir"
            )
        self.data_dir = data_dir
        switch = os.environ.get("NNLAB_OFFLINE", "").strip().lower()
        self.offline = offline or switch not in FALSE_VALUES
        self.progress = progress

    def folders(self) -> list[Path]:
        """Return the searched folders in order, whether they exist or not."""
        named = os.environ.get("NNLAB_DATA", "").strip()
        candidates = [self.data_dir, Path(named) if named else None, Path("data"), _user_cache()]
        return [folder for folder in candidates if folder is not None]

    def download_folder(self) -> Path:
        """Return the folder that downloads go into."""
        return self.data_dir or _user_cache()

    def find(self, data_set: DataSet) -> dict[str, Path] | None:
        """Return the files of the first complete edition on this machine, without downloading.

        Returns:
            The path of each role, every file verified; None if no edition is complete.

        Raises:
            DataError: A file is damaged; the message names it and says what was expected.
        """
        for edition in data_set.editions:
            paths = self._paths(edition)
            if len(paths) == len(edition.files):
                return paths
        return None

    def fetch(self, data_set: DataSet) -> dict[str, Path]:
        """Return the files of a data set, downloading what is missing.

        Returns:
            The path of each role, every file verified.

        Raises:
            MissingDataError: Files are missing and cannot be downloaded; the message lists each
                with sha256 and URL, and the folder to put it in.
            DataError: A file is damaged.
        """
        found = self.find(data_set)
        if found:
            return found
        edition = data_set.editions[0]
        paths = self._paths(edition)
        missing = [file for file in edition.files if file.role not in paths]
        if self.offline:
            raise _missing(data_set, missing, self.download_folder(), "downloading is switched off")
        for file in missing:
            paths[file.role] = self._download(data_set, file, missing)
        return {file.role: paths[file.role] for file in edition.files}

    def status(self, data_set: DataSet) -> list[FileStatus]:
        """Return the status of every file of the most complete edition on this machine."""
        reports = [[self._status(file) for file in edition.files] for edition in data_set.editions]
        return max(reports, key=_share_found)

    def _paths(self, edition: Edition) -> dict[str, Path]:
        paths = {}
        for file in edition.files:
            status = self._status(file)
            if status.state == "damaged":
                raise DataError(f"{status.problem}; remove or replace the file")
            if status.path is not None:
                paths[file.role] = status.path
        return paths

    def _status(self, file: DataFile) -> FileStatus:
        places = (folder / file.path for folder in self.folders())
        path = next((place for place in places if _is_file(place)), None)
        if path is None:
            return FileStatus(file, "missing")
        problem = verify(path, file)
        return FileStatus(file, "damaged" if problem else "found", path, problem)

    def _download(self, data_set: DataSet, file: DataFile, missing: list[DataFile]) -> Path:
        from nnlab.datasets.store.download import DownloadError, download

        folder = self.download_folder()
        try:
            return download(file, folder, self.progress)
        except DownloadError as error:
            still = [other for other in missing if not (folder / other.path).is_file()]
            raise _missing(data_set, still, folder, str(error)) from error


def _is_file(path: Path) -> bool:
    """Tell whether a file is there; in a folder that is not readable, none is."""
    try:
        return path.is_file()
    except OSError:
        return False


def verify(path: Path, file: DataFile) -> str:
    """Return what is wrong with the file at `path`, or an empty string."""
    try:
        size = path.stat().st_size
        if size != file.bytes:
            return f"{path} is damaged: expected {file.bytes} bytes, found {size}"
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        return f"cannot read {path}: {error.strerror or error}"
    if digest != file.sha256:
        return f"{path} is damaged: expected sha256 {file.sha256}, found {digest}"
    return ""


def _user_cache() -> Path:
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("nnlab"))


def _share_found(report: list[FileStatus]) -> float:
    return sum(status.state == "found" for status in report) / len(report)


def _missing(
    data_set: DataSet, files: list[DataFile], folder: Path, reason: str
) -> MissingDataError:
    """Say which files are missing, why they were not downloaded, and how to add them by hand."""
    shown = files if len(files) < MANY else files[:SHOWN]
    lines = [f"data set {data_set.name!r} not found ({reason}); put these files into {folder}:"]
    lines += [
        f"  {file.path}  {file.bytes} bytes  sha256 {file.sha256}  {file.url or '(no URL)'}"
        for file in shown
    ]
    if len(shown) < len(files):
        lines.append(f"  and {len(files) - len(shown)} more like them")
    return MissingDataError("\n".join(lines), reason)
