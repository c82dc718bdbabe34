"""Which data a network was trained on, as recorded in metrics.json, checkpoints and figures."""

import hashlib
import reprlib
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nnlab.errors import CheckpointError, DataError
from nnlab.files import reason

SAMPLE = "sample"
"""The name of every embedded sample."""


@dataclass(frozen=True)
class Source:
    """Where data came from, exactly enough to recognise the same data again.

    Attributes:
        name: Name of the data set, or of the user's file.
        sha256: Checksum over the content.
        sample: Whether this is an embedded sample, whose scores cannot be compared with the real
            set's.
        files: The files that were read; empty for an embedded sample.
    """

    name: str
    sha256: str
    sample: bool
    files: tuple[str, ...]

    @classmethod
    def of_files(
        cls, name: str, paths: Iterable[Path], recorded_names: Collection[object]
    ) -> "Source":
        """Describe data that were read from files, with one checksum over all of them in order.

        Args:
            name: Of the data set, or of the user's file.
            paths: The files.
            recorded_names: What to record of their names.

        Raises:
            DataError: A file cannot be read any more.
        """
        digest = hashlib.sha256()
        for path in paths:
            try:
                with path.open("rb") as file:
                    hashlib.file_digest(file, lambda: digest)
            except OSError as error:
                raise DataError(f"cannot read {path}: {reason(error)}") from error
        return cls(name, digest.hexdigest(), False, tuple(map(str, recorded_names)))

    @classmethod
    def from_dict(cls, record: Any) -> "Source":
        """Read the fields back from an untrusted file.

        Raises:
            CheckpointError: They are not the fields of a source.
        """
        kinds = {"name": str, "sha256": str, "sample": bool, "files": list}
        if not isinstance(record, dict) or {k: type(v) for k, v in record.items()} != kinds:
            raise CheckpointError(
                f"expected name, sha256, sample and files of a data set, got {reprlib.repr(record)}"
            )
        return cls(**{**record, "files": tuple(map(str, record["files"]))})

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as JSON-able values."""
        return asdict(self) | {"files": list(self.files)}
