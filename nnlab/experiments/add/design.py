"""What the networks of `add` have in common: how each sees sums, trains and answers."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.experiments.add.config import AddConfig
from nnlab.experiments.contract import Data, Interface
from nnlab.inference import Network
from nnlab.training.examples import Examples


@dataclass(frozen=True, eq=False)
class Written:
    """An answer as a network writes it, place by place from left to right.

    Attributes:
        answer: What it reads.
        expected: The right character of each place; a blank where nothing should be.
        probabilities: Of each character in each place, float32 (places, characters).
    """

    answer: str
    expected: str
    probabilities: np.ndarray


class Adder(ABC):
    """A trained network that adds.

    Attributes:
        most_digits: Of an operand; None for any number.
        trained_digits: Of an operand, above which answers are wrong; None if there is no such
            limit.
        characters: What may stand in a place of an answer.
    """

    most_digits: int | None
    trained_digits: int | None = None
    characters: str

    @abstractmethod
    def answers(self, problems: np.ndarray) -> np.ndarray:
        """Return the answers to many problems of as many digits as training had.

        Args:
            problems: int64 (count, 2).

        Returns:
            uint8 (count, digits + 1), codes as of `encode_answers`.
        """

    @abstractmethod
    def answer(self, first: int, second: int) -> str:
        """Return the answer to one problem, as the network writes it."""

    @abstractmethod
    def written(self, first: int, second: int, expected: str) -> Written:
        """Return the answer to one problem place by place, beside the right one."""


class Design(ABC):
    """A kind of network: how it sees sums, how it is built and trained, and how it adds.

    Attributes:
        limits: What such a network cannot do, one sentence each.
        example: The file in `nnlab/exporting/examples` that runs an exported network.
    """

    limits: tuple[str, ...]
    example: str

    @abstractmethod
    def facts(self) -> dict[str, Any]:
        """Return the facts by which its networks are told from others."""

    @abstractmethod
    def arrays(self, problems: np.ndarray, base: int, digits: int) -> dict[str, np.ndarray]:
        """Return problems (count, 2) as the network sees them, for `examples`."""

    @abstractmethod
    def check_facts(self, facts: Mapping[str, Any], network: Network) -> None:
        """Refuse a network that has not the base and the number of digits of the facts.

        Raises:
            CheckpointError: It has others.
        """

    @abstractmethod
    def build(self, config: AddConfig, facts: Mapping[str, Any]) -> Any:
        """Return the untrained Keras network."""

    @abstractmethod
    def examples(self, data: Data) -> Examples:
        """Return what the training loop runs over."""

    @abstractmethod
    def interface(self, facts: Mapping[str, Any]) -> Interface:
        """Return what the inputs and outputs of the network mean."""

    @abstractmethod
    def parts(self, network: Network) -> Mapping[str, Network]:
        """Return what runs the network step by step."""

    @abstractmethod
    def adder(self, network: Network, facts: Mapping[str, Any]) -> Adder:
        """Return what adds with a network."""


def per_character(targets: Any, outputs: Any) -> Any:
    """Return the share of right characters of each answer, blanks included."""
    import tensorflow as tf

    right = tf.equal(tf.cast(targets, tf.int64), tf.argmax(outputs, -1))
    return tf.reduce_mean(tf.cast(right, tf.float32), axis=-1)


def exact_match(targets: Any, outputs: Any) -> Any:
    """Tell which answers are right to the last character."""
    import tensorflow as tf

    return tf.reduce_all(tf.equal(tf.cast(targets, tf.int64), tf.argmax(outputs, -1)), axis=-1)
