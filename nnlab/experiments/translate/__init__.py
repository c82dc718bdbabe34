"""English to Dutch, character by character: report section on translation, figure 6."""

from __future__ import annotations

import reprlib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.datasets.blocks import blocks
from nnlab.datasets.store import Store
from nnlab.datasets.text.files import shorten
from nnlab.datasets.text.parallel_corpus import SentencePairs, load_pairs
from nnlab.datasets.text.prompts import are_characters, known_text
from nnlab.errors import CheckpointError, DataError
from nnlab.experiments.contract import (
    Answer,
    Data,
    Evidence,
    Experiment,
    Interface,
    Model,
    Note,
    Remark,
    Scores,
    Table,
    Warn,
)
from nnlab.experiments.translate import scoring
from nnlab.experiments.translate.config import TranslateConfig, TranslateQuery
from nnlab.experiments.translate.decoding import GreedyDecoder, decoder_step
from nnlab.experiments.translate.scoring import TranslateDetails
from nnlab.inference import Network
from nnlab.training.examples import Arrays, Batch, Examples

if TYPE_CHECKING:
    from nnlab.results import Metrics

START, END = "\t", "\n"
LONGEST_INPUT = 1_000
SHOWN = 40
"""Characters of a sentence that the summary of the data shows."""
LONGEST_PAIR = 10_000  # characters of a sentence to train on


class Translate(Experiment[TranslateConfig, TranslateQuery, TranslateDetails]):
    """Train a character-level translator on pairs of sentences, and translate with it."""

    name = "translate"
    summary = "Translate English to Dutch with an encoder and a decoder LSTM."
    description = (
        "With sentences: translate them. Without: train a network on pairs of sentences, in any "
        "two languages, and score it on unseen sentences."
    )
    Config = TranslateConfig
    Query = TranslateQuery
    Details = TranslateDetails
    limits = (
        "It replaces names, numbers and words that are not in its training sentences by others.",
        "It is bad at sentences that are longer than its training sentences.",
        "A translation that reads well can mean something else.",
    )
    inputs_help = "Sentences; - reads them from stdin, one per line."
    example_inputs = ("I see the dog.", "Where is the house?")
    answer_columns = ("translation",)
    shares = ("accuracy", "exact_match", "seen_exact_match")
    captions = MappingProxyType(
        {"length": ("By length of the sentence", "chrF by length of the source sentence")}
    )
    data_options = ("pairs", "encoding", "columns", "header")
    dataset_option = "pairs"
    network_options = ("reverse",)

    def load(self, config: TranslateConfig, store: Store, warn: Warn) -> Data:
        """Load pairs, split by source sentence; the alphabets are those of the training set."""
        pairs = load_pairs(
            store,
            config.pairs,
            reverse=config.reverse,
            max_pairs=config.max_pairs,
            split_seed=config.split_seed,
            encoding=config.encoding,
            columns=config.columns,
            header=bool(config.header),
            warn=warn,
        )
        longest = max(map(len, (*pairs.sources, *pairs.targets))) + 1
        if longest > LONGEST_PAIR:
            raise DataError(
                f"{pairs.source.name}: expected sentences of fewer than {LONGEST_PAIR:,} "
                f"characters, but one has {longest - 1:,}; leave it out, or lower --max-pairs"
            )
        known = [pairs.sources[row] for row in pairs.training]
        answers = [pairs.targets[row] for row in pairs.training]
        facts: dict[str, Any] = {
            "source_characters": sorted(set().union(*known)),
            "target_characters": [START, END, *sorted(set().union(*answers) - {START, END})],
            "source_length": max(map(len, pairs.sources)),
            "target_length": max(map(len, pairs.targets)) + 1,  # and the start or end mark
        }
        arrays = {
            "source_codes": _codes(pairs.sources, facts["source_characters"]),
            "target_codes": _codes(
                [f"{START}{text}{END}" for text in pairs.targets], facts["target_characters"]
            ),
            "sources": np.array(pairs.sources),
            "targets": np.array(pairs.targets),
            "training": pairs.training,
            "validation": pairs.validation,
            "test": pairs.test,
        }
        return Data(arrays, facts, pairs.source, _summary(pairs))

    def load_for_evaluation(
        self,
        config: TranslateConfig,
        facts: Mapping[str, Any],
        given: Mapping[str, Any],
        store: Store,
        warn: Warn,
    ) -> Data:
        """Load the network's own pairs, or others, whose test set is scored."""
        data = super().load_for_evaluation(config, facts, given, store, warn)
        arrays = dict(data.arrays)
        if given:
            del arrays["training"]  # this network was not trained on it
        return Data(arrays, facts, data.source, data.summary)

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
        _decoder(network, facts)

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

        def accuracy(targets: Any, outputs: Any) -> Any:
            import tensorflow as tf

            return tf.equal(tf.cast(targets, tf.int64), tf.argmax(outputs, -1))

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

    def score(self, model: Model[TranslateConfig], data: Data) -> Scores[TranslateDetails]:
        """Measure translations of unseen sentences, beside those of training sentences."""
        return scoring.score(_translate(model.network, data.facts), data)

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

    def parts(self, model: Model[TranslateConfig], *, step: bool) -> Mapping[str, Network]:
        """Return the network; or its encoder, and its decoder step by step."""
        network = model.network
        if not step:
            return {"": network}
        encoder = network.part(
            {"source": network.input_shapes["source"]}, ["encoder:1", "encoder:2"]
        )
        decoder = decoder_step(network)
        return {"encoder": encoder, "decoder": decoder}

    def answer(
        self, model: Model[TranslateConfig], query: TranslateQuery, inputs: Iterable[str]
    ) -> Iterator[Answer | Remark]:
        """Translate each sentence; an empty one has an empty translation."""
        facts = model.facts
        translate = _translate(model.network, facts)
        for block in blocks(inputs, query.together):
            fitting = [text for text in block if len(text) <= LONGEST_INPUT]
            translations = dict(zip(fitting, translate(fitting), strict=True))
            for text in block:
                if text not in translations:
                    yield DataError(
                        f"expected a sentence of at most {LONGEST_INPUT:,} characters, but one has "
                        f"{len(text):,}"
                    ).of(text)
                    continue
                yield from _notes(text, facts)
                yield {"source": text, "translation": translations[text]}

    def draw(self, evidence: Evidence[TranslateDetails]) -> dict[str, Any]:
        """Draw the score by length of the sentence."""
        from nnlab.experiments.translate import figures

        return figures.draw(evidence)

    def tables(self, metrics: Metrics[TranslateDetails]) -> list[Table]:
        """Return the scores beside the baselines, and examples."""
        from nnlab.experiments.translate import tables

        return tables.tables(metrics)


