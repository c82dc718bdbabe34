"""Dataclasses to plain values that JSON takes, and back: the one door for both."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from nnlab.errors import DataError

SCHEMA = 1
"""Version of what metrics.json and summary.json hold. Files without a number have the first."""
NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
"""What an experiment or a preset may be called."""

R = TypeVar("R")
DetailsT = TypeVar("DetailsT")


@dataclass(frozen=True)
class NoDetails:
    """The details of an experiment that has nothing to say beyond its scores."""


def plain(value: Any) -> Any:
    """Return dataclasses as dictionaries, arrays as lists, and NumPy's numbers as Python's."""
    import msgspec

    return msgspec.to_builtins(value, enc_hook=_plain)


def versioned(record: Any) -> dict[str, Any]:
    """Return a record for a file or for `--json`, with the number of its schema."""
    return {"schema": SCHEMA, **plain(record)}


def structured(kind: type[R], contents: Any, path: Path) -> R:
    """Return the record that a file of a run holds; fields it does not know are left out.

    Args:
        kind: A dataclass, such as `RunMetrics[AddDetails]`.
        contents: The JSON of the file.
        path: The file, for the error.

    Raises:
        DataError: A field is missing or of another type, or a newer version wrote the file.
    """
    import msgspec

    schema = contents.get("schema", SCHEMA) if isinstance(contents, Mapping) else SCHEMA
    if schema != SCHEMA:
        raise DataError(
            f"{path}: expected schema {SCHEMA}, but it has {schema!r}; upgrade nnlab to read it"
        )
    try:
        return msgspec.convert(contents, kind)
    except msgspec.ValidationError as error:
        raise DataError(f"{path}: {str(error)[:1].lower()}{str(error)[1:]}") from error


def _plain(value: Any) -> Any:
    import numpy as np

    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise NotImplementedError(f"expected a value that JSON has, not {type(value).__name__}")
