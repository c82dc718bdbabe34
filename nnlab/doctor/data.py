"""The data sets: where they are looked for, which are found, and whether they are undamaged."""

import os
from collections.abc import Sequence
from pathlib import Path

from nnlab.datasets.store import FileStatus, Store
from nnlab.datasets.store.registry import DataSet
from nnlab.doctor.check import Result
from nnlab.wording import counted


def data_folders(store: Store) -> Result:
    """List the folders that are searched, in order; warn if NNLAB_DATA names a missing one."""
    folders = store.folders()
    listed = ", ".join(f"{path} ({_state(path)})" for path in folders)
    downloads = "off" if store.offline else f"go to {store.download_folder()}"
    text = f"{listed}; downloads {downloads}"
    named = os.environ.get("NNLAB_DATA", "").strip()
    if named and any(path == Path(named) and not path.is_dir() for path in folders):
        return Result("warning", text, "set NNLAB_DATA to the folder that holds the data sets")
    return Result("ok", text)


def _state(folder: Path) -> str:
    if not folder.is_dir():
        return "missing"
    return "found" if os.access(folder, os.R_OK | os.X_OK) else "not readable"


def data_set(store: Store, wanted: DataSet) -> Result:
    """Find the files of a data set and check size and sha256; nothing is downloaded."""
    states = store.status(wanted)
    damaged, missing, found = (
        [status for status in states if status.state == state]
        for state in ("damaged", "missing", "found")
    )
    fetch = f"nnlab data fetch {wanted.name}"
    if damaged:
        text = f"{len(damaged)} of {_files(states)} damaged: {damaged[0].problem}"
        return Result("failed", text, f"remove or replace the damaged files, then: {fetch}")
    if len(missing) == len(states):
        text = "missing; experiments use their embedded samples instead"
        return Result("warning", text, _get(wanted))
    if missing:
        text = f"{len(missing)} of {_files(states)} missing, such as {missing[0].file.path}"
        return Result("warning", text, _get(wanted))
    places = sorted({str(status.path.parent) for status in found if status.path})
    return Result("ok", f"{_files(states)} in {', '.join(places)}; size and sha256 match")


def _files(states: Sequence[FileStatus]) -> str:
    return counted(len(states), "file")


def _get(wanted: DataSet) -> str:
    fetch = f"nnlab data fetch {wanted.name}"
    if all(file.url for file in wanted.editions[0].files):
        return fetch
    return f"cannot be downloaded; to see which files go where: {fetch}"
