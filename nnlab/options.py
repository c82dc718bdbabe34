"""Options as dataclass fields: one definition gives the shell option, the JSON key and the check.

A Config is a frozen dataclass whose fields are made by `option`. Every value from outside (shell,
environment, file, checkpoint) passes through `from_mapping`, which checks names, types, choices
and ranges, so that the rest of the package can trust a Config.
"""

import dataclasses
import math
import re
import reprlib
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from nnlab.errors import UsageError, nearest

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h)?")
_SECONDS = {"ms": 0.001, "s": 1.0, None: 1.0, "m": 60.0, "h": 3600.0}
TYPE_WORDS = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}

C = TypeVar("C")

LARGEST = 2**63 - 1
"""The largest whole number, and minus it the smallest: 64 bits hold them."""


def option(
    default: Any,
    help: str,
    *,
    choices: tuple[str, ...] = (),
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
    path: bool = False,
    sets: tuple[str, ...] = (),
    duration: bool = False,
    default_text: str | None = None,
    short: str = "",
    affects_result: bool = True,
    json_only: bool = False,
    local: bool = False,
) -> Any:
    """Define one option as a dataclass field.

    Args:
        default: The value if none is given.
        help: One line for `--help`.
        choices: The allowed words, if only a few are.
        low: The smallest allowed number.
        high: The largest allowed number.
        above: A number that the value must exceed.
        path: Whether the value names a file or folder.
        sets: The data sets that may be named instead of a file.
        duration: Whether the value is a time in seconds, which may be written `60s`, `5m`, `1h`.
        default_text: What `--help` shows as the default, if the value does not explain itself.
        short: A letter for a short form of the shell option: `n` for `-n`.
        affects_result: Whether the value can change the result of a finished training. Runs that
            differ only in other options, such as the number of threads, count as equal.
        json_only: Whether only JSON shows what the option asks for.
        local: Whether the value means something only on the machine that answers, such as the
            name of a file to write.
    """
    metadata = {
        "help": help,
        "choices": choices,
        "low": low,
        "high": high,
        "above": above,
        "path": path,
        "sets": sets,
        "duration": duration,
        "default_text": default_text,
        "short": short,
        "affects_result": affects_result,
        "json_only": json_only,
        "local": local,
    }
    return dataclasses.field(default=default, metadata=metadata)


def fields_without_option(cls: type) -> list[str]:
    """Return the fields of a dataclass that were not made with `option`."""
    return [field.name for field in dataclasses.fields(cls) if "help" not in field.metadata]


def without_effect(cls: type) -> frozenset[str]:
    """Return the fields of a Config that cannot change the result of a finished training."""
    fields = dataclasses.fields(cls)
    return frozenset(field.name for field in fields if not field.metadata["affects_result"])


def alike(first: Any, second: Any) -> bool:
    """Tell whether finished trainings with these Configs would have the same result."""
    if type(first) is not type(second):
        return False
    idle = without_effect(type(first))
    names = {field.name for field in dataclasses.fields(first)} - idle
    return all(getattr(first, name) == getattr(second, name) for name in names)


def flag_name(field_name: str) -> str:
    """Spell a field as the shell does: `batch_size` is `--batch-size`."""
    return "--" + field_name.replace("_", "-")


def flag_value(field_name: str, value: Any) -> str:
    """Spell a field and its value as the shell does: `--base 16`, `--no-reverse`."""
    if isinstance(value, bool):
        return flag_name(field_name if value else f"no_{field_name}")
    return f"{flag_name(field_name)} {value}"


def variable_name(command: str, field_name: str) -> str:
    """Spell a field as the environment does: `NNLAB_PERM_TEST_BATCH_SIZE`."""
    return f"NNLAB_{command}_{field_name}".replace("-", "_").upper()


def value_type(cls: type, field: dataclasses.Field[Any]) -> tuple[type, bool]:
    """Return the field's type and whether None is allowed: `int | None` gives (int, True)."""
    hint = typing.get_type_hints(cls)[field.name]
    if isinstance(hint, types.UnionType):
        members = [member for member in typing.get_args(hint) if member is not types.NoneType]
        return members[0], True
    return hint, False


def from_mapping(cls: type[C], values: Mapping[str, Any], where: str) -> C:
    """Build the dataclass `cls` from untrusted values.

    Args:
        cls: A dataclass whose fields were made by `option`.
        values: Field names and values; a field that is left out takes its default.
        where: Where the values come from, for the error message.

    Raises:
        UsageError: An unknown name, a wrong type, a value outside the choices or the range.
    """
    if not isinstance(values, Mapping):
        raise UsageError(f"{where}: expected options by name, got {reprlib.repr(values)}")
    fields = {field.name: field for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    for name in values:
        if name not in fields:
            hint = nearest(str(name)[:100], fields)
            raise UsageError(f"{where}: there is no option {reprlib.repr(name)}; {hint}")
    checked = {name: check_value(cls, fields[name], value, where) for name, value in values.items()}
    return cls(**checked)


def changed(config: C, where: str, **values: Any) -> C:
    """Return a copy of a Config with some values changed, all checked again.

    Raises:
        UsageError: A value is not allowed.
    """
    current = dataclasses.asdict(config)  # type: ignore[call-overload]
    return from_mapping(type(config), {**current, **values}, where)


def check_value(cls: type, field: dataclasses.Field[Any], value: Any, where: str) -> Any:
    """Return `value`, converted to the field's type where that is harmless.

    Raises:
        UsageError: The value has another type, or is not among the choices, or is out of range.
    """
    expected, optional = value_type(cls, field)
    if value is None and optional:
        return None
    subject = f"{where}: {flag_name(field.name)}"
    if field.metadata["duration"] and isinstance(value, str):
        value = parse_duration(value, subject)
    if isinstance(value, int) and abs(value) > LARGEST:
        raise UsageError(f"{subject} must be between -(2**63 - 1) and 2**63 - 1")
    if expected is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not expected:
        kind = TYPE_WORDS.get(expected, expected.__name__)
        raise UsageError(f"{subject} takes {kind}, not {reprlib.repr(value)}")
    if isinstance(value, int | float):
        _check_range(field, value, subject)
    if isinstance(value, str) and not field.metadata["local"]:
        _check_text(value, subject)
    choices = field.metadata["choices"]
    if choices and value not in choices:
        raise UsageError(f"{subject} takes one of {', '.join(choices)}, not {reprlib.repr(value)}")
    return value


def _check_text(value: str, subject: str) -> None:
    """Refuse the name of a file that no checkpoint can record: it has bytes that are not UTF-8."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UsageError(
            f"{subject} takes text in UTF-8, not {value!r}; rename the file"
        ) from error


def _check_range(field: dataclasses.Field[Any], value: float, subject: str) -> None:
    low, high, above = (field.metadata[key] for key in ("low", "high", "above"))
    if not math.isfinite(value):
        raise UsageError(f"{subject} must be a finite number, not {value}")
    if low is not None and value < low:
        raise UsageError(f"{subject} must be at least {low}, not {value}")
    if above is not None and value <= above:
        raise UsageError(f"{subject} must be above {above}, not {value}")
    if high is not None and value > high:
        raise UsageError(f"{subject} must be at most {high}, not {value}")


def parse_duration(text: str, subject: str) -> float:
    """Read `90`, `90s`, `1.5m` or `2h` as seconds.

    Raises:
        UsageError: The text is not a duration.
    """
    match = _DURATION.fullmatch(text.strip())
    if not match:
        raise UsageError(f"{subject} takes a time such as 30s, 5m or 1h, not {reprlib.repr(text)}")
    return float(match[1]) * _SECONDS[match[2]]
