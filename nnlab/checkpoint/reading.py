"""Reading a checkpoint from an untrusted source: anything unexpected is refused.

Nothing in the file names code, and the reader follows no link and opens no second file. Storage,
type and shape of every variable are checked before any of its bytes are read.
"""

import contextlib
import math
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from nnlab.checkpoint.header import HEADER_DATASET, MAX_HEADER_BYTES, Header
from nnlab.checkpoint.members import RefusalError, find_datasets, open_dataset, shown
from nnlab.errors import CheckpointError
from nnlab.files import reason

MAX_BYTES = 2 * 2**30  # of all variables of one group, and of the whole file

_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_ADVICE = "use another checkpoint, or train again"


@dataclass(frozen=True)
class Variable:
    """Expected shape and NumPy type of a variable, such as `float32`."""

    shape: tuple[int, ...]
    dtype: str = "float32"

    @property
    def bytes(self) -> int:
        """Size in memory."""
        return math.prod(self.shape) * np.dtype(self.dtype).itemsize


class CheckpointFile:
    """An open checkpoint; made by `open_checkpoint`.

    Attributes:
        path: The file.
        header: Its header, checked.
    """

    def __init__(self, path: Path, file: h5py.File):
        self.path = path
        self._file = file
        with _refusing(path):
            text = _header_text(file)
        try:
            self.header = Header.from_json(text)
        except CheckpointError as error:
            raise CheckpointError(f"{path}: {error}; {_ADVICE}") from error

    def read(self, group: str, expected: Mapping[str, Variable]) -> dict[str, np.ndarray]:
        """Check all variables of a group, then read them.

        Args:
            group: `model`, `optimizer` or `rng`.
            expected: Shape and type of each variable by name; the group must hold exactly these.
                Where float32 is expected, float16 is accepted.

        Returns:
            An array of the expected type for each name.

        Raises:
            CheckpointError: A variable is missing, surplus, of another shape or type, stored
                elsewhere, compressed or not finite, or the variables together are too large.
        """
        size = sum(variable.bytes for variable in expected.values())
        with _refusing(self.path):
            if size > MAX_BYTES:
                raise RefusalError(f"at most {MAX_BYTES:,} bytes in {group!r}", f"{size:,} bytes")
            found = find_datasets(self._file.id, group, expected)
            for name, variable in expected.items():
                _check_storage(f"{group}/{name}", found[name])
                _check_type(f"{group}/{name}", found[name], variable)
            return {
                name: _read(f"{group}/{name}", found[name], variable)
                for name, variable in expected.items()
            }


@contextlib.contextmanager
def open_checkpoint(path: str | os.PathLike[str]) -> Iterator[CheckpointFile]:
    """Open a checkpoint and read its header.

    Args:
        path: A file that `write` made, or that claims to be one.

    Yields:
        The open file, with `.header` and `.read(group, expected)`.

    Raises:
        CheckpointError: The file is missing, not HDF5, truncated or damaged, or its header is
            refused.
    """
    path = Path(path)
    with _refusing(path):
        _check_signature(path)
        # Checkpoints are replaced whole, never changed in place: no lock is needed, and a
        # read-only or network file system may not offer one.
        file = h5py.File(path, "r", locking=False)
    try:
        yield CheckpointFile(path, file)
    finally:
        file.close()


