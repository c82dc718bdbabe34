"""The base class of all results."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Result:
    """The base of all results, which can be written as JSON."""

    def as_dict(self) -> dict[str, Any]:
        """The fields by name, nested results as dictionaries, tuples as lists."""
        result: dict[str, Any] = _plain(asdict(self))
        return result


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
