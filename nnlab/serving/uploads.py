"""Uploaded files: kept in a private folder while a request lasts, and nowhere named in answers."""

import contextlib
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab.datasets.pages.files import kind_and_sizes
from nnlab.errors import DataError
from nnlab.serving.messages import File

LONGEST_NAME = 60
"""Characters that are kept of a name: encoded, with `.clean` added, they fit any file system."""
UNNAMED = "upload"

_UNSAFE = re.compile(r"[^\w .()+,=@-]")


def clean_name(name: str) -> str:
    """Return a name that is safe for a file: without folders, and without odd characters."""
    last = re.split(r"[/\\]", name)[-1]
    safe = _UNSAFE.sub("_", last).strip(" .")
    stem, dot, suffix = safe.rpartition(".")
    if not dot or len(suffix) > LONGEST_NAME // 2:
        stem, suffix = safe, ""
    kept = stem[: LONGEST_NAME - len(suffix) - 1].strip(" .") or UNNAMED
    return f"{kept}.{suffix}" if suffix else kept


def check_pixels(file: File, most: int) -> None:
    """Refuse a picture that is too large, before anything decodes it.

    Raises:
        DataError: It is too large, or no picture.
    """
    name = clean_name(file.name)
    _, sizes = kind_and_sizes(file.content, name)
    if sum(sizes) > most:
        raise DataError(
            f"{name}: {sum(sizes):,} pixels; at most {most:,} allowed here; scale it down"
        )


@dataclass(frozen=True)
class Uploads:
    """The files of a request on the disk.

    Attributes:
        folder: The private folder.
        paths: The files, in the order of the request.
    """

    folder: Path
    paths: list[str]

    def without_folder(self, value: Any) -> Any:
        """Return an answer in which files have the names that the client gave them."""
        if isinstance(value, str):
            return _inside(self.folder).sub("", value)
        if isinstance(value, dict):
            return {key: self.without_folder(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.without_folder(one) for one in value]
        return value


@functools.cache
def _inside(folder: Path) -> re.Pattern[str]:
    """Return what stands before the name of a file in an answer."""
    return re.compile(rf"{re.escape(str(folder))}(/\d+)?/?")


@contextlib.contextmanager
def on_disk(files: Sequence[File], folder: Path) -> Iterator[Uploads]:
    """Keep files in a folder that exists, each in one of its own, until the block ends.

    The empty folders stay for the next files: making and removing them takes longer than the files.
    """
    places = [folder / str(number) for number in range(len(files))]
    try:
        paths = []
        for file, place in zip(files, places, strict=True):
            place.mkdir(exist_ok=True)
            path = place / clean_name(file.name)
            path.write_bytes(file.content)
            paths.append(str(path))
        yield Uploads(folder, paths)
    finally:
        for place in places:
            _empty(place)


def _empty(folder: Path) -> None:
    """Remove the files in a folder, if it is there."""
    for path in folder.glob("*"):
        with contextlib.suppress(OSError):
            path.unlink()
