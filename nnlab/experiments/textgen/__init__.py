"""Text from a character LSTM: report section on text generation, figure 3."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.datasets.store import Store
from nnlab.datasets.text.corpus import Corpus, decode, encode, load_corpus
from nnlab.datasets.text.files import shorten
from nnlab.datasets.text.prompts import are_characters
from nnlab.errors import CheckpointError, DataError
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
from nnlab.experiments.textgen import scoring
from nnlab.experiments.textgen.answers import answers, events, printed
from nnlab.experiments.textgen.config import PRESETS, TextgenConfig, TextgenQuery
from nnlab.experiments.textgen.design import Design
from nnlab.experiments.textgen.ngram_counts import longest_order
from nnlab.experiments.textgen.passages import seed_passages
from nnlab.experiments.textgen.scoring import TextgenDetails
from nnlab.experiments.textgen.sequence_lstm import SequenceLSTM
from nnlab.experiments.textgen.window_lstm import WindowLSTM
from nnlab.inference import Network
from nnlab.options import changed
from nnlab.training.examples import Examples

if TYPE_CHECKING:
    from nnlab.results import Metrics

FEWEST_CHARACTERS = 100_000
GLIMPSE_LENGTH = 160
SHOWN = 60
"""Characters of the text that the summary of the data shows."""


DESIGNS: Mapping[str, Design] = {"window": WindowLSTM(), "sequence": SequenceLSTM()}
"""The networks by the value of `--model`."""


class Textgen(Experiment[TextgenConfig, TextgenQuery, TextgenDetails]):
    """Train a character LSTM on a text, and write with it."""

    name = "textgen"
    summary = "Write text with a character LSTM."
    description = (
        "With prompts, or with --sample: write a continuation. Without: train on a text, then "
        "measure the bits per character on its last tenth and compare with an n-gram model."
    )
    Config = TextgenConfig
    Query = TextgenQuery
    Details = TextgenDetails
    presets = PRESETS
    options_of_models = MappingProxyType(
        {"sequence": ("embedding", "dropout", "recurrent_dropout", "ngrams")}
    )
    inputs_help = "Prompts; - reads them from stdin, one per line."
    example_inputs = ("the quick ",)
    answer_columns = ("prompt", "text")
    shares = ("copied_share",)
    captions = MappingProxyType(
        {
            "bits-per-character": (
                "Bits per character",
                "Bits per character of the network and the baselines",
            ),
        }
    )
    data_options = ("corpus", "encoding")
    dataset_option = "corpus"

    def defaults(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the windows of the other model, which tell one character each."""
        if given.get("model", "window") != "window":
            return {}
        usual = {one.name: one.default for one in fields(TextgenConfig)}
        return {name: usual[name] for name in ("seq_len", "step")}

    def validated_by(self, config: TextgenConfig) -> tuple[str, ...]:
        """Return also which characters there are, and which of them are predicted."""
        return (*super().validated_by(config), "keep_case", "step")

    def load(self, config: TextgenConfig, store: Store, warn: Warn) -> Data:
        """Load a text; 80 % are to train on, 10 % choose the weights, the last 10 % test."""
        corpus = load_corpus(
            store, config.corpus, keep_case=config.keep_case, encoding=config.encoding, warn=warn
        )
        text, window = corpus.codes, config.seq_len
        bounds = np.array([len(text) * 8 // 10, len(text) * 9 // 10])
        if bounds[0] <= window or len(text) - bounds[1] < 1:
            raise _too_short(corpus, window)
        if len(corpus.characters) < 2:
            raise DataError(
                f"{corpus.source.name}: expected different characters, but all are the same"
            )
        if len(text) < FEWEST_CHARACTERS:
            warn(
                f"{corpus.source.name} has {len(text):,} characters; with fewer than "
                f"{FEWEST_CHARACTERS:,}, the network learns little"
            )
        longest = longest_order(len(corpus.characters))
        if config.ngrams > longest:
            warn(
                f"--ngrams {config.ngrams}: with {len(corpus.characters)} different characters, "
                f"n-grams can have at most {longest} characters; nnlab counts those"
            )
        design = DESIGNS[config.model]
        starts = design.starts(config, bounds.tolist())
        if not all(map(len, starts.values())):
            raise _too_short(corpus, window)
        arrays = {"text": text, "bounds": bounds, **starts}
        facts = {
            "characters": list(corpus.characters),
            "keep_case": config.keep_case,
            "seeds": seed_passages(text[: bounds[0]], corpus.characters, window),
            **design.facts(),
        }
        return Data(arrays, facts, corpus.source, _summary(corpus))

    def load_for_evaluation(
        self,
        config: TextgenConfig,
        facts: Mapping[str, Any],
        given: Mapping[str, Any],
        store: Store,
        warn: Warn,
    ) -> Data:
        """Load the network's own text, or another one, all of which is for testing then."""
        if "corpus" not in given:
            return self.load(changed(config, "evaluate", **given), store, warn)
        corpus = load_corpus(
            store,
            given["corpus"],
            keep_case=facts["keep_case"],
            encoding=given.get("encoding"),
            warn=warn,
        )
        text = decode(corpus.codes, corpus.characters)
        codes, unknown = encode(text, facts["characters"])
        if unknown:
            warn(f"{corpus.source.name}: ignored characters that the network does not know")
        window = config.seq_len
        if len(codes) <= window:
            raise DataError(
                f"{corpus.source.name}: expected more than a window of {window} known characters, "
                f"but it has {len(codes)}"
            )
        return Data({"text": codes, "bounds": np.array([0, window])}, facts, corpus.source)

    def check_facts(self, facts: Mapping[str, Any], network: Network) -> None:
        """Refuse an alphabet or seed sequences that are not the network's."""
        characters: Any = facts.get("characters")
        if not are_characters(characters) or characters != sorted(characters):
            raise CheckpointError(
                f"expected sorted characters, but it has {reprlib.repr(characters)}"
            )
        if not isinstance(facts.get("keep_case"), bool):
            came = reprlib.repr(facts.get("keep_case"))
            raise CheckpointError(f"expected 'keep_case' to be true or false, not {came}")
        seeds = facts.get("seeds")
        if not isinstance(seeds, list) or not seeds or not all(map(_is_text(characters), seeds)):
            came = reprlib.repr(seeds)
            raise CheckpointError(f"expected seed sequences of known characters, got {came}")
        _design(facts).check_facts(facts, network)

    def build(self, config: TextgenConfig, facts: Mapping[str, Any]) -> Any:
        """Return an LSTM: the report's, or one that predicts every character."""
        return DESIGNS[config.model].build(config, facts)

    def examples(self, config: TextgenConfig, data: Data) -> Examples:
        """Keep the text as one array of codes; a batch is windows of it."""
        return DESIGNS[config.model].examples(config, data)

    def score(self, model: Model[TextgenConfig], data: Data) -> Scores[TextgenDetails]:
        """Measure bits per character on the test set, and how much a sample copies.

        Raises:
            CheckpointError: The network reads other windows than its settings say.
        """
        design, config = _design(model.facts), model.config
        design.check_config(model.network, config)
        fitted = design.fitted_facts(model.network, model.facts, data, config)
        facts = {**model.facts, **fitted}
        scores = scoring.score(design, model.network, facts, data, config.seed)
        return replace(scores, facts=fitted)

    def glimpse(self, model: Model[TextgenConfig], data: Data) -> str:
        """Write a line from the first seed sequence on."""
        characters = data.facts["characters"]
        prompt, _ = encode(data.facts["seeds"][0], characters)
        try:
            reader = _design(data.facts).readers(model.network, data.facts, "carried")()
            codes = scoring.write(reader, prompt, GLIMPSE_LENGTH, model.config.seed)
        except CheckpointError:  # whether a training has gone wrong is not decided here
            return ""
        return decode(np.array(codes), characters).replace("\n", " ")

    def own_inputs(self, query: TextgenQuery) -> Sequence[str]:
        """Return an empty prompt for --sample."""
        return ("",) if query.sample else ()

    def limits(self, facts: Mapping[str, Any]) -> Sequence[str]:
        """Return what such a network cannot do."""
        return _design(facts).limits(facts)

    def example(self, facts: Mapping[str, Any]) -> str:
        """Name the file that runs an exported network."""
        return _design(facts).example

    def interface(self, facts: Mapping[str, Any]) -> Interface:
        """Name the characters."""
        return _design(facts).interface(facts)

    def parts(self, model: Model[TextgenConfig], *, step: bool) -> Mapping[str, Network]:
        """Return the network, or that of one step, which takes and gives the state."""
        return {"step": model.network.stepwise()} if step else {"": model.network}

    def answer(
        self, model: Model[TextgenConfig], query: TextgenQuery, inputs: Iterable[str]
    ) -> Iterator[Answer | Remark]:
        """Write `query.samples` texts for each prompt."""
        return answers(_design(model.facts), model, query, inputs)

    def stream(
        self, model: Model[TextgenConfig], query: TextgenQuery, inputs: Iterable[str]
    ) -> Iterator[str | Remark] | None:
        """Write the same texts as they come, each behind its prompt, with a rule in between."""
        return printed(_design(model.facts), model, query, inputs)

    def events(
        self, model: Model[TextgenConfig], query: TextgenQuery, inputs: Iterable[str]
    ) -> Iterator[Answer | Remark] | None:
        """Write the same texts as they come, without prompts, with the network's probabilities."""
        return events(_design(model.facts), model, query, inputs)

    def exhibit(self, model: Model[TextgenConfig]) -> Answer:
        """Return the characters that it knows."""
        return {"characters": model.facts["characters"]}

    def draw(self, evidence: Evidence[TextgenDetails]) -> dict[str, Any]:
        """Draw bits per character beside the baselines."""
        from nnlab.experiments.textgen import figures

        return figures.draw(evidence)

    def tables(self, metrics: Metrics[TextgenDetails]) -> list[Table]:
        """Return bits per character beside the baselines, what is copied, and a sample."""
        from nnlab.experiments.textgen import tables

        return tables.tables(metrics)


def _too_short(corpus: Corpus, window: int) -> DataError:
    return DataError(
        f"{corpus.source.name}: its {len(corpus.codes):,} characters are too few to train on "
        f"windows of {window}; use a longer text or a smaller --seq-len"
    )


def _summary(corpus: Corpus) -> str:
    start = decode(corpus.codes[: 10 * SHOWN], corpus.characters)
    return (
        f"{len(corpus.codes):,} characters, {len(corpus.characters):,} of them different; "
        f"it begins: {shorten(start, SHOWN)}"
    )


def _design(facts: Mapping[str, Any]) -> Design:
    """Return the kind of network that has such facts."""
    return DESIGNS["sequence" if facts.get("reads") == "codes" else "window"]


def _is_text(characters: Sequence[str]) -> Any:
    known = set(characters)
    return lambda seed: isinstance(seed, str) and seed != "" and known.issuperset(seed)


EXPERIMENT = Textgen()
