"""The report's network: LSTMs that read and write one character after the other."""

from __future__ import annotations

import reprlib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from nnlab.datasets.text.parallel_corpus import SentencePairs
from nnlab.datasets.text.prompts import are_characters, known_text
from nnlab.errors import CheckpointError, DataError, UsageError
from nnlab.experiments.contract import Data, Interface, Note, Warn
from nnlab.experiments.translate.beam import beam_search
from nnlab.experiments.translate.config import TranslateConfig
from nnlab.experiments.translate.design import Design, Translation, Translator, accuracy
from nnlab.experiments.translate.greedy import GreedyDecoder, decoder_step
from nnlab.inference import Network
from nnlab.inference.finite import check_finite
from nnlab.training.examples import Arrays, Batch, Examples

START, END = "\t", "\n"
LONGEST_PAIR = 10_000  # characters of a sentence to train on


class CharacterLSTM(Design):
    """An encoder and a decoder LSTM over one-hot characters."""

    limits = (
        "It replaces names, numbers and words that are not in its training sentences by others.",
        "It is bad at sentences that are longer than its training sentences.",
        "A translation that reads well can mean something else.",
    )
    example = "translate.py"

    beam = 1

    def facts(self, config: TranslateConfig, pairs: SentencePairs) -> dict[str, Any]:
        """Return the alphabets, which are those of the training set, and the lengths.

        Raises:
            DataError: A sentence is too long.
        """
        longest = max(map(len, (*pairs.sources, *pairs.targets))) + 1
        if longest > LONGEST_PAIR:
            raise DataError(
                f"{pairs.source.name}: expected sentences of fewer than {LONGEST_PAIR:,} "
                f"characters, but one has {longest - 1:,}; leave it out, or lower --max-pairs"
            )
        known = [pairs.sources[row] for row in pairs.training]
        answers = [pairs.targets[row] for row in pairs.training]
        return {
            "source_characters": sorted(set().union(*known)),
            "target_characters": [START, END, *sorted(set().union(*answers) - {START, END})],
            "source_length": max(map(len, pairs.sources)),
            "target_length": max(map(len, pairs.targets)) + 1,  # and the start or end mark
        }

    def codes(
        self, pairs: SentencePairs, facts: Mapping[str, Any], warn: Warn
    ) -> dict[str, np.ndarray]:
        """Number the characters from 1; 0 is nothing."""
        targets = [f"{START}{text}{END}" for text in pairs.targets]
        return {
            "source_codes": _codes(pairs.sources, facts["source_characters"]),
            "target_codes": _codes(targets, facts["target_characters"]),
        }

    def check_facts(self, facts: Mapping[str, Any], network: Network) -> None:
        """Refuse alphabets or lengths that are not the network's."""
        alphabets: list[Any] = [facts.get(f"{side}_characters") for side in ("source", "target")]
        for alphabet in alphabets:
            if not are_characters(alphabet):
                raise CheckpointError(f"expected characters, but it has {reprlib.repr(alphabet)}")
        if alphabets[1][:2] != [START, END]:
            raise CheckpointError("expected start and end marks in front of the target characters")
        lengths: list[Any] = [facts.get(f"{side}_length") for side in ("source", "target")]
        if any(type(length) is not int or length > LONGEST_PAIR for length in lengths):
            raise CheckpointError(
                f"expected lengths of at most {LONGEST_PAIR:,}, but it has {reprlib.repr(lengths)}"
            )
        expected = {
            "source": (lengths[0], len(alphabets[0])),
            "target": (lengths[1], len(alphabets[1])),
        }
        if network.input_shapes != expected:
            raise CheckpointError(
                f"expected a network of inputs {reprlib.repr(expected)}, "
                f"but it has {reprlib.repr(network.input_shapes)}"
            )
        decoder(network, facts)

    def build(self, config: TranslateConfig, facts: Mapping[str, Any]) -> Any:
        """Return the report's encoder and decoder."""
        from nnlab.models.translator import translator

        source, target = (
            (facts[f"{side}_length"], len(facts[f"{side}_characters"]))
            for side in ("source", "target")
        )
        return translator(source, target, config.units)

    def examples(self, config: TranslateConfig, data: Data) -> Examples:
        """Keep sentences as codes, 0 for nothing; a batch is one-hot, padding has no weight."""
        import keras

        sources, targets = (len(data.facts[f"{side}_characters"]) for side in ("source", "target"))

        def batch(arrays: Arrays, indices: Any, seed: Any) -> Batch:
            import tensorflow as tf

            source, target = (
                tf.cast(tf.gather(arrays[name], indices), tf.int32) - 1  # -1, nothing: all zeros
                for name in ("source_codes", "target_codes")
            )
            known, following = target[:, :-1], target[:, 1:]
            weights = tf.cast(following >= 0, tf.float32)
            inputs = (tf.one_hot(source, sources), tf.one_hot(known, targets))
            return inputs, tf.maximum(following, 0), weights

        return Examples(
            arrays={name: data.arrays[name] for name in ("source_codes", "target_codes")},
            training=data.arrays["training"],
            validation=data.arrays["validation"],
            batch=batch,
            loss=keras.losses.SparseCategoricalCrossentropy(reduction="mean_with_sample_weight"),
            measures={"accuracy": accuracy},
            monitor="accuracy",  # greedy decoding asks which is likeliest, not how likely it is
            higher_is_better=True,
        )

    def interface(self, facts: Mapping[str, Any]) -> Interface:
        """Name the characters of both languages."""
        tensors = {
            "source": "one-hot characters of a sentence; only zeros after its end",
            "target": "one-hot characters of the translation so far, which begins with the first "
            "of target_characters and ends with the second",
            "probabilities": "of the character that follows each one of the target",
        }
        lists = {f"{side}_characters": facts[f"{side}_characters"] for side in ("source", "target")}
        steps = {
            "encoder_1": "hidden state: the decoder begins with that of the encoder",
            "encoder_2": "cell state: the decoder begins with that of the encoder",
            "decoder_1": "the new hidden state, the next encoder_1",
            "decoder_2": "the new cell state, the next encoder_2",
        }
        return Interface(tensors, lists, steps)

    def parts(self, network: Network) -> Mapping[str, Network]:
        """Return the encoder, and the decoder step by step."""
        encoder = network.part(
            {"source": network.input_shapes["source"]}, ["encoder:1", "encoder:2"]
        )
        return {"encoder": encoder, "decoder": decoder_step(network)}

    def translator(self, network: Network, facts: Mapping[str, Any]) -> Translator:
        """Return what translates with a network."""
        return _CharacterTranslator(network, facts)


