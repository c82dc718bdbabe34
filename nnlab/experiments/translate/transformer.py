"""The modern network: a Transformer over subwords that both languages share."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nnlab.datasets.text.parallel_corpus import SentencePairs
from nnlab.datasets.text.subwords import (
    END,
    FIRST,
    PADDING,
    START,
    Subwords,
    are_subwords,
    as_codes,
    learn_subwords,
)
from nnlab.errors import CheckpointError, DataError, UsageError
from nnlab.experiments.contract import Data, Interface, Warn
from nnlab.experiments.translate.attention_decoder import AttentionDecoder
from nnlab.experiments.translate.config import TranslateConfig
from nnlab.experiments.translate.copying import Replacer
from nnlab.experiments.translate.cutting import composed
from nnlab.experiments.translate.design import Design, accuracy
from nnlab.experiments.translate.subword_translator import SubwordTranslator
from nnlab.inference import Network
from nnlab.training.examples import Arrays, Batch, Examples

LONGEST = 64
"""Most subwords of a text that the network sees at once, in training and in answering."""
USUAL = 0.99
"""Share of the training texts that are not longer than the usual length."""
SIDES = ("sources", "targets")
VARIANTS = 8
"""In how many ways training cuts each text."""


class SubwordTransformer(Design):
    """An encoder and a decoder of attention over subwords."""

    limits = (
        "It knows the everyday sentences of its training data; others it translates badly.",
        "Names and numbers that it never saw are copied, not always to the right place; words that "
        "it never saw are made up.",
        "A translation that reads well can mean something else.",
    )
    example = "translate_modern.py"

    beam = 4

    def facts(self, config: TranslateConfig, pairs: SentencePairs) -> dict[str, Any]:
        """Learn the subwords of both languages together, from the training set."""
        known = [text for side in (pairs.sources, pairs.targets) for text in _chosen(side, pairs)]
        subwords = learn_subwords(known, config.subwords)
        lengths = [len(subwords.encode(text)) for text in _chosen(pairs.sources, pairs)]
        usual = int(np.quantile(lengths, USUAL))
        return {"subwords": dict(subwords.pieces), "usual_length": max(1, min(usual, LONGEST - 2))}

    def codes(
        self, pairs: SentencePairs, facts: Mapping[str, Any], warn: Warn
    ) -> dict[str, np.ndarray]:
        """Number the subwords of each text: uint16, padded with 0."""
        subwords = Subwords(facts["subwords"])
        codes = {
            f"{side}_codes": _framed([subwords.encode(composed(text)) for text in texts], side)
            for side, texts in (("source", pairs.sources), ("target", pairs.targets))
        }
        fitting = _lengths(codes)[1]
        if not fitting[pairs.training].any():
            raise DataError(
                f"expected sentences of at most {LONGEST - 2} subwords, "
                "but all training pairs have a longer one; choose other --pairs"
            )
        learned = np.concatenate([pairs.training, pairs.validation])
        if too_long := int((~fitting[learned]).sum()):
            warn(
                f"{too_long:,} of {len(learned):,} pairs for training and validation are left out: "
                f"they have a sentence of more than {LONGEST - 2} subwords"
            )
        return codes

    def check_facts(self, facts: Mapping[str, Any], network: Network) -> None:
        """Refuse subwords that are not the network's."""
        pieces: Any = facts.get("subwords")
        usual = facts.get("usual_length")
        if not are_subwords(pieces):
            raise CheckpointError(f"expected subwords, but it has {reprlib.repr(pieces)}")
        if type(usual) is not int or not 1 <= usual < LONGEST:
            raise CheckpointError(
                f"expected a usual length below {LONGEST}, but it has {reprlib.repr(usual)}"
            )
        decoder = AttentionDecoder(network)
        if decoder.vocabulary != FIRST + len(pieces):
            raise CheckpointError(
                f"expected a network of {FIRST + len(pieces):,} subwords, "
                f"but it has {decoder.vocabulary:,}"
            )
        if decoder.longest < LONGEST:
            raise CheckpointError(
                f"expected a network of {LONGEST} positions, but it has {decoder.longest}"
            )

    def build(self, config: TranslateConfig, facts: Mapping[str, Any]) -> Any:
        """Return a Transformer.

        Raises:
            UsageError: The heads do not divide the units.
        """
        if config.units % config.heads:
            raise UsageError(
                f"--units {config.units} is not a multiple of --heads {config.heads}; choose one"
            )
        from nnlab.models.transformer import transformer

        return transformer(
            FIRST + len(facts["subwords"]),
            LONGEST,
            units=config.units,
            blocks=config.blocks,
            heads=config.heads,
            dropout=config.dropout,
        )

    def examples(self, config: TranslateConfig, data: Data) -> Examples:
        """Keep the pieces of each text, cut in several ways; a batch takes one way at random."""
        from nnlab.training.losses import smoothed_crossentropy

        count = len(data.arrays["sources"])
        arrays = _varied(data, config)
        lengths, fitting = _lengths(data.arrays)
        training, validation = (
            rows[fitting[rows]] for rows in (data.arrays["training"], data.arrays["validation"])
        )
        ways = len(arrays["source_codes"]) // count

        def batch(arrays: Arrays, indices: Any, seed: Any) -> Batch:
            import tensorflow as tf

            if seed is not None:
                way = tf.random.stateless_uniform(tf.shape(indices), seed, 0, ways, tf.int32)
                indices = indices + way * count
            source, target = (
                _trimmed(tf.cast(tf.gather(arrays[name], indices), tf.int32))
                for name in ("source_codes", "target_codes")
            )
            known, following = target[:, :-1], target[:, 1:]
            weights = tf.cast(following > 0, tf.float32)
            inputs = (source, _positions(source), known, _positions(known))
            return inputs, following, weights

        return Examples(
            arrays=arrays,
            training=training,
            validation=validation[np.argsort(lengths[validation], kind="stable")],
            batch=batch,
            loss=smoothed_crossentropy(config.label_smoothing),
            measures={"accuracy": accuracy},
            monitor="accuracy",
            higher_is_better=True,
            lengths=lengths,
        )

    def interface(self, facts: Mapping[str, Any]) -> Interface:
        """Name the subwords, and say what goes in and comes out."""
        subwords = Subwords(facts["subwords"])
        text = "numbers of subwords; \u2581 in a subword is a blank"
        tensors = {
            "source": f"{text}; ends with {END}, then {PADDING}",
            "source_positions": "1, 2, 3 and so on; 0 where the source is 0",
            "target": f"{text}; begins with {START}",
            "target_positions": "1, 2, 3 and so on",
            "logits": "of the subword that follows each one of the target; softmax makes them "
            f"probabilities, and {END} ends the translation",
        }
        lists = {"subwords": [subwords.text_of(number) for number in range(len(subwords))]}
        steps = {
            f"decoder_*_{of}": f"{what} of {whose}"
            for what, place in (("keys", ""), ("values", "_1"))
            for of, whose in (
                (f"source_memory{place}", "the source, which the encoder gives"),
                (f"own_memory_past{place}", "the steps before; none at first"),
                (f"own_memory_all{place}", "all steps so far, for the next step"),
            )
        }
        return Interface(tensors, lists, {**steps, "tokens_*": tensors["logits"]})

    def parts(self, network: Network) -> Mapping[str, Network]:
        """Return the encoder, and the decoder step by step."""
        decoder = AttentionDecoder(network)
        return {"encoder": decoder.encoder, "decoder": decoder.decoder}

    def translator(self, network: Network, facts: Mapping[str, Any]) -> SubwordTranslator:
        """Return what translates with a network."""
        return SubwordTranslator(network, facts, LONGEST, self.beam)


