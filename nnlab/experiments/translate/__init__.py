"""English to Dutch: report section on translation, figure 6."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.datasets.store import Store
from nnlab.datasets.text.files import shorten
from nnlab.datasets.text.parallel_corpus import SentencePairs, load_pairs
from nnlab.errors import UsageError
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
from nnlab.experiments.translate import full_stops, scoring
from nnlab.experiments.translate.answers import LONGEST_INPUT, answers, too_long
from nnlab.experiments.translate.config import PRESETS, TranslateConfig, TranslateQuery
from nnlab.experiments.translate.design import Design, Translator
from nnlab.experiments.translate.inside import Learned, shown
from nnlab.experiments.translate.lstm import CharacterLSTM
from nnlab.experiments.translate.scoring import TranslateDetails
from nnlab.experiments.translate.transformer import SubwordTransformer
from nnlab.inference import Network
from nnlab.training.examples import Examples
from nnlab.wording import part_scored

if TYPE_CHECKING:
    from nnlab.results import Metrics

SHOWN = 40
"""Characters of a sentence that the summary of the data shows."""
DESIGNS: Mapping[str, Design] = {"lstm": CharacterLSTM(), "transformer": SubwordTransformer()}
"""The networks by the value of `--model`."""


class Translate(Experiment[TranslateConfig, TranslateQuery, TranslateDetails]):
    """Train a translator on pairs of sentences, and translate with it."""

    name = "translate"
    summary = "Translate English to Dutch with LSTMs or a Transformer."
    description = (
        "With sentences: translate them. Without: train a network on pairs of sentences, in any "
        "two languages, and score it on unseen sentences."
    )
    Config = TranslateConfig
    Query = TranslateQuery
    Details = TranslateDetails
    presets = PRESETS
    options_of_models = MappingProxyType(
        {
            "transformer": (
                "subwords",
                "variety",
                "blocks",
                "heads",
                "dropout",
                "label_smoothing",
            )
        }
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

    def validated_by(self, config: TranslateConfig) -> tuple[str, ...]:
        """Return also what decides which characters or subwords validation counts."""
        return (*super().validated_by(config), "max_pairs", "reverse", "model", "subwords")

    def load(self, config: TranslateConfig, store: Store, warn: Warn) -> Data:
        """Load pairs, split by source sentence; the alphabets are those of the training set."""
        pairs = _pairs(config, store, warn)
        design = DESIGNS[config.model]
        facts = design.facts(config, pairs)
        arrays = design.codes(pairs, facts, warn) | _texts(pairs)
        arrays |= {"training": pairs.training, "validation": pairs.validation}
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
        pairs = _pairs(self.config_for_evaluation(config, given), store, warn)
        arrays = _texts(pairs)
        if given:
            warn(part_scored(pairs.source.name, len(pairs.test), len(pairs.sources), "pairs"))
        else:  # the network was trained on them
            arrays["training"] = pairs.training
        return Data(arrays, facts, pairs.source, _summary(pairs))

    def check_facts(self, facts: Mapping[str, Any], network: Network) -> None:
        """Refuse facts that are not those of the network."""
        _design(facts).check_facts(facts, network)
        full_stops.check(facts)

    def build(self, config: TranslateConfig, facts: Mapping[str, Any]) -> Any:
        """Return the report's LSTMs, or a Transformer."""
        return DESIGNS[config.model].build(config, facts)

    def examples(self, config: TranslateConfig, data: Data) -> Examples:
        """Keep sentences as codes; padding has no weight."""
        return DESIGNS[config.model].examples(config, data)

    def fitted_facts(self, model: Model[TranslateConfig], data: Data) -> Mapping[str, Any]:
        """Learn what sentences end in."""
        texts = [data.arrays[name][data.arrays["training"]] for name in ("sources", "targets")]
        return full_stops.fitted(*(one.tolist() for one in texts))

    def score(self, model: Model[TranslateConfig], data: Data) -> Scores[TranslateDetails]:
        """Measure translations of unseen sentences, beside those of training sentences."""
        return scoring.score(_translator(model.network, model.facts).translate, data)

    def limits(self, facts: Mapping[str, Any]) -> Sequence[str]:
        """Return what such a network cannot do."""
        return _design(facts).limits

    def example(self, facts: Mapping[str, Any]) -> str:
        """Name the file that runs an exported network."""
        return _design(facts).example

    def interface(self, facts: Mapping[str, Any]) -> Interface:
        """Name what the numbers stand for."""
        return _design(facts).interface(facts)

    def parts(self, model: Model[TranslateConfig], *, step: bool) -> Mapping[str, Network]:
        """Return the network; or its encoder, and its decoder step by step."""
        return _design(model.facts).parts(model.network) if step else {"": model.network}

    def columns(self, query: TranslateQuery) -> Sequence[str]:
        """Return the translation, with --scores after its score."""
        return ("score", "translation") if query.scores else self.answer_columns

    def answer(
        self, model: Model[TranslateConfig], query: TranslateQuery, inputs: Iterable[str]
    ) -> Iterator[Answer | Remark]:
        """Translate each sentence; an empty one has an empty translation."""
        translator = _translator(model.network, model.facts)
        beam = query.beam or max(query.best, _design(model.facts).beam)
        if query.best > beam:
            raise UsageError(f"-n {query.best} needs --beam {query.best} or more")
        return answers(translator, query, beam, inputs)

    def exhibit(self, model: Model[TranslateConfig]) -> Answer:
        """Return whether it translates from the second language to the first."""
        return {"reverse": model.config.reverse}

    def background(self, model: Model[TranslateConfig], load: Callable[[], Data]) -> Learned:
        """Return the training pairs."""
        return Learned.of(load())

    def inside(
        self,
        model: Model[TranslateConfig],
        query: TranslateQuery,
        look: Any,
        given: str,
        background: Learned | None,
    ) -> Answer:
        """Return a translation, where the network looked, and the nearest training sentence."""
        if len(given) > LONGEST_INPUT:
            raise too_long(given)
        beam = query.beam or _design(model.facts).beam
        return shown(_translator(model.network, model.facts), given, beam, background)

    def draw(self, evidence: Evidence[TranslateDetails]) -> dict[str, Any]:
        """Draw the score by length of the sentence."""
        from nnlab.experiments.translate import figures

        return figures.draw(evidence)

    def tables(self, metrics: Metrics[TranslateDetails]) -> list[Table]:
        """Return the scores beside the baselines, and examples."""
        from nnlab.experiments.translate import tables

        return tables.tables(metrics)


def _pairs(config: TranslateConfig, store: Store, warn: Warn) -> SentencePairs:
    return load_pairs(
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


def _texts(pairs: SentencePairs) -> dict[str, np.ndarray]:
    """Return what scoring needs."""
    # as objects: NumPy's own strings are all as long as the longest
    texts = {
        "sources": np.array(pairs.sources, object),
        "targets": np.array(pairs.targets, object),
    }
    return texts | {"test": pairs.test}


def _summary(pairs: SentencePairs) -> str:
    first, second = (shorten(texts[0], SHOWN) for texts in (pairs.sources, pairs.targets))
    return (
        f"{len(pairs.sources):,} pairs, {len(set(pairs.sources)):,} different sentences to "
        f"translate; the shortest: {first} -> {second}"
    )


def _design(facts: Mapping[str, Any]) -> Design:
    """Return the kind of network that has such facts."""
    return DESIGNS["transformer" if "subwords" in facts else "lstm"]


def _translator(network: Network, facts: Mapping[str, Any]) -> Translator:
    translator = _design(facts).translator(network, facts)
    if full_stops.FACT not in facts:
        return translator
    return full_stops.FullStops(translator, *facts[full_stops.FACT])


EXPERIMENT = Translate()
