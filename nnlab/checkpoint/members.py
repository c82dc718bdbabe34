"""Finding the datasets of a group by name, following hard links only."""

import difflib
import reprlib
from collections.abc import Iterable, Mapping
from typing import Any

import h5py

MAX_MEMBERS = 100_000

_shorten = reprlib.Repr()
_shorten.maxstring = 120


class RefusalError(Exception):
    """Something in the file is refused; the reader adds the file's name."""

    def __init__(self, expected: str, found: str, advice: str = ""):
        super().__init__(f"expected {expected}, found {found}")
        self.advice = advice


def shown(text: str) -> str:
    """Quote a text from the file: shortened, with control characters escaped."""
    return _shorten.repr(text)


def find_datasets(
    parent: h5py.h5g.GroupID, group: str, names: Iterable[str]
) -> dict[str, h5py.h5d.DatasetID]:
    """Open the datasets of a group, which must have exactly the expected ones.

    Args:
        parent: The group (or file) that holds the group.
        group: Name of the group.
        names: Expected datasets, as paths below the group such as `hidden_1/kernel`.

    Returns:
        Each dataset by name, open but not read.

    Raises:
        RefusalError: One is missing or surplus, or is behind a link that is not a hard link.
    """
    return dict(_walk(parent, group, group, _tree(names)))


def open_dataset(parent: h5py.h5g.GroupID, name: str, path: str = "") -> h5py.h5d.DatasetID:
    """Open a dataset without following a link.

    Args:
        parent: The group (or file) that holds it.
        name: Its name there.
        path: What errors call it; by default its name.

    Raises:
        RefusalError: It is missing, behind a link, or not a dataset.
    """
    item = _open_hard(parent, name, path or name)
    if not isinstance(item, h5py.h5d.DatasetID):
        raise RefusalError(f"a dataset at {shown(path or name)}", "something else")
    return item


def _tree(names: Iterable[str]) -> dict[str, Any]:
    """Nest the names: {"hidden_1": {"kernel": None, "bias": None}}."""
    root: dict[str, Any] = {}
    for name in names:
        *folders, leaf = name.split("/")
        node = root
        for folder in folders:
            node = node.setdefault(folder, {})
        node[leaf] = None
    return root


def _walk(
    parent: h5py.h5g.GroupID, name: str, path: str, tree: Mapping[str, Any] | None
) -> list[tuple[str, h5py.h5d.DatasetID]]:
    """Descend along the expected names only, because a group may contain itself."""
    if tree is None:
        return [(path.partition("/")[2], open_dataset(parent, name, path))]
    item = _open_hard(parent, name, path)
    if not isinstance(item, h5py.h5g.GroupID):
        raise RefusalError(f"a group at {shown(path)}", "something else")
    _check_members(path, _members(item, path), tree.keys())
    return [
        found
        for member, below in tree.items()
        for found in _walk(item, member, f"{path}/{member}", below)
    ]


def _open_hard(parent: h5py.h5g.GroupID, name: str, path: str) -> h5py.h5g.GroupID:
    if not parent.links.exists(name.encode()):
        raise RefusalError(f"a group {shown(path)}", "none")
    if parent.links.get_info(name.encode()).type != h5py.h5l.TYPE_HARD:
        raise RefusalError(f"{shown(path)} itself in this file", "a link")
    return h5py.h5o.open(parent, name.encode())


def _members(group: h5py.h5g.GroupID, path: str) -> set[str]:
    count = group.get_num_objs()
    if count > MAX_MEMBERS:
        raise RefusalError(f"at most {MAX_MEMBERS:,} members in {shown(path)}", f"{count:,}")
    names: list[bytes] = []
    group.links.iterate(names.append)
    return {name.decode(errors="replace") for name in names}


def _check_members(path: str, members: set[str], expected: Iterable[str]) -> None:
    expected = set(expected)
    missing, surplus = sorted(expected - members), sorted(members - expected)
    if missing:
        found = f"none{_similar(path, missing[0], surplus)}"
        raise RefusalError(f"variable {shown(f'{path}/{missing[0]}')}", found)
    if surplus:
        found = f"{shown(f'{path}/{surplus[0]}')} as well{_similar(path, surplus[0], expected)}"
        raise RefusalError(f"only the variables of its network in {shown(path)}", found)


def _similar(path: str, name: str, candidates: Iterable[str]) -> str:
    # The file chooses the names, and comparing takes quadratic time: cut their length and number.
    known = [candidate[:100] for candidate in sorted(candidates)[:100]]
    close = difflib.get_close_matches(name[:100], known, n=1)
    return f" (nearest: {shown(f'{path}/{close[0]}')})" if close else ""
