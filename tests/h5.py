"""Reading checkpoints with plain h5py, apart from the package."""

from pathlib import Path

import h5py
import numpy as np


def variables_of(path: Path) -> dict[str, np.ndarray]:
    """Return all variables of a checkpoint by their full names, without its header."""
    found: dict[str, np.ndarray] = {}

    def visit(name: str, item: h5py.Group | h5py.Dataset) -> None:
        if isinstance(item, h5py.Dataset) and "/" in name:
            found[name] = item[()]

    with h5py.File(path) as file:
        file.visititems(visit)
    return found


def same_variables(one: Path, other: Path) -> bool:
    """Tell whether two checkpoints hold the same variables, bit for bit."""
    mine, theirs = variables_of(one), variables_of(other)
    return mine.keys() == theirs.keys() and all(
        np.array_equal(mine[name], theirs[name]) for name in mine
    )
