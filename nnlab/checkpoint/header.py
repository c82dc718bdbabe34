"""The header of a checkpoint, which describes the file in strict JSON."""

import dataclasses
import json
import math
import reprlib
from dataclasses import dataclass
from typing import Any, NoReturn, Self, get_origin

from nnlab.errors import CheckpointError, nearest
from nnlab.records import NAME

FORMAT_VERSION = 1
# The JSON is stored as plain bytes in a dataset. An attribute would be variable-length text, which
# HDF5 reads before anyone can check it: one changed byte in such a file made HDF5 1.14.6 loop
# forever or take 4 GB of memory.
HEADER_DATASET = "nnlab"
MAX_HEADER_BYTES = 8 * 2**20
MAX_INTEGER = 2**63 - 1


@dataclass(frozen=True)
class Header:
    """Everything in a checkpoint but its variables.

    All of it is JSON: a tuple is read back as a list, and keys are strings.

    Attributes:
        experiment: Name of the experiment that trained it, such as `classify`.
        preset: Name of the preset that its settings started from.
        config: Settings of the training, field by field.
        facts: What answering needs to know about the data (class names, scales, vocabulary).
        network: Description of the network, for `nnlab.inference`.
        metrics: Scores, as in metrics.json.
        dataset: Name and checksums of the training data.
        seed: Seed of the run, 0 to 2^63 - 1.
        versions: Version of each library used in training.
        state: Progress of the training; empty in a checkpoint for answering.

    Raises:
        CheckpointError: A value has the wrong type or is out of range.
    """

    experiment: str
    preset: str
    config: dict[str, Any]
    facts: dict[str, Any]
    network: dict[str, Any]
    metrics: dict[str, Any]
    dataset: dict[str, Any]
    seed: int
    versions: dict[str, str]
    state: dict[str, Any]

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            _check_type(field.name, getattr(self, field.name), field.type)
        for name in ("experiment", "preset"):
            if not NAME.fullmatch(getattr(self, name)):
                _refuse(f"{name!r} to be a short lower-case name", getattr(self, name))
        if not 0 <= self.seed <= MAX_INTEGER:
            _refuse("'seed' to be from 0 to 2^63 - 1", self.seed)
        for library, version in self.versions.items():
            _check_type(f"versions[{reprlib.repr(library)}]", version, str)

    def to_json(self) -> str:
        """Write the header as JSON.

        Raises:
            CheckpointError: It holds something that JSON cannot express (NaN, an array, an
                object), or is longer than `MAX_HEADER_BYTES`.
        """
        record = {"format": FORMAT_VERSION} | vars(self)
        try:
            text = json.dumps(record, allow_nan=False, ensure_ascii=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise CheckpointError(
                f"header: expected only finite numbers, text, lists and dicts, but {error}; "
                "leave that value out or convert it"
            ) from error
        _parse(text)  # refuse to write what from_json would refuse to read
        return text

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a header, trusting nothing in it.

        Raises:
            CheckpointError: The text is not JSON, is too long, has a newer format version, or its
                fields are not those of a header.
        """
        record = _parse(text)
        if not isinstance(record, dict):
            _refuse("a JSON object", record)
        _check_format(record.pop("format", None))
        known = {field.name for field in dataclasses.fields(cls)}
        for name in sorted(record.keys() - known):
            hint = nearest(name[:100], known)
            raise CheckpointError(f"header: unknown field {reprlib.repr(name)}; {hint}")
        for name in sorted(known - record.keys()):
            raise CheckpointError(f"header: expected a field {name!r}, found none")
        return cls(**record)


def _parse(text: str) -> Any:
    """Parse JSON, allowing only finite numbers, 64-bit integers, and text that can be printed."""
    try:
        size = len(text.encode())
        if size > MAX_HEADER_BYTES:
            raise CheckpointError(
                f"header: expected at most {MAX_HEADER_BYTES:,} bytes, got {size:,} bytes"
            )
        value = json.loads(
            text, parse_float=_finite, parse_int=_int64, parse_constant=_reject_constant
        )
        json.dumps(value, ensure_ascii=False).encode()  # half of a surrogate pair fails here
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"header: expected valid JSON, but {error}") from error
    return value


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(f"the number {reprlib.repr(digits)} is not finite")
    return value


def _int64(digits: str) -> int:
    value = int(digits)
    if abs(value) > MAX_INTEGER:
        raise ValueError(f"the number {reprlib.repr(digits)} is beyond 64 bits")
    return value


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(f"the number {name} is not finite")


def _check_format(version: Any) -> None:
    if type(version) is not int or version < 1:
        _refuse(f"a format version from 1 to {FORMAT_VERSION}", version)
    if version > FORMAT_VERSION:
        raise CheckpointError(
            f"header: expected a format version up to {FORMAT_VERSION}, got {version} of a newer "
            "nnlab; upgrade nnlab"
        )


def _check_type(name: str, value: Any, expected: Any) -> None:
    expected = get_origin(expected) or expected
    if not isinstance(value, expected) or isinstance(value, bool):
        kind = {str: "text", int: "a whole number", dict: "an object"}[expected]
        _refuse(f"{name!r} to be {kind}", value)


def _refuse(expected: str, got: Any) -> NoReturn:
    raise CheckpointError(f"header: expected {expected}, got {reprlib.repr(got)}")
