"""Writing a checkpoint so that a reader only ever sees a complete file."""

import io
import os
import re
from collections.abc import Mapping
from pathlib import Path

import h5py
import numpy as np

from nnlab.checkpoint.header import HEADER_DATASET, Header
from nnlab.errors import CheckpointError
from nnlab.files import replacing

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")


def write(
    path: str | os.PathLike[str],
    header: Header,
    groups: Mapping[str, Mapping[str, np.ndarray]],
    *,
    float16: bool = False,
) -> None:
    """Write a checkpoint, replacing an earlier one in a single step.

    The file is built beside its destination, synced to disk and renamed. A failure, such as a full
    disk, leaves the earlier checkpoint unchanged and nothing else behind. The same header and
    arrays always give the same bytes.

    Args:
        path: Where to write; its folder must exist.
        header: The header.
        groups: Variables of each group (`model`, `optimizer`, `rng`) by name, such as
            `hidden_1/kernel`; arrays of integers or finite floats.
        float16: Store float32 arrays in half the space, rounded to 11 significant bits.

    Raises:
        CheckpointError: A variable is not numeric, not finite, or does not fit in float16.
        NnlabError: The file cannot be written.
    """
    path = Path(path)
    try:
        image = content(header, groups, float16=float16)
    except CheckpointError as error:
        raise CheckpointError(f"{path}: {error}") from error
    with replacing(path) as temporary:
        temporary.write_bytes(image)


def content(
    header: Header, groups: Mapping[str, Mapping[str, np.ndarray]], *, float16: bool = False
) -> bytes:
    """Build the HDF5 file in memory; the arguments and errors are those of `write`.

    HDF5 must not write to the disk itself: after a failed write it keeps the file open and may
    crash the process later (seen with HDF5 1.14.6 on a full disk: segmentation fault).
    """
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        text = header.to_json().encode()
        file.create_dataset(HEADER_DATASET, data=np.frombuffer(text, np.uint8))
        for group, variables in groups.items():
            file.create_group(_checked_name(group))
            for name, values in variables.items():
                stored = _storable(f"{group}/{name}", np.asarray(values), float16)
                file.create_dataset(f"{group}/{_checked_name(name)}", data=stored)
    return buffer.getvalue()  # no view: Python 3.12.1 crashes when it collects one after an error


def _storable(where: str, values: np.ndarray, float16: bool) -> np.ndarray:
    """Check a variable and convert it to its type on disk (little-endian everywhere)."""
    if values.dtype.kind not in "iuf":
        raise CheckpointError(f"{where}: expected integers or floats, got {values.dtype}")
    if not np.isfinite(values).all():
        raise CheckpointError(f"{where}: expected finite numbers, got NaN or infinity")
    if not (float16 and values.dtype == np.float32):
        return values.astype(values.dtype.newbyteorder("<"), copy=False)
    with np.errstate(over="ignore"):
        halved = values.astype("<f2")
    if not np.isfinite(halved).all():
        raise CheckpointError(
            f"{where}: expected values within ±65504 for float16, got {np.abs(values).max():g}; "
            "write it without float16"
        )
    return halved


def _checked_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"expected a name such as 'hidden_1/kernel', got {name!r}")
    return name
