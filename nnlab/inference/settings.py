"""Strict checks of a layer's settings, as they come out of a network description."""

import dataclasses
import reprlib
from collections.abc import Callable, Collection
from typing import Any

from nnlab.errors import CheckpointError, nearest

MAX_SIZE = 2**24  # units, filters, or the length of one axis
MAX_WINDOW = 256  # sides and strides of kernels and pools
MAX_RANK = 8

Check = Callable[[Any], bool]


def setting(expected: str, check: Check) -> Any:
    """Declare a setting as a field of a layer.

    Args:
        expected: What its value should be, for the error message.
        check: Tells whether a JSON value is that.
    """
    return dataclasses.field(metadata={"expected": expected, "check": check})


def size() -> Any:
    """A count of units or filters."""
    return setting(f"a whole number from 1 to {MAX_SIZE}", lambda value: is_whole(value, MAX_SIZE))


def number() -> Any:
    """A number within the range of float32."""
    return setting("a number within ±3e38", _is_number)


def flag() -> Any:
    """True or false."""
    return setting("true or false", lambda value: isinstance(value, bool))


def one_of(choices: Collection[str]) -> Any:
    """One of a few words."""
    return setting(
        "one of " + ", ".join(sorted(choices)),
        lambda value: isinstance(value, str) and value in choices,
    )


def window() -> Any:
    """Height and width of a kernel, a pool or a stride."""
    return setting(
        f"two whole numbers from 1 to {MAX_WINDOW}",
        lambda value: is_shape(value, MAX_WINDOW) and len(value) == 2,
    )


def axis() -> Any:
    """An axis as Keras counts them: 0 is the batch, negative ones count from the end."""
    return setting(
        f"a whole number from {-MAX_RANK} to {MAX_RANK}, not 0",
        lambda value: type(value) is int and 1 <= abs(value) <= MAX_RANK,
    )


def shape() -> Any:
    """The shape of one example, without the batch axis."""
    return setting(f"at most {MAX_RANK} whole numbers from 1 to {MAX_SIZE}", is_shape)


def is_whole(value: Any, largest: int) -> bool:
    """Tell whether a JSON value is a whole number from 1 to `largest`."""
    return type(value) is int and 1 <= value <= largest


def is_shape(value: Any, largest: int = MAX_SIZE) -> bool:
    """Tell whether a value is a list, or a tuple, of axis lengths."""
    return (
        isinstance(value, list | tuple)
        and len(value) <= MAX_RANK
        and all(is_whole(length, largest) for length in value)
    )


def _is_number(value: Any) -> bool:
    if type(value) not in (int, float):
        return False
    return bool(abs(value) <= 3e38)  # False of infinities and NaN


def fields_of(
    what: str, value: Any, required: Collection[str], optional: Collection[str] = ()
) -> dict[str, Any]:
    """Check that a JSON value is an object with exactly the fields it should have.

    Raises:
        CheckpointError: It is no object, or a field is missing or unknown.
    """
    if not isinstance(value, dict):
        raise CheckpointError(f"{what}: expected an object, got {reprlib.repr(value)}")
    for name in value:
        if name not in required and name not in optional:
            hint = nearest(str(name)[:100], {*required, *optional})
            raise CheckpointError(f"{what}: unknown field {reprlib.repr(name)}; {hint}")
    for name in required:
        if name not in value:
            raise CheckpointError(f"{what}: expected a field {name!r}, but there is none")
    return value


def checked_settings(kind: type, values: Any) -> dict[str, Any]:
    """Check a JSON object against the settings that a kind of layer declares.

    Args:
        kind: A dataclass whose fields were declared with the functions of this module.
        values: What the network description gives.

    Returns:
        Arguments for `kind`; lists have become tuples.

    Raises:
        CheckpointError: A setting is missing, unknown, or has a value that is not allowed.
    """
    declared = dataclasses.fields(kind)
    given = fields_of("settings", values, [field.name for field in declared])
    for field in declared:
        value = given[field.name]
        if not field.metadata["check"](value):
            raise CheckpointError(
                f"setting {field.name!r}: expected {field.metadata['expected']}, "
                f"got {reprlib.repr(value)}"
            )
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in given.items()
    }
