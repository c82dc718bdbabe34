"""A sum place by place: what the network wrote, how sure it was, and where addition carries."""

from collections.abc import Sequence

import numpy as np

from nnlab.datasets.text.sums import from_text, to_text
from nnlab.experiments.add.design import Adder
from nnlab.experiments.contract import Answer

LIKELIEST = 3
"""Characters that are named for each place, at most."""


def total(adder: Adder, operands: Sequence[int], base: int) -> str:
    """Add up numbers, each to the network's own answer so far."""
    text = to_text(operands[0], base)
    for operand in operands[1:]:
        text = adder.answer(from_text(text, base), operand)
    return text


def shown(adder: Adder, operands: Sequence[int], base: int) -> Answer:
    """Return the answer to a sum, and each place of it from left to right.

    Args:
        adder: Adds with a network.
        operands: Two or more; the places are those of the last addition.
        base: 2 to 36.
    """
    before = from_text(total(adder, operands[:-1], base), base)
    expected = to_text(sum(operands), base)
    written = adder.written(before, operands[-1], expected)
    ones = len(written.expected.rstrip()) - 1
    return {
        "answer": written.answer,
        "expected": expected,
        "right": written.answer == expected,
        "base": base,
        "operands": [to_text(operand, base) for operand in operands],
        "characters": [
            {
                **_place(adder.characters, probabilities),
                "expected": character,
                "carry": _carry_into(ones - place, operands, base),
            }
            for place, (character, probabilities) in enumerate(
                zip(written.expected, written.probabilities, strict=True)
            )
        ],
    }


def _place(characters: str, probabilities: np.ndarray) -> Answer:
    """Return the likeliest characters of a place; the first is what the network writes."""
    order = (-probabilities).argsort(kind="stable")[:LIKELIEST]
    best = [
        {"character": characters[code], "probability": round(float(probabilities[code]), 6)}
        for code in order
    ]
    return {**best[0], "likeliest": best}


def _carry_into(column: int, operands: Sequence[int], base: int) -> int:
    """Return what an addition by hand carries into a column; 0 is that of the ones."""
    power: int = base ** max(column, 0)
    return sum(operand % power for operand in operands) // power
