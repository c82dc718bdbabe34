"""The data sets that nnlab knows, read from registry.toml."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from nnlab.errors import DataError, nearest


@dataclass(frozen=True)
class DataFile:
    """One file of a data set, exactly.

    Attributes:
        role: What it holds, such as "train-images"; unique within an edition.
        path: Where it lies inside a data folder, with forward slashes.
        bytes: Its size.
        sha256: Its checksum, 64 hexadecimal digits.
        url: Where the same bytes can be downloaded; empty if nowhere.
    """

    role: str
    path: str
    bytes: int
    sha256: str
    url: str = ""


@dataclass(frozen=True)
class Edition:
    """One whole copy of a data set; of several editions, any will do.

    Attributes:
        files: Its files, each with a role of its own.
    """

    files: tuple[DataFile, ...]


@dataclass(frozen=True)
class DataSet:
    """A data set and everything known about it before a file of it is opened.

    Attributes:
        name: What `--dataset` calls it.
        what: One sentence on its content.
        licence: Its terms, in words.
        homepage: Where to read more.
        editions: At least one; the first is the one to download.
        classes: Number of classes of a labelled set, else None.
    """

    name: str
    what: str
    licence: str
    homepage: str
    editions: tuple[Edition, ...]
    classes: int | None = None


@functools.cache
def all_sets() -> Mapping[str, DataSet]:
    """Return every known data set by name, in the registry's order."""
    text = (resources.files("nnlab.datasets") / "registry.toml").read_text(encoding="utf-8")
    return {name: _data_set(name, entry) for name, entry in tomllib.loads(text).items()}


def get_set(name: str) -> DataSet:
    """Return the data set called `name`.

    Raises:
        DataError: There is none of that name; the near matches are named.
    """
    sets = all_sets()
    if name not in sets:
        raise DataError(f"unknown data set {name!r}; {nearest(name, sets)}")
    return sets[name]


def _data_set(name: str, entry: Mapping[str, Any]) -> DataSet:
    described = {key: value for key, value in entry.items() if key != "editions"}
    editions = tuple(
        Edition(tuple(DataFile(**file) for file in edition["files"]))
        for edition in entry["editions"]
    )
    return DataSet(name=name, editions=editions, **described)
