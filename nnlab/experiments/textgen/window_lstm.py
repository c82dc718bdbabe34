"""The report's network: an LSTM that reads one window and predicts the next character."""

import reprlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from nnlab.errors import CheckpointError
from nnlab.experiments.contract import Data, Interface
from nnlab.experiments.textgen.characters import Reader, WindowReader
from nnlab.experiments.textgen.config import TextgenConfig
from nnlab.experiments.textgen.design import LIMITS, STATES, Design
from nnlab.experiments.textgen.likelihood import CARRIED, HEADLINE, check_softmax
from nnlab.inference import Network
from nnlab.training.examples import Arrays, Batch

WINDOWS_AT_ONCE_ELEMENTS = 2**24


class WindowLSTM(Design):
    """An LSTM from a window of one-hot characters to the next character."""

    example = "textgen.py"

    def limits(self, facts: Mapping[str, Any]) -> Sequence[str]:
        """Return those of all networks of characters."""
        return LIMITS

    def facts(self) -> dict[str, Any]:
        """Return nothing: a network without such facts is of this kind."""
        return {}

    def starts(self, config: TextgenConfig, bounds: Sequence[int]) -> dict[str, np.ndarray]:
        """Return every `step`-th window of which the next character is training or validation."""
        first, last = (bound - config.seq_len for bound in bounds)
        return {
            "training": np.arange(0, first, config.step, dtype=np.int32),
            "validation": np.arange(first, last, config.step, dtype=np.int32),
        }

    def check_facts(self, facts: Mapping[str, Any], network: Network) -> None:
        """Refuse an alphabet that is not the network's."""
        count = len(facts["characters"])
        inputs, outputs = list(network.input_shapes.values()), list(network.output_shapes.values())
        if (
            [len(shape) for shape in inputs] != [2]
            or inputs[0][1] != count
            or outputs != [(count,)]
        ):
            raise CheckpointError(
                f"expected a network from windows of {count} different characters to one of them, "
                f"but it goes from {reprlib.repr(inputs)} to {reprlib.repr(outputs)}"
            )
        check_softmax(network)

    def build(self, config: TextgenConfig, facts: Mapping[str, Any]) -> Any:
        """Return the report's LSTM."""
        from nnlab.models.character_lstm import character_lstm

        return character_lstm(config.seq_len, len(facts["characters"]), config.units)

    def batch(self, config: TextgenConfig, data: Data) -> Callable[[Arrays, Any, Any], Batch]:
        """Make one-hot windows; the target is the character behind each."""
        window, characters = config.seq_len, len(data.facts["characters"])

        def batch(arrays: Arrays, indices: Any, seed: Any) -> Batch:
            import tensorflow as tf

            places = indices[:, None] + tf.range(window + 1)
            codes = tf.cast(tf.gather(arrays["text"], places), tf.int32)  # (batch, window + 1)
            return tf.one_hot(codes[:, :-1], characters), codes[:, -1], None

        return batch

    def check_config(self, network: Network, config: TextgenConfig) -> None:
        """Refuse other windows than the settings say."""
        window = self.sample_context(network)
        if window != config.seq_len:
            raise CheckpointError(
                f"expected a network of windows of {config.seq_len} characters, as its settings "
                f"say, but it reads {window}"
            )

    def fitted_facts(
        self, network: Network, facts: Mapping[str, Any], data: Data, config: TextgenConfig
    ) -> dict[str, Any]:
        """Return nothing: the network alone answers."""
        return {}

    def likelihoods(
        self, network: Network, facts: Mapping[str, Any], text: np.ndarray, first: int, count: int
    ) -> dict[str, np.ndarray]:
        """Return the probabilities after each character's own window, and with a carried state."""
        window = self.sample_context(network)
        carried = WindowReader(network, "carried")
        return {
            HEADLINE: _after_windows(network, text, first, count),
            CARRIED: carried.likelihoods(text[first - window : first], text[first : first + count]),
        }

    def sample_context(self, network: Network) -> int:
        """Return the length of a window."""
        ((window, _),) = network.input_shapes.values()
        return window

    def readers(
        self, network: Network, facts: Mapping[str, Any], context: str
    ) -> Callable[[], Reader]:
        """Return what begins to read with one state, or window by window."""
        return lambda: WindowReader(network, context)

    def interface(self, facts: Mapping[str, Any]) -> Interface:
        """Name the characters."""
        case = "" if facts["keep_case"] else ", in lower case"
        tensors = {
            "window": f"one-hot characters of the text so far{case}",
            "probabilities": "of the next character",
        }
        return Interface(tensors, {"characters": facts["characters"]}, STATES)


def _after_windows(network: Network, text: np.ndarray, first: int, count: int) -> np.ndarray:
    ((window, characters),) = network.input_shapes.values()
    at_once = max(1, WINDOWS_AT_ONCE_ELEMENTS // (window * characters))
    windows = np.lib.stride_tricks.sliding_window_view(text, window)
    likelihoods = np.empty(count)
    for start in range(first, first + count, at_once):
        stop = min(start + at_once, first + count)
        one_hot = np.zeros((stop - start, window, characters), np.float32)
        np.put_along_axis(
            one_hot, windows[start - window : stop - window, :, None].astype(np.intp), 1, axis=2
        )
        probabilities = network.predict(one_hot)
        likelihoods[start - first : stop - first] = probabilities[
            np.arange(stop - start), text[start:stop]
        ]
    return likelihoods
