"""Finding what `--corpus` or `--pairs` names: a file, a registered set, or the sample."""

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nnlab.datasets.store import MissingDataError, Store
from nnlab.datasets.store.provenance import SAMPLE, Source
from nnlab.datasets.store.registry import DataSet, all_sets, get_set
from nnlab.datasets.text.encodings import check_encoding
from nnlab.datasets.text.files import text_pieces
from nnlab.errors import DataError, nearest


@dataclass(frozen=True)
class Wanted:
    """What a loader of single files looks for.

    Attributes:
        role: The role of its file in the registry, such as "text".
        default: The set to use if none is named.
        title: What a warning calls the default set.
        sample: What the embedded sample is, in words.
    """

    role: str
    default: str
    title: str
    sample: str


@dataclass(frozen=True)
class Located:
    """A file that was found.

    Attributes:
        path: Where it was found.
        name: The data set's name, or the file's.
        file: What records call the file: the path given, or its folder and name in a data folder.
        registered: Whether it belongs to a registered set.
    """

    path: Path
    name: str
    file: str
    registered: bool

    def pieces(self, encoding: str | None, warn: Callable[[str], None]) -> Iterator[str]:
        """Read the text in pieces, as `text_pieces` does.

        Args:
            encoding: Encoding of a user's file; those of registered texts are known.
            warn: Called with one line if a zip file holds several texts.

        Raises:
            DataError: As `text_pieces`.
            UsageError: There is no such encoding.
        """
        if encoding is not None:
            encoding = check_encoding(encoding)
        return text_pieces(self.path, None if self.registered else encoding, warn)

    def source(self) -> Source:
        """Return the record of where the data came from, with a checksum over the file's bytes.

        Raises:
            DataError: The file cannot be read.
        """
        try:
            with self.path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise DataError(f"cannot read {self.path}: {error.strerror or error}") from error
        return Source(self.name, digest, sample=False, files=(self.file,))


def locate(
    store: Store, name: str | None, wanted: Wanted, warn: Callable[[str], None]
) -> Located | None:
    """Find the file that the user asked for, or the best one available.

    Args:
        store: Finds data files.
        name: A file, "sample", a registered set or the name of its file, or None: the default
            set if it is found or can be downloaded, else the sample, with a warning.
        wanted: What the loader looks for.
        warn: Called with one line if the sample is used instead.

    Returns:
        The file; None for the embedded sample.

    Raises:
        MissingDataError: The named set is missing and cannot be downloaded.
        DataError: There is no such file or set, or the file is damaged.
    """
    if name is None:
        try:
            return _registered(store, get_set(wanted.default), wanted.role)
        except MissingDataError as error:
            warn(
                f"{wanted.default} not found ({error.reason}); using the embedded sample "
                f"instead: {wanted.sample}; its scores cannot be compared with {wanted.title}'s "
                f"(to get it: nnlab data fetch {wanted.default})"
            )
            return None
    path = Path(name)
    if _is(path.is_file):
        return Located(path, path.name, name, registered=False)
    if name == SAMPLE:
        return None
    sets = _sets_by_name(wanted.role)
    if name in sets:
        return _registered(store, sets[name], wanted.role)
    raise DataError(_unknown(name, path, sets))


def warn_of_ignored(
    located: Located | None, warn: Callable[[str], None], **options: object
) -> None:
    """Warn of options for reading a user's file that were given for other data."""
    given = [f"--{name.replace('_', '-')}" for name, value in options.items() if value]
    if given and (located is None or located.registered):
        name = located.name if located else "the sample"
        verb = "is" if len(given) == 1 else "are"
        warn(f"{', '.join(given)} {verb} ignored: {name} is not a file of your own")


def _sets_by_name(role: str) -> Mapping[str, DataSet]:
    """Return the sets with a file of this role, by the names of the sets and of the files."""
    found = {}
    for name, data_set in all_sets().items():
        for file in data_set.editions[0].files:
            if file.role == role:
                found[name] = data_set
                found.setdefault(Path(file.path).name, data_set)
    return found


def _registered(store: Store, data_set: DataSet, role: str) -> Located:
    path = store.fetch(data_set)[role]
    return Located(path, data_set.name, f"{path.parent.name}/{path.name}", registered=True)


def _unknown(name: str, path: Path, sets: Mapping[str, DataSet]) -> str:
    if _is(path.is_dir):
        return f"{name} is a folder; expected a file"
    if _is(path.exists):
        return f"{name} is not a regular file and cannot be read twice; save it to a file first"
    names = [*(known for known in sets if sets[known].name == known), SAMPLE]
    what = "file does not exist" if _like_a_path(name) else "no such file or data set"
    return f"{name!r}: {what}; {nearest(path.name.removesuffix(path.suffix), names)}"


def _like_a_path(name: str) -> bool:
    return any(mark in name for mark in ("/", "\\", "."))


def _is(question: Callable[[], bool]) -> bool:
    """Ask about a path; the answer is no if the name is too long for a path."""
    with contextlib.suppress(OSError, ValueError):
        return question()
    return False
