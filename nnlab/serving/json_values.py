"""Values out of JSON files that anyone may have made: what is of another kind counts as missing."""

from typing import Any


def as_object(value: Any) -> dict[str, Any]:
    """Return an object of JSON; an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def numbers_in(values: Any) -> dict[str, float]:
    """Return the numbers in an object of JSON by name, without its other values."""
    kept = as_object(values).items()
    return {str(name): float(value) for name, value in kept if isinstance(value, int | float)}
