"""Which data a network was trained on: kept in metrics.json, the checkpoint and every figure."""

import reprlib
from dataclasses import asdict, dataclass
from typing import Any

from nnlab.errors import CheckpointError

SAMPLE = "sample"
"""What every embedded sample is called."""


@dataclass(frozen=True)
class Source:
    """Where data came from, exactly enough to tell whether it is the same data again.

    Attributes:
        name: The data set's name, or the user's file.
        sha256: Checksum over the content.
        sample: Whether this is an embedded sample; its figures do not compare with the real set's.
        files: The files that were read; empty for an embedded sample.
    """

    name: str
    sha256: str
    sample: bool
    files: tuple[str, ...]

    @classmethod
    def from_dict(cls, record: Any) -> "Source":
        """Read the fields back, out of a file that anyone may have made.

        Raises:
            CheckpointError: They are not those of a source.
        """
        kinds = {"name": str, "sha256": str, "sample": bool, "files": list}
        if not isinstance(record, dict) or {k: type(v) for k, v in record.items()} != kinds:
            raise CheckpointError(
                f"expected name, sha256, sample and files of a data set, not {reprlib.repr(record)}"
            )
        return cls(**{**record, "files": tuple(map(str, record["files"]))})

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as JSON-able values."""
        return asdict(self) | {"files": list(self.files)}
