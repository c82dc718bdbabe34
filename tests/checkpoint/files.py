"""Headers and files that the checkpoint tests start from."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from nnlab import checkpoint
from nnlab.errors import CheckpointError

KERNEL = np.arange(12, dtype=np.float32).reshape(4, 3)
BIAS = np.array([0.5, -0.5, 0.25], np.float32)
EXPECTED = {
    "hidden/kernel": checkpoint.Variable((4, 3), "float32"),
    "hidden/bias": checkpoint.Variable((3,), "float32"),
}


def header(**changes: object) -> checkpoint.Header:
    fields: dict[str, object] = {
        "experiment": "classify",
        "preset": "report",
        "config": {"units": [512, 512], "loss": "crossentropy"},
        "facts": {"classes": ["0", "1"]},
        "network": {"inputs": [], "nodes": [], "outputs": []},
        "metrics": {"accuracy": 0.98},
        "dataset": {"name": "mnist"},
        "seed": 7,
        "versions": {"numpy": np.__version__},
        "state": {},
    }
    return checkpoint.Header(**(fields | changes))  # type: ignore[arg-type]


def written(path: Path) -> Path:
    checkpoint.write(path, header(), {"model": {"hidden/kernel": KERNEL, "hidden/bias": BIAS}})
    return path


def emptied(path: Path) -> h5py.File:
    """Return a checkpoint open for writing, whose kernel is missing."""
    file = h5py.File(written(path), "r+")
    del file["model/hidden/kernel"]
    return file


def read(path: Path) -> dict[str, np.ndarray]:
    with checkpoint.open_checkpoint(path) as file:
        return file.read("model", EXPECTED)


def assert_refused(path: Path, message: str) -> None:
    """Check that the file is refused in one line that names it."""
    with pytest.raises(CheckpointError, match=message) as caught:
        read(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 1000
