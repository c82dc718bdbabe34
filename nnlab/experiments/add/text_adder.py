"""The report's network: it reads a sum as text, and writes the answer as text."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlab.datasets.text.sums import alphabet, decode_answer, encode_answers, encode_questions
from nnlab.errors import CheckpointError
from nnlab.experiments.add.config import AddConfig
from nnlab.experiments.add.design import Adder, Design, Written, exact_match, per_character
from nnlab.experiments.contract import Data, Interface
from nnlab.inference import Network
from nnlab.training.examples import Arrays, Batch, Examples


class TextDesign(Design):
    """An encoder and a decoder LSTM over one-hot characters."""

    limits = (
        "It cannot add numbers with more digits than those it was trained on.",
        "Some sums are wrong, and nothing marks the wrong ones.",
    )
    example = "add.py"

    def facts(self) -> dict[str, Any]:
        """Return no facts: older checkpoints have none."""
        return {}

    def arrays(self, problems: np.ndarray, base: int, digits: int) -> dict[str, np.ndarray]:
        """Return `questions` and `answers` as codes of characters."""
        return {
            "questions": encode_questions(problems, base, digits),
            "answers": encode_answers(problems, base, digits),
        }

    def check_facts(self, facts: Mapping[str, Any], network: Network) -> None:
        """Refuse a network of other shapes."""
        base, digits = facts["base"], facts["digits"]
        characters = len(alphabet(base))
        shapes = [(2 * digits + 1, characters)], [(digits + 1, characters)]
        came = list(network.input_shapes.values()), list(network.output_shapes.values())
        if came != shapes:
            raise CheckpointError(
                f"expected a network {shapes} for {digits} digits in base {base}, "
                f"but it is {reprlib.repr(came)}"
            )

    def build(self, config: AddConfig, facts: Mapping[str, Any]) -> Any:
        """Return the report's encoder and decoder."""
        from nnlab.models.adder import adder

        digits = facts["digits"]
        return adder(2 * digits + 1, digits + 1, len(alphabet(facts["base"])), config.units)

    def examples(self, data: Data) -> Examples:
        """Keep questions and answers as codes; a batch of questions is one-hot."""
        characters = len(alphabet(data.facts["base"]))

        def batch(arrays: Arrays, indices: Any, seed: Any) -> Batch:
            import tensorflow as tf

            questions = tf.cast(tf.gather(arrays["questions"], indices), tf.int32)
            answers = tf.cast(tf.gather(arrays["answers"], indices), tf.int32)
            return tf.one_hot(questions, characters), answers, None

        return Examples(
            arrays={name: data.arrays[name] for name in ("questions", "answers")},
            training=data.arrays["training"],
            validation=data.arrays["validation"],
            batch=batch,
            loss="sparse_categorical_crossentropy",
            measures={"per_character": per_character, "exact_match": exact_match},
            monitor="exact_match",
            higher_is_better=True,
        )

    def interface(self, facts: Mapping[str, Any]) -> Interface:
        """Say how sums are written, and name the characters."""
        width = 2 * facts["digits"] + 1
        tensors = {
            "question": f"one-hot characters of a sum such as 12+7, padded with spaces to {width} "
            "characters, then reversed",
            "probabilities": "for each place of the answer, of each character; spaces pad it",
        }
        steps = {
            "encoder": "what the network remembers of the sum",
            "repeat": "the same, once for each character of the answer",
            **{f"decoder_{name}": f"{name} state; zeros at first" for name in ("hidden", "cell")},
            "decoder_1": "the new decoder_hidden",
            "decoder_2": "the new decoder_cell",
        }
        return Interface(tensors, {"characters": alphabet(facts["base"])}, steps)

    def parts(self, network: Network) -> Mapping[str, Network]:
        """Return the encoder, and the decoder step by step."""
        thought = network.shapes["encoder"]
        decoder = network.part({"repeat": (1, *thought)}, list(network.output_shapes))
        encoder = network.part(network.input_shapes, ["encoder"])
        return {"encoder": encoder, "decoder": decoder.stepwise()}

    def adder(self, network: Network, facts: Mapping[str, Any]) -> Adder:
        """Return what adds with a network."""
        return _TextAdder(network, facts)


class _TextAdder(Adder):
    def __init__(self, network: Network, facts: Mapping[str, Any]) -> None:
        self._network = network
        self._base: int = facts["base"]
        self.most_digits: int = facts["digits"]
        self.characters = alphabet(self._base)
        self._one_hot = np.eye(len(self.characters), dtype=np.float32)

    def answers(self, problems: np.ndarray) -> np.ndarray:
        result: np.ndarray = self._probabilities(problems).argmax(axis=-1).astype(np.uint8)
        return result

    def answer(self, first: int, second: int) -> str:
        (codes,) = self.answers(np.array([[first, second]]))
        return decode_answer(codes, self._base).strip()

    def written(self, first: int, second: int, expected: str) -> Written:
        (probabilities,) = self._probabilities(np.array([[first, second]]))
        text = "".join(self.characters[code] for code in probabilities.argmax(axis=-1))
        used = max(len(text.rstrip()), len(expected))
        return Written(text.strip(), expected.ljust(used), probabilities[:used])

    def _probabilities(self, problems: np.ndarray) -> np.ndarray:
        questions = encode_questions(problems, self._base, self.most_digits)
        return self._network.answer(self._one_hot[questions])