@contextlib.contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Turn whatever goes wrong in the block into an error that names the file."""
    try:
        yield
    except RefusalError as refusal:
        raise CheckpointError(f"{path}: {refusal}; {refusal.advice or _ADVICE}") from refusal
    except (OSError, RuntimeError, ValueError, TypeError, KeyError, MemoryError) as error:
        # h5py does not document what it raises for damaged files; these kinds have been seen.
        why = shown(str(error) or type(error).__name__)
        raise CheckpointError(f"{path}: truncated or damaged ({why}); {_ADVICE}") from error


CHECK = "check the path, or name an experiment, such as classify"


def _check_signature(path: Path) -> None:
    try:
        status = path.stat()
    except FileNotFoundError:
        raise RefusalError("a checkpoint", "no such file or folder", CHECK) from None
    except (OSError, ValueError) as error:
        raise RefusalError("a checkpoint", reason(error), CHECK) from None
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a special file"
        raise RefusalError("a checkpoint", kind, "name the .h5 file itself")
    if status.st_size > MAX_BYTES:
        raise RefusalError(f"at most {MAX_BYTES:,} bytes", f"a file of {status.st_size:,} bytes")
    try:
        with path.open("rb") as file:
            signature = file.read(len(_SIGNATURE))
    except PermissionError:
        raise RefusalError("a checkpoint", "a file you may not read", "check permissions") from None
    if signature != _SIGNATURE:
        raise RefusalError("an HDF5 file", "something else", "check the path")


def _header_text(file: h5py.File) -> str:
    if not file.id.links.exists(HEADER_DATASET.encode()):
        raise RefusalError(f"a dataset {HEADER_DATASET!r}", "an HDF5 file of another program")
    dataset = open_dataset(file.id, HEADER_DATASET)
    _check_storage(HEADER_DATASET, dataset)
    length = dataset.shape[0] if len(dataset.shape) == 1 else 0
    if not 0 < length <= MAX_HEADER_BYTES:
        limits = f"1 to {MAX_HEADER_BYTES:,} bytes in {HEADER_DATASET!r}"
        raise RefusalError(limits, f"shape {dataset.shape}")
    variable = Variable((length,), "uint8")
    _check_type(HEADER_DATASET, dataset, variable)
    return _read(HEADER_DATASET, dataset, variable).tobytes().decode()


def _check_storage(name: str, dataset: h5py.h5d.DatasetID) -> None:
    """Accept only plain contiguous bytes inside this file.

    To be called first: asking a virtual dataset for its shape could open other files, and a
    compressed one may be a decompression bomb.
    """
    storage = dataset.get_create_plist()
    kinds = {h5py.h5d.CHUNKED: "chunked or compressed", h5py.h5d.VIRTUAL: "virtual"}
    kind = kinds.get(storage.get_layout(), "compact")
    if storage.get_external_count():
        kind = "external"
    elif storage.get_layout() == h5py.h5d.CONTIGUOUS and not storage.get_nfilters():
        return
    raise RefusalError(f"plain contiguous storage for {shown(name)}", f"{kind} storage")


def _check_type(name: str, dataset: h5py.h5d.DatasetID, variable: Variable) -> None:
    kind = dataset.get_type()
    if type(kind) not in (h5py.h5t.TypeIntegerID, h5py.h5t.TypeFloatID):
        raise RefusalError(f"numbers in {shown(name)}", type(kind).__name__)
    accepted = {variable.dtype} | ({"float16"} if variable.dtype == "float32" else set())
    if dataset.dtype.newbyteorder("=").name not in accepted:
        raise RefusalError(f"{variable.dtype} in {shown(name)}", dataset.dtype.name)
    if dataset.shape != variable.shape:
        raise RefusalError(f"shape {variable.shape} for {shown(name)}", str(dataset.shape))
    # Space that was never written reads as zeros, so that a tiny file could fill the memory.
    size = math.prod(variable.shape) * dataset.dtype.itemsize
    if dataset.get_storage_size() != size:
        found = f"{dataset.get_storage_size():,} bytes"
        raise RefusalError(f"{size:,} bytes stored for {shown(name)}", found)


def _read(name: str, dataset: h5py.h5d.DatasetID, variable: Variable) -> np.ndarray:
    stored = np.empty(variable.shape, dataset.dtype.newbyteorder("="))
    dataset.read(h5py.h5s.ALL, h5py.h5s.ALL, stored)
    if not np.isfinite(stored).all():
        raise RefusalError(f"finite numbers in {shown(name)}", "NaN or infinity")
    return stored.astype(variable.dtype, copy=False)
