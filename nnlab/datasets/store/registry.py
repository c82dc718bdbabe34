"""The data sets that nnlab knows, read from registry.toml."""

import csv
import functools
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from nnlab.errors import UsageError, nearest


@dataclass(frozen=True)
class DataFile:
    """One exact file of a data set.

    Attributes:
        role: What it holds, such as "train-images"; unique within an edition.
        path: Path below a data folder, with forward slashes.
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
    """One complete copy of a data set; if there are several editions, any of them can be used.

    Attributes:
        files: Its files, each with a different role.
    """

    files: tuple[DataFile, ...]


@dataclass(frozen=True)
class DataSet:
    """A data set and everything known about it before its files are opened.

    Attributes:
        name: What `--dataset` calls it.
        what: One sentence on its content.
        licence: Its terms, in words.
        editions: At least one; the first is the one to download.
        classes: Number of classes of a labelled set, else None.
    """

    name: str
    what: str
    licence: str
    editions: tuple[Edition, ...]
    classes: int | None = None


@functools.cache
def all_sets() -> Mapping[str, DataSet]:
    """Return every known data set by name, in the registry's order."""
    entries = tomllib.loads(_text("registry.toml"))
    return {name: _data_set(name, entry) for name, entry in entries.items()}


def get_set(name: str) -> DataSet:
    """Return the data set called `name`.

    Raises:
        UsageError: There is no such data set; near matches are named.
    """
    sets = all_sets()
    if name not in sets:
        raise UsageError(f"unknown data set {name!r}; {nearest(name, sets)}")
    return sets[name]


def _data_set(name: str, entry: Mapping[str, Any]) -> DataSet:
    described = {key: value for key, value in entry.items() if key != "editions"}
    editions = tuple(map(_edition, entry["editions"]))
    return DataSet(name=name, editions=editions, **described)


def _edition(entry: Mapping[str, Any]) -> Edition:
    if "table" in entry:
        return Edition(tuple(_tabulated(**entry)))
    return Edition(tuple(DataFile(**file) for file in entry["files"]))


def _tabulated(table: str, folder: str, base_url: str) -> Iterator[DataFile]:
    for row in csv.DictReader(_text(table).splitlines()):
        path, size = row["path"], int(row["bytes"])
        yield DataFile(row["role"], f"{folder}/{path}", size, row["sha256"], base_url + path)


def _text(name: str) -> str:
    return (resources.files("nnlab.datasets.store") / name).read_text(encoding="utf-8")