def _chosen(texts: Sequence[str], pairs: SentencePairs) -> list[str]:
    return [composed(texts[row]) for row in pairs.training]


def _framed(rows: Sequence[Sequence[int]], side: str) -> np.ndarray:
    """Put the mark of the start before a target, and that of the end behind each text."""
    before = [START] if side == "target" else []
    return as_codes([[*before, *row[:LONGEST], END] for row in rows])


def _lengths(codes: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return how long each pair is, and whether both texts have at most `LONGEST` codes."""
    lengths = [(codes[f"{side}_codes"] > 0).sum(axis=1) for side in ("source", "target")]
    return lengths[0] + lengths[1], np.maximum(*lengths) <= LONGEST


def _varied(data: Data, config: TranslateConfig) -> dict[str, np.ndarray]:
    """Return the codes of all texts, then those of the same pairs cut in other ways.

    In the other ways, some training pairs have other names and numbers. A pair that becomes longer
    than `LONGEST` is cut as usual instead.

    Returns:
        `source_codes` and `target_codes`, uint16 (pairs * ways, at most `LONGEST`).
    """
    usual = {name: data.arrays[name] for name in ("source_codes", "target_codes")}
    ways = [usual]
    subwords = Subwords(data.facts["subwords"])
    texts = [[composed(text) for text in data.arrays[name].tolist()] for name in SIDES]
    pairs = list(zip(*texts, strict=True))
    training = data.arrays["training"].tolist()
    replacer = Replacer(*([side[row] for row in training] for side in texts))
    for way in range(1, VARIANTS):
        rng = np.random.default_rng([config.seed, way])
        varied = list(pairs)
        for row in training:
            source, target = pairs[row]
            varied[row] = replacer.replaced(source, target, rng)
        cut = {}
        for number, side in enumerate(("source", "target")):
            seed = int(rng.integers(2**31))
            sampled = subwords.sampled([pair[number] for pair in varied], config.variety, seed)
            cut[f"{side}_codes"] = _framed(sampled, side)
        fits = _lengths(cut)[1][:, None]
        ways.append({name: np.where(fits, _wide(cut[name]), _wide(usual[name])) for name in usual})
    stacked = {name: np.concatenate([_wide(way[name]) for way in ways]) for name in usual}
    return {
        name: codes[:, : (codes > 0).sum(axis=1).max(initial=0)] for name, codes in stacked.items()
    }


def _wide(codes: np.ndarray) -> np.ndarray:
    """Pad or cut rows to `LONGEST`."""
    fitting = codes[:, :LONGEST]
    return np.pad(fitting, ((0, 0), (0, LONGEST - fitting.shape[1])))


def _trimmed(codes: Any) -> Any:
    """Take away the columns in which no text of the batch has anything."""
    import tensorflow as tf

    longest = tf.reduce_max(tf.reduce_sum(tf.cast(codes > 0, tf.int32), axis=1))
    return codes[:, :longest]


def _positions(codes: Any) -> Any:
    """Count positions from 1; padding has position 0."""
    import tensorflow as tf

    places = tf.range(1, tf.shape(codes)[1] + 1)
    return tf.where(codes > 0, places[None], 0)
