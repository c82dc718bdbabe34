"""Additions in any base, drawn at random and written as codes of characters."""

import re

import numpy as np

from nnlab.errors import UsageError

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
SPACE, PLUS, FIRST_DIGIT = 0, 1, 2


def alphabet(base: int) -> str:
    """Return the character of each code: space, plus, then the digits.

    Args:
        base: 2 to 36.
    """
    return " +" + DIGITS[:base]


def draw_sums(base: int, digits: int, count: int, seed: int) -> np.ndarray:
    """Draw distinct pairs of operands; pairs with swapped operands count as equal.

    An operand has 1 to `digits` digits; all numbers of digits and all digits are equally likely,
    and leading zeros are possible. If more than half of all pairs are requested, all pairs are
    equally likely instead.

    Args:
        base: 2 to 36.
        digits: Largest number of digits of an operand, 1 to 11, so that sums in base 36 fit int64.
        count: Number of pairs.
        seed: Seed of the draw.

    Returns:
        int64 (n, 2), 0 to base ** digits - 1; n is `count`, or less if there are fewer pairs.
    """
    rng = np.random.default_rng(seed)
    values = base**digits
    if 2 * count > values * (values + 1) // 2:
        return _all_pairs(values, rng)[:count]
    drawn = np.empty((0, 2), np.int64)
    batch = count + count // 8 + 16
    while len(drawn) < count:
        lengths = rng.integers(1, digits + 1, (batch, 2))
        pairs = rng.integers(0, np.int64(base) ** lengths)
        drawn = _first_of_each(np.concatenate([drawn, pairs]))
        batch = min(2 * batch, 4 * count)
    return drawn[:count]


def _all_pairs(values: int, rng: np.random.Generator) -> np.ndarray:
    """Return every unordered pair once, with pairs and operands in random order."""
    pairs = np.stack(np.triu_indices(values), axis=1).astype(np.int64)
    return rng.permuted(rng.permutation(pairs), axis=1)


def _first_of_each(pairs: np.ndarray) -> np.ndarray:
    """Leave out repeated pairs, including those with swapped operands; keep the order."""
    smaller, larger = np.sort(pairs, axis=1).T
    order = np.lexsort((larger, smaller))  # stable, so that equal pairs keep their order
    repeated = (np.diff(smaller[order]) == 0) & (np.diff(larger[order]) == 0)
    result: np.ndarray = pairs[np.sort(order[np.concatenate([[True], ~repeated])])]
    return result


def carries(a: np.ndarray, b: np.ndarray, base: int) -> np.ndarray:
    """Count the carries of additions done by hand.

    Args:
        a: Integers of any shape, at least 0, below base ** 11.
        b: Integers of the same shape.
        base: 2 to 36.

    Returns:
        int64 of that shape: 12 + 34 has none, 95 + 7 has two.
    """
    a, b = np.asarray(a, np.int64), np.asarray(b, np.int64)
    carry = np.zeros(np.broadcast_shapes(a.shape, b.shape), np.int64)
    total = carry.copy()
    while a.any() or b.any():
        carry = (a % base + b % base + carry >= base).astype(np.int64)
        total += carry
        a, b = a // base, b // base
    return total


def encode_questions(sums: np.ndarray, base: int, digits: int) -> np.ndarray:
    """Write sums, pad them with spaces on the right, and reverse the result.

    Args:
        sums: int64 (count, 2), 0 to base ** digits - 1.
        base: 2 to 36.
        digits: Largest number of digits of an operand.

    Returns:
        uint8 (count, 2 * digits + 1), codes of `alphabet(base)`.

    With three digits, 123 + 45 is " 54+321" (0, 6, 7, 1, 5, 4, 3 are its codes in base 10: digit
    d has code d + 2), and 7 + 0 is "    0+7".
    """
    first, second = sums[:, 0], sums[:, 1]
    first_size, second_size = _sizes(first, base, digits), _sizes(second, base, digits)
    width = 2 * digits + 1
    # columns counted from the least significant digit of each number
    from_second = np.arange(width) - (width - 1 - first_size - second_size)[:, None]
    from_first = from_second - second_size[:, None] - 1
    codes = np.where(from_second == second_size[:, None], PLUS, SPACE)
    for numbers, sizes, places in (
        (second, second_size, from_second),
        (first, first_size, from_first),
    ):
        inside = (places >= 0) & (places < sizes[:, None])
        codes = np.where(inside, _digits_at(numbers, places, base, digits) + FIRST_DIGIT, codes)
    return codes.astype(np.uint8)


def encode_answers(sums: np.ndarray, base: int, digits: int) -> np.ndarray:
    """Write the results, padded with spaces on the right.

    Args:
        sums: int64 (count, 2), 0 to base ** digits - 1.
        base: 2 to 36.
        digits: Largest number of digits of an operand.

    Returns:
        uint8 (count, digits + 1), codes of `alphabet(base)`.

    With three digits, the answer to 123 + 45 is "168 " (codes 3, 8, 10, 0 in base 10), and that to
    999 + 1 is "1000".
    """
    results = sums.sum(axis=1)
    sizes = _sizes(results, base, digits + 1)
    places = sizes[:, None] - 1 - np.arange(digits + 1)
    spelt = _digits_at(results, places, base, digits + 1) + FIRST_DIGIT
    return np.where(places >= 0, spelt, SPACE).astype(np.uint8)


