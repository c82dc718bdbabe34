"""What the two networks of `textgen` have in common: how each sees text, trains and reads."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from nnlab.experiments.contract import Data, Interface
from nnlab.experiments.textgen.characters import Reader
from nnlab.experiments.textgen.config import TextgenConfig
from nnlab.experiments.textgen.likelihood import HEADLINE, bits_measure
from nnlab.inference import Network
from nnlab.training.examples import Arrays, Batch, Examples

LIMITS = (
    "It continues a text in the style of its corpus and knows nothing of what it writes about.",
    "It knows only the characters of its corpus.",
)
"""What no network of characters can do."""

STATES = {
    **{f"memory_{name}": f"{name} state; zeros at first" for name in ("hidden", "cell")},
    "memory_1": "the new memory_hidden",
    "memory_2": "the new memory_cell",
}
"""What the state of an LSTM called `memory` holds, by the names of its tensors."""


class Design(ABC):
    """A kind of network: how it sees text, how it is built and trained, and how it reads.

    Attributes:
        example: The file in `nnlab/exporting/examples` that runs an exported network.
    """

    example: str

    @abstractmethod
    def limits(self, facts: Mapping[str, Any]) -> Sequence[str]:
        """Return what such a network cannot do, one sentence each."""

    @abstractmethod
    def facts(self) -> dict[str, Any]:
        """Return the facts that identify this kind of network."""

    @abstractmethod
    def starts(self, config: TextgenConfig, bounds: Sequence[int]) -> dict[str, np.ndarray]:
        """Return where the windows for training and validation start, for `examples`.

        Args:
            config: Length of the windows, and how far from each other they start.
            bounds: Where validation and test begin, behind one window or more.

        Returns:
            `training` and `validation`, int32; empty where a part is too short.
        """

    @abstractmethod
    def check_facts(self, facts: Mapping[str, Any], network: Network) -> None:
        """Refuse facts that are not those of the network.

        Raises:
            CheckpointError: They are not.
        """

    @abstractmethod
    def build(self, config: TextgenConfig, facts: Mapping[str, Any]) -> Any:
        """Return the untrained Keras network."""

    @abstractmethod
    def batch(self, config: TextgenConfig, data: Data) -> Callable[[Arrays, Any, Any], Batch]:
        """Return the function that makes a batch of windows, as `Examples.batch`."""

    def examples(self, config: TextgenConfig, data: Data) -> Examples:
        """Return what the training loop runs over: the text as one array of codes."""
        return Examples(
            arrays={"text": data.arrays["text"]},
            training=data.arrays["training"],
            validation=data.arrays["validation"],
            batch=self.batch(config, data),
            loss="sparse_categorical_crossentropy",
            measures={HEADLINE: bits_measure},
            monitor=HEADLINE,
        )

    @abstractmethod
    def check_config(self, network: Network, config: TextgenConfig) -> None:
        """Refuse to score a network that is not as its settings say.

        Raises:
            CheckpointError: It differs.
        """

    @abstractmethod
    def fitted_facts(
        self, network: Network, facts: Mapping[str, Any], data: Data, config: TextgenConfig
    ) -> dict[str, Any]:
        """Fit what answering uses besides the network, on the text before the test set.

        Args:
            network: The trained network.
            facts: Its facts; what they hold is not fitted again.
            data: As loaded.
            config: Its settings.
        """

    @abstractmethod
    def likelihoods(
        self, network: Network, facts: Mapping[str, Any], text: np.ndarray, first: int, count: int
    ) -> dict[str, np.ndarray]:
        """Return the probabilities that were given to the characters of a part of a text.

        Args:
            network: The trained network.
            facts: Those of the data, and the fitted ones.
            text: Codes (length,).
            first: Where the part begins; before it stands a window or more.
            count: How many characters it has.

        Returns:
            Probabilities (count,) by name of the score; the first is the headline.
        """

    @abstractmethod
    def sample_context(self, network: Network) -> int:
        """Return how many characters are read before a sample is written."""

    @abstractmethod
    def readers(
        self, network: Network, facts: Mapping[str, Any], context: str
    ) -> Callable[[], Reader]:
        """Return a function that begins to read a text and tells what may follow.

        Args:
            network: The trained network.
            facts: Those of the data, and the fitted ones.
            context: "carried" or "window".

        Raises:
            UsageError: It cannot read so.
        """

    @abstractmethod
    def interface(self, facts: Mapping[str, Any]) -> Interface:
        """Return what the inputs and outputs of the network mean."""
