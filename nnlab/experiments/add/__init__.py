"""Addition as translation of one text into another: report section on sequences, figure 7."""

from __future__ import annotations

import hashlib
import itertools
import reprlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.datasets.store import Store
from nnlab.datasets.store.provenance import Source
from nnlab.datasets.text.files import shorten
from nnlab.datasets.text.sums import draw_sums, to_text
from nnlab.errors import CheckpointError, DataError, NnlabError, UsageError
from nnlab.experiments.add import scoring
from nnlab.experiments.add.config import (
    FEWEST_PROBLEMS,
    MAX_DIGITS,
    MODERN_OF_MODELS,
    PRESETS,
    AddConfig,
    AddQuery,
)
from nnlab.experiments.add.design import Adder, Design
from nnlab.experiments.add.digit_adder import AttendingDigits, DigitAdder, RecurrentDigits
from nnlab.experiments.add.inside import shown, total
from nnlab.experiments.add.questions import parse_sum, too_long
from nnlab.experiments.add.scoring import AddDetails
from nnlab.experiments.add.text_adder import TextDesign
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
from nnlab.inference import Network
from nnlab.training.examples import Examples
from nnlab.training.settings import MODERN

if TYPE_CHECKING:
    from nnlab.results import Metrics

LONGEST_INPUT = 1000
DESIGNS: Mapping[str, Design] = {
    "lstm": TextDesign(),
    "gru": RecurrentDigits(),
    "transformer": AttendingDigits(),
}
"""The networks by the value of `--model`."""