def columns(numbers: np.ndarray, base: int, count: int) -> np.ndarray:
    """Return the digits of numbers as they stand below each other when added by hand.

    Args:
        numbers: int64 (problems, operands), 0 to base ** count - 1.
        base: 2 to 36.
        count: How many columns, at most 12 in base 36.

    Returns:
        uint8 (problems, count, operands), ones first: 12 and 7 are (2, 7), (1, 0).
    """
    places = np.int64(base) ** np.arange(count)
    result: np.ndarray = numbers[:, None, :] // places[:, None] % base
    return result.astype(np.uint8)


def add_columns(pairs: np.ndarray, base: int) -> np.ndarray:
    """Add by hand.

    Args:
        pairs: Digits (problems, columns, 2), ones first; the last column must be zeros.
        base: 2 to 36.

    Returns:
        uint8 (problems, columns), the digits of the sums, ones first.
    """
    sums = pairs.sum(axis=2)
    digits = np.empty(sums.shape, np.uint8)
    carry = np.zeros(len(sums), sums.dtype)
    for column in range(sums.shape[1]):
        carry, digits[:, column] = np.divmod(sums[:, column] + carry, base)
    return digits


def column_digits(number: int, base: int) -> list[int]:
    """Return the digits of a number of any size, ones first; of 0 one digit."""
    return [DIGITS.index(digit) for digit in reversed(to_text(number, base))]


def encode_columns(digits: np.ndarray) -> np.ndarray:
    """Write numbers as codes, as `encode_answers` does.

    Args:
        digits: Integers (count, columns), ones first.

    Returns:
        uint8 (count, columns), padded with spaces on the right.
    """
    columns = digits.shape[1]
    significant = np.where(digits[:, ::-1] > 0, np.arange(columns), columns - 1).min(axis=1)
    places = np.arange(columns) + significant[:, None]  # from the first digit that is not 0
    written = np.take_along_axis(digits[:, ::-1], np.minimum(places, columns - 1), axis=1)
    return np.where(places < columns, written + FIRST_DIGIT, SPACE).astype(np.uint8)


def decode_answer(codes: np.ndarray, base: int) -> str:
    """Read an answer, without padding.

    Args:
        codes: Integers (digits + 1,), codes of `alphabet(base)`.
        base: 2 to 36.

    In base 10, 3, 8, 10, 0 is "168", and 3, 0, 1, 0 is "1 +", as a network may answer.
    """
    characters = alphabet(base)
    return "".join(characters[int(code)] for code in codes).rstrip(" ")


def _sizes(numbers: np.ndarray, base: int, most: int) -> np.ndarray:
    """Return the number of digits of each number, int64 (count,), at least 1."""
    result: np.ndarray = np.maximum(
        1, (numbers[:, None] >= np.int64(base) ** np.arange(most)).sum(axis=1)
    )
    return result


def _digits_at(numbers: np.ndarray, places: np.ndarray, base: int, most: int) -> np.ndarray:
    """Return digits (count, width); place 0 is the least significant, others are clipped."""
    result: np.ndarray = numbers[:, None] // np.int64(base) ** np.clip(places, 0, most - 1) % base
    return result


def to_text(number: int, base: int) -> str:
    """Write a number.

    Args:
        number: At least 0.
        base: 2 to 36.

    255 is "ff" in base 16; 0 is "0" in any.
    """
    spelt = ""
    number = int(number)
    while number or not spelt:
        number, digit = divmod(number, base)
        spelt = DIGITS[digit] + spelt
    return spelt


def from_text(text: str, base: int) -> int:
    """Read a number, which may have capitals and leading zeros.

    Args:
        text: Only digits: "ff" and "0FF" are 255 in base 16, and so is "0xff".
        base: 2 to 36.

    Raises:
        UsageError: It is not a number in that base; the message names the first wrong character.
    """
    lowered = text.lower()
    hexadecimal = re.fullmatch("0x[0-9a-f]+", lowered) is not None
    if base == 16 and hexadecimal:
        lowered = lowered[2:]
    if not lowered:
        raise UsageError(f"expected a number in base {base}, found nothing")
    wrong = next((c for c in lowered if not c.isascii() or c not in DIGITS[:base]), None)
    if wrong is None:
        return int(lowered, base)
    larger = ""
    if hexadecimal:
        larger = "; for hexadecimal numbers, add --base 16"
    elif all(c.isascii() and c in DIGITS for c in lowered):
        needed = 1 + max(map(DIGITS.index, lowered))
        larger = f"; try --base {next(b for b in (8, 10, 16, 36) if b >= needed)}"
    raise UsageError(
        f"{wrong!r} is not a digit in base {base}, "
        f"expected {DIGITS[0]} to {DIGITS[base - 1]}{larger}"
    )
