"""Networks that add column by column, and so take numbers of any length."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from nnlab.datasets.text.sums import DIGITS, column_digits, columns, encode_columns
from nnlab.errors import CheckpointError, UsageError
from nnlab.experiments.add.config import AddConfig
from nnlab.experiments.add.design import Adder, Design, Written, exact_match, per_character
from nnlab.experiments.contract import Data, Interface
from nnlab.inference import Network
from nnlab.training.examples import Arrays, Batch, Examples

ONE_BASE = "It adds in one base only."


class DigitDesign(Design):
    """A network that reads a pair of digits at a time, and looks at no later ones.

    Attributes:
        reads: The fact by which its networks are told from others.
        steps: What its memory contains, for those who run it step by step.
        any_length: Whether it adds numbers that are longer than those of the training.
    """

    example = "add_modern.py"
    reads: str
    steps: Mapping[str, str]
    any_length: bool

    def facts(self) -> dict[str, Any]:
        """Return how it reads columns."""
        return {"reads": self.reads}

    def arrays(self, problems: np.ndarray, base: int, digits: int) -> dict[str, np.ndarray]:
        """Return the digits of both numbers and of the sum, ones first."""
        return {
            "pairs": columns(problems, base, digits + 1),
            "sums": columns(problems.sum(axis=1, keepdims=True), base, digits + 1)[..., 0],
        }

    def check_facts(self, facts: Mapping[str, Any], network: Network) -> None:
        """Refuse a network of another base, or one that cannot run over any number of columns."""
        base = facts["base"]
        shapes = [*network.input_shapes.values(), *network.output_shapes.values()]
        fits = len(shapes) == 2 and all(len(shape) == 2 for shape in shapes)
        if not fits or [shape[1] for shape in shapes] != [2 * base, base]:
            raise CheckpointError(
                f"expected a network from columns of {2 * base} numbers to {base} probabilities, "
                f"but it has {reprlib.repr(shapes)}"
            )
        if _resized(network, 2, base).output_shapes != {
            next(iter(network.output_shapes)): (2, base)
        }:
            raise CheckpointError("expected a digit of the answer for each column")

    def examples(self, data: Data) -> Examples:
        """Keep digits; a batch of columns is one-hot."""
        base = data.facts["base"]

        def batch(arrays: Arrays, indices: Any, seed: Any) -> Batch:
            import tensorflow as tf

            pairs = tf.cast(tf.gather(arrays["pairs"], indices), tf.int32)
            sums = tf.cast(tf.gather(arrays["sums"], indices), tf.int32)
            one_hot = tf.one_hot(pairs, base)  # (batch, columns, 2, base)
            shape = (-1, one_hot.shape[1], 2 * base)
            return tf.reshape(one_hot, shape), sums, None

        return Examples(
            arrays={name: data.arrays[name] for name in ("pairs", "sums")},
            training=data.arrays["training"],
            validation=data.arrays["validation"],
            batch=batch,
            loss="sparse_categorical_crossentropy",
            measures={"per_character": per_character, "exact_match": exact_match},
            monitor="loss",  # soon all answers are right, but the network can still become surer
        )

    def interface(self, facts: Mapping[str, Any]) -> Interface:
        """Say how sums are written, and name the digits."""
        tensors = {
            "columns": "for each column, ones first, the two digits one-hot beside each other; "
            "after the digits of the longer number comes one column of zeros",
            "probabilities": "for each column, of each digit of the answer",
        }
        return Interface(tensors, {"digits": DIGITS[: facts["base"]]}, self.steps)

    def parts(self, network: Network) -> Mapping[str, Network]:
        """Return the network for one column, with the memory on the outside."""
        return {"": network.stepwise()}

    def adder(self, network: Network, facts: Mapping[str, Any]) -> Adder:
        """Return what adds with a network."""
        return DigitAdder(network, facts, self.any_length)


class RecurrentDigits(DigitDesign):
    """The modern network: a recurrent layer has to remember the carry, and nothing else."""

    limits = (
        ONE_BASE,
        "Sums of very long numbers are nearly always right, but nothing guarantees it.",
    )
    reads = "columns"
    any_length = True
    steps = MappingProxyType(
        {
            "carry_hidden": "what the network remembers of the columns before; zeros at first",
            "carry_1": "the new carry_hidden",
        }
    )

    def build(self, config: AddConfig, facts: Mapping[str, Any]) -> Any:
        """Return a network with a GRU."""
        from nnlab.models.digit_adder import digit_adder

        return digit_adder(facts["base"], config.units)


class AttendingDigits(DigitDesign):
    """A Transformer: each column looks for the carry among all columns before it."""

    limits = (
        ONE_BASE,
        "Many sums of numbers longer than those it was trained on are wrong.",
        "Some sums are wrong, and nothing marks the wrong ones.",
    )
    reads = "columns by attention"
    any_length = False
    steps = MappingProxyType(
        {
            "look_*_memory_past": "keys of the columns before; none at first",
            "look_*_memory_past_1": "values of the columns before; none at first",
            "look_*_memory_all": "keys of all columns so far, for the next step",
            "look_*_memory_all_1": "values of all columns so far, for the next step",
        }
    )

    def build(self, config: AddConfig, facts: Mapping[str, Any]) -> Any:
        """Return a Transformer.

        Raises:
            UsageError: The heads do not divide the units.
        """
        if config.units % config.heads:
            raise UsageError(
                f"--units {config.units} is not a multiple of --heads {config.heads}; choose one"
            )
        from nnlab.models.digit_transformer import digit_transformer

        return digit_transformer(
            facts["base"], config.units, blocks=config.blocks, heads=config.heads
        )


class DigitAdder(Adder):
    """Adds with a network that reads columns."""

    most_digits = None

    def __init__(self, network: Network, facts: Mapping[str, Any], any_length: bool = True) -> None:
        self._network = network
        self._base: int = facts["base"]
        self._digits: int = facts["digits"]
        self.trained_digits = None if any_length else self._digits
        self.characters = DIGITS[: self._base]

    def answers(self, problems: np.ndarray) -> np.ndarray:
        """Return the answers to many problems."""
        digits = self.add_columns(columns(problems, self._base, self._digits + 1))
        return encode_columns(digits)

    def answer(self, first: int, second: int) -> str:
        """Return the answer to one problem of any length."""
        return _spelt(self.add_columns(self._columns_of(first, second))[0]).lstrip("0") or "0"

    def written(self, first: int, second: int, expected: str) -> Written:
        """Return the answer to one problem of any length, place by place."""
        (probabilities,) = self._probabilities(self._columns_of(first, second))
        text = _spelt(probabilities.argmax(axis=-1))
        answer = text.lstrip("0") or "0"
        used = min(max(len(answer), len(expected)), len(text))
        return Written(answer, expected.rjust(used, "0")[-used:], probabilities[:used][::-1])

    def add_columns(self, pairs: np.ndarray) -> np.ndarray:
        """Add numbers of any length.

        Args:
            pairs: Digits (count, columns, 2), ones first; the last column must be zeros.

        Returns:
            uint8 (count, columns), the digits of the answers, ones first.
        """
        count, length, _ = pairs.shape
        result = np.empty((count, length), np.uint8)
        step = max(1, COLUMNS_TOGETHER // length)
        for first in range(0, count, step):
            some = self._probabilities(pairs[first : first + step])
            result[first : first + step] = some.argmax(axis=-1)
        return result

    def _probabilities(self, pairs: np.ndarray) -> np.ndarray:
        """Return the probability of each digit in each column, ones first."""
        length = pairs.shape[1]
        one_hot = np.eye(self._base, dtype=np.float32)[pairs]
        network = _resized(self._network, length, self._base)
        return network.answer(one_hot.reshape(-1, length, 2 * self._base))

    def _columns_of(self, first: int, second: int) -> np.ndarray:
        """Return the digits of two numbers (1, columns, 2), ones first, and a column of zeros."""
        pair = [column_digits(number, self._base) for number in (first, second)]
        length = max(map(len, pair)) + 1
        padded = [[*digits, *[0] * (length - len(digits))] for digits in pair]
        return np.array(padded).T[None]


COLUMNS_TOGETHER = 2**15
"""How many columns are computed at a time, so that memory is bounded."""


def _spelt(digits: np.ndarray) -> str:
    """Write digits, ones first, as a number with its leading zeros."""
    return "".join(DIGITS[digit] for digit in digits[::-1])


def _resized(network: Network, length: int, base: int) -> Network:
    return network.resized((length, 2 * base))
