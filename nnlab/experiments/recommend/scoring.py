"""Scores of a recommender: is the hidden item among the first?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from nnlab.experiments.contract import Data, Scores
from nnlab.experiments.recommend.baselines.ease import EASE
from nnlab.experiments.recommend.baselines.item_knn import ItemKNN
from nnlab.experiments.recommend.baselines.popularity import Popularity
from nnlab.metrics import (
    PairedDifference,
    RecallAt,
    auc,
    mrr,
    ndcg_at,
    paired_difference,
    ranks,
    recall_at,
    recall_curve,
)
from nnlab.results import THIS_NETWORK, RunMetrics

POPULARITY = "popularity"


COMPARED = ("recall_at_10", "ndcg_at_10")


Recommend = Callable[[np.ndarray], np.ndarray]
"""Baskets (count, items) of 0 and 1 to a score for each item, of the same shape."""


@dataclass(frozen=True)
class RecommendDetails:
    """Counts, and the tables behind the scores.

    Attributes:
        items: How many items are known.
        training_baskets: How many baskets the network learned from.
        test_baskets: How many it was scored on.
        recall: Recall at each k, by method.
        auc_with_the_answer_in_the_input: By method, as the report measured it; None if undefined.
    """

    items: int
    training_baskets: int
    test_baskets: int
    recall: dict[str, list[RecallAt]]
    auc_with_the_answer_in_the_input: dict[str, float | None]


@dataclass(frozen=True)
class RecommendDifferences:
    """The network minus each baseline on the same splits, by baseline and score."""

    differences: dict[str, dict[str, PairedDifference]]


def score(predict: Recommend, data: Data) -> Scores[RecommendDetails]:
    """Rank the item that was hidden of each test basket among those not in it.

    Args:
        predict: The network.
        data: Arrays `baskets` and `known` (count, items), the latter without the hidden items, and
            the rows `training`, `validation` and `test`.
    """
    baskets, known = data.arrays["baskets"], data.arrays["known"]
    test = data.arrays["test"]
    methods = {THIS_NETWORK: predict, **fitted_baselines(data)}
    hidden = (baskets[test] != known[test]).argmax(axis=1)
    places = {
        name: ranks(recommend(known[test]), hidden, known[test])
        for name, recommend in methods.items()
    }
    found = {name: _scores(one) for name, one in places.items()}
    return Scores(
        scores=found.pop(THIS_NETWORK),
        baselines=found,
        details=RecommendDetails(
            items=len(data.facts["items"]),
            training_baskets=len(data.arrays["training"]),
            test_baskets=len(test),
            recall={name: list(recall_curve(one)) for name, one in places.items()},
            auc_with_the_answer_in_the_input={
                name: auc(methods[name](baskets[test]), baskets[test])
                for name in (THIS_NETWORK, POPULARITY)
            },
        ),
    )


def fitted_baselines(data: Data) -> dict[str, Recommend]:
    """Return other recommenders by name, fitted on the baskets that were not tested on."""
    baskets = learned(data)
    return {
        POPULARITY: Popularity.fit(baskets).scores,
        "item-kNN, cosine": ItemKNN.fit(baskets).scores,
        "EASE, λ 1000": EASE.fit(baskets, 1000.0).scores,
        "EASE + constant, λ 50": EASE.fit(baskets, 50.0, constant=True).scores,
    }


def learned(data: Data) -> np.ndarray:
    """Return the baskets (count, items) that the other recommenders learn from.

    What chooses the network's weights may teach the others: they have nothing to choose.
    """
    rows = np.concatenate([data.arrays["training"], data.arrays["validation"]])
    baskets: np.ndarray = data.arrays["baskets"][rows]
    return baskets


def _scores(places: np.ndarray) -> dict[str, float]:
    recalls = {f"recall_at_{k}": recall_at(places, k) for k in (1, 5, 10, 20)}
    return {**recalls, "ndcg_at_10": ndcg_at(places, 10), "mrr": mrr(places)}


def summarise(
    results: Mapping[str, RunMetrics[RecommendDetails]], overlap: float
) -> RecommendDifferences:
    """Compare the network with each baseline on the same splits, pair by pair.

    Args:
        results: The runs.
        overlap: Of their splits, as for `paired_difference`.
    """
    runs = list(results.values())
    return RecommendDifferences(
        {
            baseline: {
                key: paired_difference(
                    [run.scores[key] for run in runs],
                    [run.baselines[baseline][key] for run in runs],
                    overlap=overlap,
                )
                for key in COMPARED
            }
            for baseline in runs[0].baselines
            if all(baseline in run.baselines for run in runs)
        }
    )