def _summary(pairs: SentencePairs) -> str:
    first, second = (shorten(texts[0], SHOWN) for texts in (pairs.sources, pairs.targets))
    return (
        f"{len(pairs.sources):,} pairs, {len(set(pairs.sources)):,} different sentences to "
        f"translate; the shortest: {first} -> {second}"
    )


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


def _decoder(network: Network, facts: Mapping[str, Any]) -> GreedyDecoder:
    return GreedyDecoder(network, start=0, end=1, longest=2 * facts["target_length"])


def _translate(network: Network, facts: Mapping[str, Any]) -> Callable[[Sequence[str]], list[str]]:
    """Return a function from sentences to their translations."""
    decoder = _decoder(network, facts)
    numbers = {character: code for code, character in enumerate(facts["source_characters"])}
    targets = facts["target_characters"]

    def translate(sentences: Sequence[str]) -> list[str]:
        known = [known_text(_composed(text), numbers, lower=False)[0] for text in sentences]
        codes = [np.array([numbers[one] for one in text], np.intp) for text in known]
        decoded = decoder.decode([code for code in codes if len(code)])
        texts = ("".join(targets[code] for code in answer) for answer in decoded)
        return [next(texts) if len(code) else "" for code in codes]

    return translate


def _composed(text: str) -> str:
    """Return a sentence as those of the training are: composed (NFC), no blanks around it."""
    return unicodedata.normalize("NFC", text).strip()


def _notes(given: str, facts: Mapping[str, Any]) -> Iterator[Note]:
    text = _composed(given)
    _, unknown = known_text(text, set(facts["source_characters"]), lower=False)
    if unknown:
        yield Note(f"ignored characters that no training sentence has: {' '.join(unknown)}")
    if len(text) > facts["source_length"]:
        yield Note(
            f"this sentence has {len(text)} characters, but the network was trained on at most "
            f"{facts['source_length']}: expect a bad translation"
        )


EXPERIMENT = Translate()
