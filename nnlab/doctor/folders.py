"""Whether runs and downloads can be written, and how much room there is."""

import shutil
import tempfile
from pathlib import Path

from nnlab.datasets.store import Store
from nnlab.doctor.check import Result

LITTLE_SPACE = 500 * 10**6
"""Bytes free below which a disk is soon full: a run takes some tens of megabytes."""


def run_folder(runs: Path) -> Result:
    """Try to write where runs go."""
    return _writable(runs, "go to another folder, or name one with --out")


def cache_folder(store: Store) -> Result:
    """Try to write where downloads go."""
    return _writable(store.download_folder(), "name another folder with --data-dir")


def _writable(folder: Path, advice: str) -> Result:
    """Write a nameless file into `folder`, or into what there is of the way to it."""
    place = folder.absolute()
    while not place.exists():
        place = place.parent
    if not place.is_dir():
        return Result("failed", f"cannot make {folder}: {place} is a file", advice)
    try:
        with tempfile.TemporaryFile(dir=place) as file:  # nothing stays behind, not even if killed
            file.write(bytes(4096))
            file.flush()
        free = shutil.disk_usage(place).free
    except OSError as error:
        return Result("failed", f"cannot write in {place}: {error.strerror or error}", advice)
    text = f"{folder}: {'writable' if place == folder.absolute() else 'can be made'}"
    text += f", {free / 1e9:,.1f} GB free"
    if free < LITTLE_SPACE:
        return Result("warning", text, f"make room, or {advice}")
    return Result("ok", text)
