"""Whether runs and downloads can be written, and how much disk space is free."""

import shutil
import tempfile
from pathlib import Path

from nnlab.datasets.store import Store
from nnlab.doctor.check import Result

LITTLE_SPACE = 500 * 10**6
"""Free bytes below which to warn: a run takes some tens of megabytes."""


def run_folder(runs: Path) -> Result:
    """Try to write where runs go."""
    return _writable(runs, "change to another folder, or choose one with --out")


def cache_folder(store: Store) -> Result:
    """Try to write where downloads go."""
    return _writable(store.download_folder(), "choose another folder with --data-dir")


def _writable(folder: Path, advice: str) -> Result:
    """Write a nameless file into `folder`, or into its nearest parent that exists."""
    place = folder.absolute()
    while not place.exists():
        place = place.parent
    if not place.is_dir():
        return Result("failed", f"cannot create {folder}: {place} is a file", advice)
    try:
        with tempfile.TemporaryFile(dir=place) as file:  # leaves nothing behind, even if killed
            file.write(bytes(4096))
            file.flush()
        free = shutil.disk_usage(place).free
    except OSError as error:
        return Result("failed", f"cannot write in {place}: {error.strerror or error}", advice)
    text = f"{folder}: {'writable' if place == folder.absolute() else 'can be created'}"
    text += f", {free / 1e9:,.1f} GB free"
    if free < LITTLE_SPACE:
        return Result("warning", text, f"free some space, or {advice}")
    return Result("ok", text)