class _CharacterTranslator(Translator):
    attends = False

    def __init__(self, network: Network, facts: Mapping[str, Any]) -> None:
        self._decoder = decoder(network, facts)
        self._numbers = {character: n for n, character in enumerate(facts["source_characters"])}
        self._targets = facts["target_characters"]
        self._facts = facts

    def translations(
        self, text: str, *, beam: int, count: int, attention: bool
    ) -> list[Translation]:
        if attention:
            raise UsageError(
                "--attention needs a Transformer, but this network has LSTMs; train one "
                "with --preset modern"
            )
        codes = self._codes(text)
        if not len(codes):
            return [Translation("", 0.0)]
        start = self._decoder.begin(codes)
        found = beam_search(
            self._step, start, start=0, end=1, beam=beam, longest=self._decoder.longest
        )
        return [Translation(self._text(one.codes), one.score) for one in found[:count]]

    def translate(self, texts: Sequence[str]) -> list[str]:
        codes = [self._codes(text) for text in texts]
        decoded = iter(self._decoder.decode([code for code in codes if len(code)]))
        return [self._text(next(decoded)) if len(code) else "" for code in codes]

    def notes(self, text: str, count: int) -> Iterator[Note]:
        text = _trimmed(text)
        _, unknown = known_text(text, set(self._facts["source_characters"]), lower=False)
        if unknown:
            yield Note(f"ignored characters that no training sentence has: {' '.join(unknown)}")
        if len(text) > self._facts["source_length"]:
            yield Note(
                f"this sentence has {len(text)} characters, but those of the network's data have "
                f"at most {self._facts['source_length']}: expect a bad translation"
            )

    def _step(
        self, codes: np.ndarray, state: tuple[np.ndarray, ...]
    ) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
        probabilities, *after = self._decoder.step(codes, state)
        check_finite(probabilities)
        return np.log(np.maximum(probabilities, np.finfo(np.float32).tiny)), tuple(after)

    def _codes(self, text: str) -> np.ndarray:
        known = known_text(_trimmed(text), self._numbers, lower=False)[0]
        return np.array([self._numbers[one] for one in known], np.intp)

    def _text(self, codes: Sequence[int]) -> str:
        return "".join(self._targets[code] for code in codes)


def decoder(network: Network, facts: Mapping[str, Any]) -> GreedyDecoder:
    """Return what decodes with a network of characters."""
    return GreedyDecoder(network, start=0, end=1, longest=2 * facts["target_length"])


def _codes(sentences: Sequence[str], characters: Sequence[str]) -> np.ndarray:
    """Encode sentences: 0 for nothing (padding, or a character that is unknown), then from 1.

    Returns:
        uint16 (count, longest).
    """
    numbers = {character: number for number, character in enumerate(characters, start=1)}
    codes = np.zeros((len(sentences), max(map(len, sentences))), np.uint16)
    for row, sentence in enumerate(sentences):
        codes[row, : len(sentence)] = [numbers.get(character, 0) for character in sentence]
    return codes


def _trimmed(text: str) -> str:
    """Return a sentence as those of the training are: composed (NFC), no blanks around it."""
    return unicodedata.normalize("NFC", text).strip()
