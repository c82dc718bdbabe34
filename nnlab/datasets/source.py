"""Which data a network was trained on: kept in metrics.json, the checkpoint and every figure."""

from dataclasses import asdict, dataclass
from typing import Any

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

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as JSON-able values."""
        return asdict(self) | {"files": list(self.files)}
