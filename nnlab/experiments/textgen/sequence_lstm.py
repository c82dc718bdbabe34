"""The modern network: an LSTM that predicts every character, mixed with counts of n-grams."""

import reprlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from nnlab.errors import CheckpointError, UsageError
from nnlab.experiments.contract import Data, Interface
from nnlab.experiments.textgen import mixture
from nnlab.experiments.textgen.characters import CarriedReader, Reader
from nnlab.experiments.textgen.config import TextgenConfig
from nnlab.experiments.textgen.design import LIMITS, STATES, Design
from nnlab.experiments.textgen.likelihood import HEADLINE, NETWORK, bits_measure, check_softmax
from nnlab.experiments.textgen.mixture import MOST_COUNTED
from nnlab.experiments.textgen.ngram import KneserNey
from nnlab.inference import Network
from nnlab.inference.sequences import Embedding
from nnlab.training.examples import Arrays, Batch, Examples

MOST_SCORED = 100_000
"""Characters of the validation part on which the share of the n-grams is fitted: its first ones."""
READ_BEFORE = 1_000
"""Characters that are read before the first one that is scored."""
SAMPLE_CONTEXT = 40
"""Characters that are read before a sample is written."""
WITHOUT_NGRAMS = "An exported network leaves out the counts of n-grams that answers here mix in."


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
        """Return windows one step apart; a window reaches one character beyond its inputs."""
        overlap = _overlap(config)
        first, last = (bound - config.seq_len - 1 for bound in bounds)
        unseen = max(0, int(bounds[0]) - overlap - 1)
        return {
            "training": np.arange(0, first + 1, config.step, dtype=np.int32),
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

    def examples(self, config: TextgenConfig, data: Data) -> Examples:
        """Keep the text as one array of codes; a batch is windows that start somewhat later.

        A window only reads its first characters, as many as it would share with the window before:
        they have too little text before them.
        """
        latest = int(data.arrays["bounds"][0]) - config.seq_len - 1
        weights = (np.arange(config.seq_len) >= _overlap(config)).astype(np.float32)

        def batch(arrays: Arrays, indices: Any, seed: Any) -> Batch:
            import tensorflow as tf

            if seed is not None:
                later = tf.random.stateless_uniform(
                    tf.shape(indices), seed, 0, config.step, tf.int32
                )
                indices = tf.minimum(indices + later, latest)
            places = indices[:, None] + tf.range(config.seq_len + 1)
            codes = tf.cast(tf.gather(arrays["text"], places), tf.int32)
            told = codes[:, 1:]
            return codes[:, :-1], told, tf.broadcast_to(weights, tf.shape(told))

        return Examples(
            arrays={"text": data.arrays["text"]},
            training=data.arrays["training"],
            validation=data.arrays["validation"],
            batch=batch,
            loss="sparse_categorical_crossentropy",
            measures={HEADLINE: bits_measure},
            monitor=HEADLINE,
        )

    def check_config(self, network: Network, config: TextgenConfig) -> None:
        """Refuse nothing: what is not in the network's shapes cannot differ."""

    def fitted_facts(
        self, network: Network, facts: Mapping[str, Any], data: Data, config: TextgenConfig
    ) -> dict[str, Any]:
        """Count n-grams; their share is what serves best on the validation part.

        There, those of the training part are counted; then those of both parts.
        """
        start, end = (int(bound) for bound in data.arrays["bounds"])
        if not config.ngrams or "ngrams" in facts or "training" not in data.arrays:
            return {}
        text, characters = data.arrays["text"], len(data.facts["characters"])
        known = KneserNey.fit(text[max(0, start - MOST_COUNTED) : start], characters, config.ngrams)
        held_out = text[start:end][:MOST_SCORED]
        network_told = _told(network, text, start, len(held_out))
        share = mixture.best_share(network_told, known.probabilities(held_out, text[:start]))
        counted = text[max(0, end - MOST_COUNTED) : end]
        return {"ngrams": mixture.packed(counted, characters, config.ngrams, share)}

    def told(
        self, network: Network, facts: Mapping[str, Any], text: np.ndarray, first: int, count: int
    ) -> dict[str, np.ndarray]:
        """Return how likely each character was, to the mixture and to the network alone."""
        alone = _told(network, text, first, count)
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
            raise UsageError("--context window: this network has no window; leave --context out")
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


def _check_states(network: Network, characters: int) -> None:
    """Refuse a network that cannot go on from a state of fixed size, character by character."""
    states = list(network.stepwise().input_shapes.values())[1:]
    if any(len(shape) != 1 for shape in states):
        raise CheckpointError("expected a network of LSTMs or GRUs, but it looks at earlier steps")
    layers = [node.layer for node in network.graph.nodes.values()]
    if {one.input_dim for one in layers if isinstance(one, Embedding)} != {characters}:
        raise CheckpointError(f"expected an embedding of {characters} characters")


def _told(network: Network, text: np.ndarray, first: int, count: int) -> np.ndarray:
    before = text[max(0, first - READ_BEFORE) : first]
    return CarriedReader(network).told(before, text[first : first + count])
