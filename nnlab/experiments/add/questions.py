"""Sums as people type them, such as "123 + 45"."""

from collections.abc import Iterable

from nnlab.datasets.text.sums import from_text, to_text
from nnlab.errors import UsageError


def parse_sum(text: str, base: int, digits: int | None) -> list[int]:
    """Read a sum; spaces around the operands, capitals and leading zeros are fine.

    Args:
        text: "123 + 45"; in base 16, "0FF+1" is 255 and 1.
        base: 2 to 36.
        digits: Most digits of an operand that the network knows, which then takes two operands;
            None for any number of digits and operands.

    Returns:
        The operands, at least two.

    Raises:
        UsageError: It is no sum in that base, or the network cannot take it.
    """
    if not text.strip():
        raise UsageError("expected a sum such as 12+34, found nothing")
    if text.strip() == "+":
        raise UsageError(
            f"{text!r}: expected a sum such as 12+34; quote one with spaces: '12 + 34'"
        )
    if "-" in text or "\N{MINUS SIGN}" in text:
        raise UsageError(
            f"{text!r}: expected a sum without minus signs; the network was not trained on them"
        )
    operands = [part.strip() for part in text.split("+")]
    if len(operands) == 1:
        raise UsageError(f"{text!r}: expected a sum such as 12+34, found no plus")
    if len(operands) > 2 and digits is not None:
        raise UsageError(f"{text!r}: expected one plus, found {len(operands) - 1}")
    return [
        _operand(operand, place, len(operands), text, base, digits)
        for place, operand in enumerate(operands, start=1)
    ]


def _operand(operand: str, place: int, count: int, text: str, base: int, digits: int | None) -> int:
    which = f"number {place}" if count > 2 else f"number {('left', 'right')[place - 1]} of the plus"
    if not operand:
        raise UsageError(f"{text!r}: the {which} is missing")
    if len(operand.split()) > 1:
        raise UsageError(f"{text!r}: expected one {which}, found {operand!r}")
    try:
        value = from_text(operand, base)
    except UsageError as error:
        raise UsageError(f"{text!r}: {error}") from error
    size = len(to_text(value, base)) if value else 0
    if digits is not None and size > digits:
        raise UsageError(
            f"{text!r}: {operand} has {size} digits, but the network was trained on at most "
            f"{digits}; give smaller numbers or train with more --digits"
        )
    return value


def too_long(operands: Iterable[int], base: int, digits: int | None) -> bool:
    """Tell whether a number has more digits than those that a network was trained on."""
    return digits is not None and any(operand >= base**digits for operand in operands)
