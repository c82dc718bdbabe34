"""What else goes in the basket: report section on recommendation, a denoising autoencoder."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from nnlab.datasets.baskets.lines import SEPARATORS
from nnlab.datasets.store import Store
from nnlab.errors import CheckpointError, DataError, NnlabError
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
from nnlab.experiments.recommend import networks, scoring
from nnlab.experiments.recommend.baselines.ease import EASE
from nnlab.experiments.recommend.config import PRESETS, RecommendConfig, RecommendQuery
from nnlab.experiments.recommend.inside import shown
from nnlab.experiments.recommend.loading import check_size, loaded, split
from nnlab.experiments.recommend.questions import Catalogue
from nnlab.experiments.recommend.ranking import recommended
from nnlab.experiments.recommend.scoring import RecommendDetails, RecommendDifferences
from nnlab.inference import Network
from nnlab.options import changed
from nnlab.training.examples import Examples
from nnlab.wording import counted, part_scored

if TYPE_CHECKING:
    from nnlab.results import Metrics, RunMetrics, Summary

MOST_UNKNOWN = 5
"""How many unknown items a note names."""


LIMITS = (
    "It knows only the items of the data set that it was trained on.",
    "It knows what one group of customers bought together; others may buy differently.",
)


class Recommend(Experiment[RecommendConfig, RecommendQuery, RecommendDetails]):
    """Train a network on market baskets, and complete baskets with it."""

    name = "recommend"
    summary = "Recommend items to add to a shopping basket."
    description = (
        "With baskets such as 'soda, yogurt': recommend items to add. Without: train a network, "
        "then measure how often it finds a hidden item and compare with popularity "
        "and other simple recommenders."
    )
    Config = RecommendConfig
    Query = RecommendQuery
    Details = RecommendDetails
    presets = PRESETS
    options_of_models = MappingProxyType({networks.SOFTMAX: ("units", "hidden_dropout")})
    GroupDetails = RecommendDifferences
    inputs_help = "Items separated by commas; - reads baskets from stdin, one per line."
    example_inputs = ("yogurt", "")
    answer_columns = ("item", "score")
    captions = MappingProxyType(
        {
            "recall": ("Recall", "How often the hidden item is among the first k, by method"),
        }
    )
    shares = (
        "recall_at_1",
        "recall_at_5",
        "recall_at_10",
        "recall_at_20",
        "ndcg_at_10",
        "mrr",
    )
    overlap = 0.25  # a run tests on a fifth of the baskets; the others train, choose, and fit
    data_options = (
        "baskets",
        "encoding",
        "layout",
        "columns",
        "header",
        "keep_nan",
    )
    data_facts = ("items",)
    dataset_option = "baskets"

    def trials(self, config: RecommendConfig, runs: int) -> dict[str, RecommendConfig]:
        """Return a run for each split: it is the choice of baskets that matters."""
        seeds = range(config.split_seed, config.split_seed + runs)
        return {f"split-{seed}": changed(config, self.name, split_seed=seed) for seed in seeds}

    def validated_by(self, config: RecommendConfig) -> tuple[str, ...]:
        """Return also which items are too rare to be validated."""
        return (*super().validated_by(config), "min_count")

    def load(self, config: RecommendConfig, store: Store, warn: Warn) -> Data:
        """Load baskets and split them; of those held out, an item each is hidden."""
        baskets = loaded(config, store, warn)
        check_size(baskets, config.baskets)
        return split(baskets, config, ("validation", "test"))

    def load_for_evaluation(
        self,
        config: RecommendConfig,
        facts: Mapping[str, Any],
        given: Mapping[str, Any],
        store: Store,
        warn: Warn,
    ) -> Data:
        """Load baskets to score on; of others than its own, only items that the network knows."""
        chosen = self.config_for_evaluation(config, given)
        baskets = loaded(chosen, store, warn)
        if given:
            known = set(facts["items"])
            unknown = [item for item in baskets.items if item not in known]
            if len(unknown) == len(baskets.items):
                raise DataError(f"{baskets.source.name}: the network knows none of these items")
            if unknown:
                count = counted(len(unknown), "item")
                warn(f"{baskets.source.name}: left out {count} that the network does not know")
            baskets = baskets.with_items(facts["items"])
        check_size(baskets, chosen.baskets)
        data = split(baskets, chosen, ("test",))
        if given:
            scored = len(data.arrays["test"])
            warn(part_scored(baskets.source.name, scored, len(baskets), "baskets"))
        return data

    def check_facts(self, facts: Mapping[str, Any], network: Network) -> None:
        """Refuse items that are not the network's."""
        items = facts.get("items")
        if (
            not isinstance(items, list)
            or not all(isinstance(item, str) for item in items)
            or len(set(items)) != len(items)
        ):
            raise CheckpointError(f"expected names of items, but it has {reprlib.repr(items)}")
        shares = facts.get("shares")
        if not isinstance(shares, list) or len(shares) != len(items):
            raise CheckpointError(f"expected a share for each item, not {reprlib.repr(shares)}")
        if not all(type(share) in (int, float) and 0 <= share <= 1 for share in shares):
            raise CheckpointError(f"expected shares from 0 to 1, not {reprlib.repr(shares)}")
        if facts.get("separator", SEPARATORS[0]) not in SEPARATORS:
            raise CheckpointError(
                f"expected a separator of items, but it has {reprlib.repr(facts['separator'])}"
            )
        expected = [(len(items),)]
        came = list(network.input_shapes.values()), list(network.output_shapes.values())
        if came != (expected, expected):
            raise CheckpointError(
                f"expected a network from {len(items)} items to as many scores, "
                f"but it goes from {reprlib.repr(came[0])} to {reprlib.repr(came[1])}"
            )

    def build(self, config: RecommendConfig, facts: Mapping[str, Any]) -> Any:
        """Return the report's denoising autoencoder, or a network that finds a missing item."""
        return networks.build(config, len(facts["items"]))

    def examples(self, config: RecommendConfig, data: Data) -> Examples:
        """Return the training examples of this kind of network."""
        return networks.examples(config, data)

    def score(self, model: Model[RecommendConfig], data: Data) -> Scores[RecommendDetails]:
        """Measure how often the hidden item is found, beside simple recommenders."""
        return scoring.score(model.network.predict, data)

    def limits(self, facts: Mapping[str, Any]) -> Sequence[str]:
        """Return what its networks cannot do."""
        return LIMITS

    def example(self, facts: Mapping[str, Any]) -> str:
        """Name the file that runs an exported network."""
        return networks.example(facts)

    def interface(self, facts: Mapping[str, Any]) -> Interface:
        """Name the items."""
        return Interface(networks.tensors(facts), {"items": facts["items"]})

    def columns(self, query: RecommendQuery) -> Sequence[str]:
        """Return item and score, and with --explain the reasons."""
        return (*self.answer_columns, "because") if query.explain else self.answer_columns

    def answer(
        self, model: Model[RecommendConfig], query: RecommendQuery, inputs: Iterable[str]
    ) -> Iterator[Answer | Remark]:
        """Recommend items for each basket, best first, never one that is in it.

        An empty basket gets what most baskets have.
        """
        catalogue = _catalogue(model.facts)
        for given in inputs:
            try:
                asked = catalogue.read(given)
                if asked.unknown and not query.ignore_unknown:
                    raise catalogue.unknown_error(given, asked.unknown)
            except NnlabError as error:
                yield error.of(given)
                continue
            if asked.unknown:
                yield Note(_left_out(given, asked.unknown, bool(asked.known)))
            if len(set(asked.known)) == len(catalogue.numbers):
                yield Note("every item is in the basket already; there is nothing to recommend")
            for found in recommended(model, asked.known, query):
                yield {"basket": given, **found}

    def exhibit(self, model: Model[RecommendConfig]) -> Answer:
        """Return the items and the shares of baskets that have them."""
        facts = model.facts
        pairs = zip(facts["items"], facts["shares"], strict=True)
        return {"items": [{"item": item, "share": share} for item, share in pairs]}

    def background(self, model: Model[RecommendConfig], load: Callable[[], Data]) -> EASE:
        """Return the best linear recommender for the training baskets."""
        return EASE.fit(scoring.learned(load()))

    def inside(
        self,
        model: Model[RecommendConfig],
        query: RecommendQuery,
        look: Any,
        given: str,
        background: EASE | None,
    ) -> Answer:
        """Return recommendations beside those of other recommenders; unknown items are ignored."""
        return shown(model, _catalogue(model.facts).read(given), query, background)

    def draw(self, evidence: Evidence[RecommendDetails]) -> dict[str, Any]:
        """Draw recall over k beside the baselines."""
        from nnlab.experiments.recommend import figures

        return figures.draw(evidence)

    def tables(self, metrics: Metrics[RecommendDetails]) -> list[Table]:
        """Return the scores beside the baselines."""
        from nnlab.experiments.recommend import tables

        return tables.tables(metrics)

    def summarise(self, results: Mapping[str, RunMetrics[RecommendDetails]]) -> Any:
        """Compare the network with each baseline, split by split."""
        return scoring.summarise(results, self.overlap)

    def summary_tables(self, summary: Summary[Any]) -> list[Table]:
        """Return the paired differences."""
        from nnlab.experiments.recommend import tables

        return tables.summary_tables(summary)


def _catalogue(facts: Mapping[str, Any]) -> Catalogue:
    return Catalogue(facts["items"], facts.get("separator", SEPARATORS[0]))


def _left_out(given: str, unknown: Sequence[str], some_left: bool) -> str:
    names = ", ".join(map(repr, unknown[:MOST_UNKNOWN]))
    more = f" and {len(unknown) - MOST_UNKNOWN} more" if len(unknown) > MOST_UNKNOWN else ""
    rest = "" if some_left else "; nothing is left, so these are the items that most baskets have"
    return f"basket {reprlib.repr(given)}: left out unknown {names}{more}{rest}"


EXPERIMENT = Recommend()
