"""The modern network: an LSTM that predicts every character, mixed with counts of n-grams."""

import reprlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from nnlab.errors import CheckpointError, UsageError
from nnlab.experiments.contract import Data, Interface
from nnlab.experiments.textgen import mixture
from nnlab.experiments.textgen.characters import CarriedReader, Reader
from nnlab.experiments.textgen.config import TextgenConfig
from nnlab.experiments.textgen.design import LIMITS, STATES, Design
from nnlab.experiments.textgen.kneser_ney import KneserNey
from nnlab.experiments.textgen.likelihood import HEADLINE, NETWORK, check_softmax
from nnlab.experiments.textgen.mixture import MOST_COUNTED
from nnlab.inference import Network
from nnlab.inference.sequences import Embedding
from nnlab.training.examples import Arrays, Batch, Examples

MOST_SCORED = 100_000
"""Characters of the validation part on which the share of the n-grams is fitted: its first ones."""
READ_BEFORE = 1_000
"""Characters that are read before the first one that is scored."""
SAMPLE_CONTEXT = 40
"""Characters that are read before a sample is written."""
WITHOUT_NGRAMS = (
    "ONNX and Keras files do not have the counts of n-grams that nnlab mixes into its answers, so "
    "they predict differently."
)


class SequenceLSTM(Design):
    """An LSTM from the numbers of characters to the next character at each place."""

    example = "textgen_modern.py"

    def limits(self, facts: Mapping[str, Any]) -> Sequence[str]:
        """Return those of all networks of characters, and what an exported one lacks."""
        return (*LIMITS, *([WITHOUT_NGRAMS] if "ngrams" in facts else []))

    def facts(self) -> dict[str, Any]:
        """Tell it from networks of one-hot windows."""
        return {"reads": "codes"}

    def starts(self, config: TextgenConfig, bounds: Sequence[int]) -> dict[str, np.ndarray]:
        """Return windows one step apart; a window reaches one character beyond its inputs.

        Those for training leave room for the shift that `batch` adds.
        """
        first, last = (int(bound) - config.seq_len - 1 for bound in bounds)
        unseen = max(0, int(bounds[0]) - _overlap(config) - 1)
        shifts = _shifts(config, first)
        return {
            "training": np.arange(0, first + 2 - shifts, config.step, dtype=np.int32),
            "validation": np.arange(unseen, last + 1, config.step, dtype=np.int32),
        }

    def check_facts(self, facts: Mapping[str, Any], network: Network) -> None:
        """Refuse an alphabet that is not the network's, and counts of n-grams that are none."""
        count = len(facts["characters"])
        inputs, outputs = list(network.input_shapes.values()), list(network.output_shapes.values())
        if (
            [len(shape) for shape in inputs] != [1]
            or [len(shape) for shape in outputs] != [2]
            or outputs[0][1] != count
        ):
            raise CheckpointError(
                f"expected a network from text to {count} different characters, "
                f"but it goes from {reprlib.repr(inputs)} to {reprlib.repr(outputs)}"
            )
        check_softmax(network)
        _check_states(network, count)
        if "ngrams" in facts:
            mixture.check(facts["ngrams"], count)

    def build(self, config: TextgenConfig, facts: Mapping[str, Any]) -> Any:
        """Return an embedding, an LSTM and a softmax."""
        from nnlab.models.sequence_lstm import sequence_lstm

        return sequence_lstm(
            len(facts["characters"]),
            units=config.units,
            embedding=config.embedding,
            dropout=config.dropout,
            recurrent_dropout=config.recurrent_dropout,
        )

    def batch(self, config: TextgenConfig, data: Data) -> Callable[[Arrays, Any, Any], Batch]:
        """Make windows, each shifted by a random number of characters in training.

        The first characters of a window have little text before them. The loss skips as many as
        a window shares with the one before.
        """
        shifts = _shifts(config, int(data.arrays["bounds"][0]) - config.seq_len - 1)
        weights = (np.arange(config.seq_len) >= _overlap(config)).astype(np.float32)

        def batch(arrays: Arrays, indices: Any, seed: Any) -> Batch:
            import tensorflow as tf

            if seed is not None:
                indices += tf.random.stateless_uniform(tf.shape(indices), seed, 0, shifts, tf.int32)
            places = indices[:, None] + tf.range(config.seq_len + 1)
            codes = tf.cast(tf.gather(arrays["text"], places), tf.int32)
            targets = codes[:, 1:]
            return codes[:, :-1], targets, tf.broadcast_to(weights, tf.shape(targets))

        return batch

    def examples(self, config: TextgenConfig, data: Data) -> Examples:
        """Return the text, with a loss that is the mean over the characters that count."""
        import keras

        loss = keras.losses.SparseCategoricalCrossentropy(reduction="mean_with_sample_weight")
        return replace(super().examples(config, data), loss=loss)

    def check_config(self, network: Network, config: TextgenConfig) -> None:
        """Refuse nothing: the settings of a window are not in this network."""

    def fitted_facts(
        self, network: Network, facts: Mapping[str, Any], data: Data, config: TextgenConfig
    ) -> dict[str, Any]:
        """Fit the weight of the n-grams on the validation set, with counts of the training set.

        Then count the n-grams of both sets for the answers.
        """
        start, end = (int(bound) for bound in data.arrays["bounds"])
        if not config.ngrams or "ngrams" in facts or "training" not in data.arrays:
            return {}
        text, characters = data.arrays["text"], len(data.facts["characters"])
        known = KneserNey.fit(text[max(0, start - MOST_COUNTED) : start], characters, config.ngrams)
        held_out = text[start:end][:MOST_SCORED]
        of_network = _likelihoods(network, text, start, len(held_out))
        share = mixture.best_share(of_network, known.probabilities(held_out, text[:start]))
        counted = text[max(0, end - MOST_COUNTED) : end]
        return {"ngrams": mixture.packed(counted, characters, config.ngrams, share)}

    def likelihoods(
        self, network: Network, facts: Mapping[str, Any], text: np.ndarray, first: int, count: int
    ) -> dict[str, np.ndarray]:
        """Return the probabilities of the mixture, and of the network alone."""
        alone = _likelihoods(network, text, first, count)
        if "ngrams" not in facts:
            return {HEADLINE: alone}
        known, share = mixture.unpacked(facts["ngrams"], len(facts["characters"]))
        counted = known.probabilities(text[first : first + count], text[:first])
        return {HEADLINE: mixture.mixed(alone, counted, share), NETWORK: alone}

    def sample_context(self, network: Network) -> int:
        """Return some characters, which are enough to begin with."""
        return SAMPLE_CONTEXT

    def readers(
        self, network: Network, facts: Mapping[str, Any], context: str
    ) -> Callable[[], Reader]:
        """Return what begins to read with one state, and mixes in what n-grams say."""
        if context != "carried":
            raise UsageError(
                "--context window: this network always carries its state along; leave out --context"
            )
        if "ngrams" not in facts:
            return lambda: CarriedReader(network)
        known, share = mixture.unpacked(facts["ngrams"], len(facts["characters"]))
        return lambda: mixture.MixingReader(CarriedReader(network), known, share)

    def interface(self, facts: Mapping[str, Any]) -> Interface:
        """Name the characters."""
        case = "" if facts["keep_case"] else ", in lower case"
        tensors = {
            "text": f"numbers of characters{case}, from 0",
            "probabilities": "of the character that follows each one",
        }
        return Interface(tensors, {"characters": facts["characters"]}, STATES)


def _overlap(config: TextgenConfig) -> int:
    """Return how many characters of a window belong to the one before."""
    return max(0, config.seq_len - config.step)


def _shifts(config: TextgenConfig, last: int) -> int:
    """Return by how many different numbers of characters a window may start later in training.

    Args:
        config: How far windows start from each other.
        last: Where the last window of the training part starts, unshifted.
    """
    return min(config.step, last + 1)


def _check_states(network: Network, characters: int) -> None:
    """Refuse a network that cannot go on from a state of fixed size, character by character."""
    states = list(network.stepwise().input_shapes.values())[1:]
    if any(len(shape) != 1 for shape in states):
        raise CheckpointError("expected a network of LSTMs or GRUs, but it looks at earlier steps")
    layers = [node.layer for node in network.graph.nodes.values()]
    if {one.input_dim for one in layers if isinstance(one, Embedding)} != {characters}:
        raise CheckpointError(f"expected an embedding of {characters} characters")


def _likelihoods(network: Network, text: np.ndarray, first: int, count: int) -> np.ndarray:
    before = text[max(0, first - READ_BEFORE) : first]
    return CarriedReader(network).likelihoods(before, text[first : first + count])