class Add(Experiment[AddConfig, AddQuery, AddDetails]):
    """Train a network to add numbers that it reads as text, and ask it."""

    name = "add"
    summary = "Add numbers with a recurrent network or a Transformer."
    description = (
        "With sums such as 123+456: print the network's answers. Without: train a network, in any "
        "base from 2 to 36, and score it on unseen problems."
    )
    Config = AddConfig
    Query = AddQuery
    Details = AddDetails
    presets = PRESETS
    options_of_models = MappingProxyType({"transformer": ("blocks", "heads")})
    inputs_help = "Sums such as 123+456; - reads them from stdin, one per line."
    example_inputs = ("123+456", "99 + 1")
    answer_columns = ("answer",)
    shares = ("exact_match", "per_character", "hundred_digits")
    captions = MappingProxyType(
        {
            "by-carries": ("By number of carries", "Share of right sums by number of carries"),
            "by-length": ("By number of digits", "Share of right sums by digits of an operand"),
        }
    )
    data_options = ()
    data_facts = ("base", "digits")
    network_options = ("base",)

    def defaults(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what else the modern preset has for a model."""
        modern = MODERN_OF_MODELS if given.get("preset") == MODERN else {}
        return modern.get(given.get("model", ""), {})

    def validated_by(self, config: AddConfig) -> tuple[str, ...]:
        """Return also what the problems are made of."""
        return (*super().validated_by(config), "base", "digits", "problems", "test_problems")

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
        design = DESIGNS[config.model]
        arrays = {
            "problems": problems,
            **design.arrays(problems, config.base, config.digits),
            "training": training,
            "validation": validation,
            "test_problems": test,
        }
        digest = hashlib.sha256(drawn.tobytes()).hexdigest()
        source = Source(f"sums in base {config.base}", digest, sample=False, files=())
        facts = {"base": config.base, "digits": config.digits, **design.facts()}
        return Data(arrays, facts, source)

    def check_facts(self, facts: Mapping[str, Any], network: Network) -> None:
        """Refuse a base or a number of digits that are not the network's."""
        base, digits = facts.get("base"), facts.get("digits")
        if type(base) is not int or not 2 <= base <= 36:
            raise CheckpointError(f"expected a base from 2 to 36, but it has {reprlib.repr(base)}")
        if type(digits) is not int or not 1 <= digits <= MAX_DIGITS:
            raise CheckpointError(
                f"expected 1 to {MAX_DIGITS} digits, but it has {reprlib.repr(digits)}"
            )
        _design(facts).check_facts(facts, network)

    def build(self, config: AddConfig, facts: Mapping[str, Any]) -> Any:
        """Return the report's encoder and decoder, or a network that adds by columns."""
        return _design(facts).build(config, facts)

    def examples(self, config: AddConfig, data: Data) -> Examples:
        """Keep problems as codes, which a batch writes one-hot."""
        return _design(data.facts).examples(data)

    def score(self, model: Model[AddConfig], data: Data) -> Scores[AddDetails]:
        """Measure exact match and accuracy per character on problems never seen."""
        adder = _adder(model.network, data.facts)
        scores = scoring.score(adder.answers, data)
        if isinstance(adder, DigitAdder):
            long = scoring.score_long(adder.add_columns, data.facts["base"])
            scores = replace(scores, scores={**scores.scores, "hundred_digits": long})
        return scores

    def columns(self, query: AddQuery) -> Sequence[str]:
        """Return the answer, and with --check whether it is right."""
        return ("answer", "verdict", "expected") if query.check else self.answer_columns

    def limits(self, facts: Mapping[str, Any]) -> Sequence[str]:
        """Return what such a network cannot do."""
        return _design(facts).limits

    def example(self, facts: Mapping[str, Any]) -> str:
        """Name the file that runs an exported network."""
        return _design(facts).example

    def interface(self, facts: Mapping[str, Any]) -> Interface:
        """Say how sums are written, and name the characters."""
        return _design(facts).interface(facts)

    def parts(self, model: Model[AddConfig], *, step: bool) -> Mapping[str, Network]:
        """Return the network, or what runs it step by step."""
        return _design(model.facts).parts(model.network) if step else {"": model.network}

    def answer(
        self, model: Model[AddConfig], query: AddQuery, inputs: Iterable[str]
    ) -> Iterator[Answer | Remark]:
        """Answer each sum; more than two numbers are added one after the other."""
        adder, base = _adder(model.network, model.facts), model.facts["base"]
        for given in inputs:
            try:
                operands = _operands(given, base, adder.most_digits)
            except NnlabError as error:
                yield error.of(given)
                continue
            if remark := _remark(given, operands, base, adder):
                yield Note(remark)
            text = total(adder, operands, base)
            answer: Answer = {"input": given, "answer": text}
            if query.check:
                expected = to_text(sum(operands), base)
                right = text == expected
                answer |= {"expected": expected, "right": right}
                answer["verdict"] = "right" if right else "wrong"
            yield answer

    def exhibit(self, model: Model[AddConfig]) -> Answer:
        """Return the base of its numbers, and how many digits they may have; None: any number."""
        most = _adder(model.network, model.facts).most_digits
        return {"base": model.facts["base"], "most_digits": most}

    def inside(
        self, model: Model[AddConfig], query: AddQuery, look: Any, given: str, background: Any
    ) -> Answer:
        """Return the answer to a sum place by place."""
        adder, base = _adder(model.network, model.facts), model.facts["base"]
        operands = _operands(given, base, adder.most_digits)
        remark = _remark(given, operands, base, adder)
        remarks = {"remarks": [remark]} if remark else {}
        return {"input": given, **shown(adder, operands, base), **remarks}

    def draw(self, evidence: Evidence[AddDetails]) -> dict[str, Any]:
        """Draw accuracy by number of carries and by length."""
        from nnlab.experiments.add import figures

        return figures.draw(evidence)

    def tables(self, metrics: Metrics[AddDetails]) -> list[Table]:
        """Return exact match beside the baselines, by carries and by length."""
        from nnlab.experiments.add import tables

        return tables.tables(metrics)


def _remark(given: str, operands: Sequence[int], base: int, adder: Adder) -> str:
    sums = itertools.accumulate(operands[:-1])  # to which the next number is added
    if not too_long([*operands, *sums], base, adder.trained_digits):
        return ""
    return (
        f"{given}: the network was trained on numbers of at most {adder.trained_digits} digits, "
        "and adds many longer ones wrongly"
    )


def _operands(text: str, base: int, digits: int | None) -> list[int]:
    if len(text) > LONGEST_INPUT:  # Python refuses to read numbers of thousands of digits
        raise UsageError(
            f"expected a sum of at most {LONGEST_INPUT:,} characters, but {shorten(text, 30)!r} "
            f"has {len(text):,}"
        )
    return parse_sum(text, base, digits)


def _design(facts: Mapping[str, Any]) -> Design:
    """Return the kind of network that has such facts."""
    reads = facts.get("reads")
    found = (design for design in DESIGNS.values() if design.facts().get("reads") == reads)
    return next(found, DESIGNS["lstm"])


def _adder(network: Network, facts: Mapping[str, Any]) -> Adder:
    return _design(facts).adder(network, facts)


EXPERIMENT = Add()
