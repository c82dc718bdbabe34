"""Sums as people type them, such as "123 + 45"."""

from nnlab.datasets.text.sums import from_text
from nnlab.errors import UsageError


def parse_sum(text: str, base: int, digits: int) -> tuple[int, int]:
    """Read a sum; spaces around the operands, capitals and leading zeros are fine.

    Args:
        text: "123 + 45"; in base 16, "0FF+1" is 255 and 1.
        base: 2 to 36.
        digits: Most digits of an operand that the network knows.

    Returns:
        The operands, 0 to base ** digits - 1.

    Raises:
        UsageError: It is no sum of two numbers in that base, or one has too many digits.
    """
    if not text.strip():
        raise UsageError("expected a sum such as 12+34, found nothing")
    if "-" in text or "\N{MINUS SIGN}" in text:
        raise UsageError(
            f"{text!r}: expected a sum without minus signs; the network was not trained on them"
        )
    operands = [part.strip() for part in text.split("+")]
    if len(operands) == 1:
        raise UsageError(f"{text!r}: expected a sum such as 12+34, found no plus")
    if len(operands) > 2:
        raise UsageError(f"{text!r}: expected one plus, found {len(operands) - 1}")
    first, second = (
        _operand(operand, which, text, base, digits)
        for which, operand in zip(("left", "right"), operands, strict=True)
    )
    return first, second


def _operand(operand: str, which: str, text: str, base: int, digits: int) -> int:
    if not operand:
        raise UsageError(f"{text!r}: the number {which} of the plus is missing")
    if len(operand.split()) > 1:
        raise UsageError(f"{text!r}: expected one number {which} of the plus, found {operand!r}")
    value = from_text(operand, base)
    size = len(operand.lstrip("0"))
    if size > digits:
        raise UsageError(
            f"{text!r}: {operand} has {size} digits, but the network was trained on at most "
            f"{digits}; give smaller numbers or train with more --digits"
        )
    return value
