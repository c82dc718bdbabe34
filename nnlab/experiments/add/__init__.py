"""Addition as translation of one text into another: report section on sequences, figure 7."""

from __future__ import annotations

import hashlib
import reprlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.datasets.store import Store
from nnlab.datasets.store.provenance import Source
from nnlab.datasets.text.sums import (
    alphabet,
    decode_answer,
    draw_sums,
    encode_answers,
    encode_questions,
    to_text,
)
from nnlab.errors import CheckpointError, DataError, NnlabError, UsageError
from nnlab.experiments.add import scoring
from nnlab.experiments.add.config import FEWEST_PROBLEMS, MAX_DIGITS, AddConfig, AddQuery
from nnlab.experiments.add.questions import parse_sum
from nnlab.experiments.add.scoring import AddDetails
from nnlab.experiments.contract import (
    Answer,
    Data,
    Evidence,
    Experiment,
    Interface,
    Model,
    Remark,
    Scores,
    Table,
    Warn,
)
from nnlab.inference import Network
from nnlab.training.examples import Arrays, Batch, Examples

if TYPE_CHECKING:
    from nnlab.results import Metrics

LONGEST_INPUT = 1000


class Add(Experiment[AddConfig, AddQuery, AddDetails]):
    """Train a network to add numbers that it reads as text, and ask it."""

    name = "add"
    summary = "Add numbers with a sequence-to-sequence LSTM."
    description = (
        "With sums such as 123+456: print the network's answers. Without: train a network, in any "
        "base from 2 to 36, and score it on unseen problems."
    )
    Config = AddConfig
    Query = AddQuery
    Details = AddDetails
    limits = (
        "It cannot add numbers with more digits than those it was trained on.",
        "Some sums are wrong, and nothing marks the wrong ones.",
    )
    inputs_help = "Sums such as 123+456; - reads them from stdin, one per line."
    example_inputs = ("123+456", "99 + 1")
    answer_columns = ("answer",)
    shares = ("exact_match", "per_character")
    captions = MappingProxyType(
        {
            "by-carries": ("By number of carries", "Share of right sums by number of carries"),
            "by-length": ("By number of digits", "Share of right sums by digits of an operand"),
        }
    )
    data_options = ()
    data_facts = ("base", "digits")
    network_options = ("base",)

    def load(self, config: AddConfig, store: Store, warn: Warn) -> Data:
        """Draw distinct problems: a tenth for validation, and others to test on."""
        wanted = config.problems + config.test_problems
        drawn = draw_sums(config.base, config.digits, wanted, config.split_seed)
        # Small numbers are soon used up: what is drawn late is harder, and must not be the test.
        drawn = np.random.default_rng(config.split_seed).permutation(drawn)
        if len(drawn) < FEWEST_PROBLEMS:
            raise DataError(
                f"expected at least {FEWEST_PROBLEMS} different problems, but there are only "
                f"{len(drawn)} in base {config.base}; use more --digits"
            )
        tested = config.test_problems
        if len(drawn) < wanted:
            tested = min(tested, len(drawn) // 5)
            warn(
                f"there are only {len(drawn):,} different problems of up to {config.digits} digits "
                f"in base {config.base}; {tested:,} of them are used for testing"
            )
        problems, test = drawn[: len(drawn) - tested], drawn[len(drawn) - tested :]
        training, validation = np.split(np.arange(len(problems)), [len(problems) * 9 // 10])
        arrays = {
            "problems": problems,
            "questions": encode_questions(problems, config.base, config.digits),
            "answers": encode_answers(problems, config.base, config.digits),
            "training": training,
            "validation": validation,
            "test_problems": test,
        }
        digest = hashlib.sha256(drawn.tobytes()).hexdigest()
        source = Source(f"sums in base {config.base}", digest, sample=False, files=())
        return Data(arrays, {"base": config.base, "digits": config.digits}, source)

    def check_facts(self, facts: Mapping[str, Any], network: Network) -> None:
        """Refuse a base or a number of digits that are not the network's."""
        base, digits = facts.get("base"), facts.get("digits")
        if type(base) is not int or not 2 <= base <= 36:
            raise CheckpointError(f"expected a base from 2 to 36, but it has {reprlib.repr(base)}")
        if type(digits) is not int or not 1 <= digits <= MAX_DIGITS:
            raise CheckpointError(
                f"expected 1 to {MAX_DIGITS} digits, but it has {reprlib.repr(digits)}"
            )
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

    def examples(self, config: AddConfig, data: Data) -> Examples:
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
            measures={"per_character": _per_character, "exact_match": _exact_match},
            monitor="exact_match",
            higher_is_better=True,
        )

    def score(self, model: Model[AddConfig], data: Data) -> Scores[AddDetails]:
        """Measure exact match and accuracy per character on problems never seen."""
        return scoring.score(_adder(model.network, data.facts), data)

    def columns(self, query: AddQuery) -> Sequence[str]:
        """Return the answer, and with --check whether it is right."""
        return ("answer", "verdict", "expected") if query.check else self.answer_columns

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

    def parts(self, model: Model[AddConfig], *, step: bool) -> Mapping[str, Network]:
        """Return the network; or its encoder, and its decoder step by step."""
        network = model.network
        if not step:
            return {"": network}
        thought = network.shapes["encoder"]
        decoder = network.part({"repeat": (1, *thought)}, list(network.output_shapes))
        encoder = network.part(network.input_shapes, ["encoder"])
        return {"encoder": encoder, "decoder": decoder.stepwise()}

    def answer(
        self, model: Model[AddConfig], query: AddQuery, inputs: Iterable[str]
    ) -> Iterator[Answer | Remark]:
        """Answer each sum."""
        facts = model.facts
        add, base = _adder(model.network, facts), facts["base"]
        for given in inputs:
            try:
                a, b = _operands(given, base, facts["digits"])
            except NnlabError as error:
                yield error.of(given)
                continue
            text = decode_answer(add(np.array([[a, b]]))[0], base).strip()
            answer: Answer = {"input": given, "answer": text}
            if query.check:
                expected = to_text(a + b, base)
                right = text == expected
                answer |= {"expected": expected, "right": right}
                answer["verdict"] = "right" if right else "wrong"
            yield answer

    def draw(self, evidence: Evidence[AddDetails]) -> dict[str, Any]:
        """Draw accuracy by number of carries and by length."""
        from nnlab.experiments.add import figures

        return figures.draw(evidence)

    def tables(self, metrics: Metrics[AddDetails]) -> list[Table]:
        """Return exact match beside the baselines, by carries and by length."""
        from nnlab.experiments.add import tables

        return tables.tables(metrics)


def _operands(text: str, base: int, digits: int) -> tuple[int, int]:
    if len(text) > LONGEST_INPUT:  # Python refuses to read numbers of thousands of digits
        raise UsageError(
            f"expected a sum of at most {LONGEST_INPUT:,} characters, but one has {len(text):,}"
        )
    return parse_sum(text, base, digits)


def _adder(network: Network, facts: Mapping[str, Any]) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function from problems (count, 2) to the codes of the answers (count, length)."""
    base, digits = facts["base"], facts["digits"]
    one_hot = np.eye(len(alphabet(base)), dtype=np.float32)

    def add(problems: np.ndarray) -> np.ndarray:
        codes = network.answer(one_hot[encode_questions(problems, base, digits)]).argmax(axis=-1)
        result: np.ndarray = codes.astype(np.uint8)
        return result

    return add


def _per_character(targets: Any, outputs: Any) -> Any:
    """Return the share of right characters of each answer, blanks included."""
    import tensorflow as tf

    right = tf.equal(tf.cast(targets, tf.int64), tf.argmax(outputs, -1))
    return tf.reduce_mean(tf.cast(right, tf.float32), axis=-1)


def _exact_match(targets: Any, outputs: Any) -> Any:
    """Tell which answers are right to the last character."""
    import tensorflow as tf

    return tf.reduce_all(tf.equal(tf.cast(targets, tf.int64), tf.argmax(outputs, -1)), axis=-1)


EXPERIMENT = Add()
