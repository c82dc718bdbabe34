"""What the two networks of `translate` have in common: how each sees texts, trains and answers."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnlab.datasets.text.parallel_corpus import SentencePairs
from nnlab.experiments.contract import Data, Interface, Note, Warn
from nnlab.experiments.translate.config import TranslateConfig
from nnlab.inference import Network
from nnlab.training.examples import Examples


@dataclass(frozen=True)
class Translation:
    """A translation of one text.

    Attributes:
        text: What it reads.
        score: The logarithm of its probability; higher is likelier.
        pieces: The pieces of source and translation, and how much each piece of the translation
            looked at each of the source, if that was asked for.
    """

    text: str
    score: float
    pieces: Mapping[str, Any] = field(default_factory=dict)


class Translator(ABC):
    """A trained network that translates.

    Attributes:
        attends: Whether it can tell where it looked.
    """

    attends: bool

    @abstractmethod
    def translations(
        self, text: str, *, beam: int, count: int, attention: bool
    ) -> list[Translation]:
        """Return the likeliest translations of a text, best first.

        Args:
            text: Of known characters or not; an empty one has an empty translation.
            beam: How many beginnings are followed at a time.
            count: How many translations, at most as many as `beam`.
            attention: Tell where the network looked.

        Raises:
            CheckpointError: The network computes no finite numbers.
            UsageError: It cannot tell where it looked.
        """

    @abstractmethod
    def translate(self, texts: Sequence[str]) -> list[str]:
        """Return one translation of each text, as answers without options have it."""

    @abstractmethod
    def notes(self, text: str, count: int) -> Iterator[Note]:
        """Remark on what a user should know of a text before its translation is believed.

        Args:
            text: The text.
            count: How many translations are asked for.
        """


class Design(ABC):
    """A kind of network: how it sees texts, how it is built and trained, and how it translates.

    Attributes:
        limits: What such a network cannot do, one sentence each.
        example: The file in `nnlab/exporting/examples` that runs an exported network.
        beam: How many beginnings are followed unless the user says.
    """

    limits: tuple[str, ...]
    example: str
    beam: int

    @abstractmethod
    def facts(self, config: TranslateConfig, pairs: SentencePairs) -> dict[str, Any]:
        """Return what building, answering and scoring need besides the weights."""

    @abstractmethod
    def codes(
        self, pairs: SentencePairs, facts: Mapping[str, Any], warn: Warn
    ) -> dict[str, np.ndarray]:
        """Return the texts as numbers, which `examples` needs.

        Raises:
            DataError: The network could learn from none of them.
        """

    @abstractmethod
    def check_facts(self, facts: Mapping[str, Any], network: Network) -> None:
        """Refuse facts that are not those of the network.

        Raises:
            CheckpointError: They are not.
        """

    @abstractmethod
    def build(self, config: TranslateConfig, facts: Mapping[str, Any]) -> Any:
        """Return the untrained Keras network."""

    @abstractmethod
    def examples(self, config: TranslateConfig, data: Data) -> Examples:
        """Return what the training loop runs over."""

    @abstractmethod
    def interface(self, facts: Mapping[str, Any]) -> Interface:
        """Return what the inputs and outputs of the network mean."""

    @abstractmethod
    def parts(self, network: Network) -> Mapping[str, Network]:
        """Return the encoder, and the decoder for one step."""

    @abstractmethod
    def translator(self, network: Network, facts: Mapping[str, Any]) -> Translator:
        """Return what translates with a network."""


def accuracy(targets: Any, outputs: Any) -> Any:
    """Tell at which positions the likeliest piece is the right one."""
    import tensorflow as tf

    return tf.equal(tf.cast(targets, tf.int64), tf.argmax(outputs, -1))
