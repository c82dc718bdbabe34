"""Scores, tables and figures of a recommender: is the hidden item among the first?"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nnlab.experiments.contract import Data, Evidence, Scores, Table
from nnlab.experiments.recommend.baselines.ease import EASE
from nnlab.experiments.recommend.baselines.item_knn import ItemKNN
from nnlab.experiments.recommend.baselines.popularity import Popularity
from nnlab.metrics import auc, mrr, ndcg_at, paired_difference, ranks, recall_at, recall_curve

OWN = "this network"
POPULARITY = "popularity"
COMPARED = ("recall_at_10", "ndcg_at_10")
WORDS = {
    "recall_at_1": "R@1",
    "recall_at_5": "R@5",
    "recall_at_10": "R@10",
    "recall_at_20": "R@20",
    "ndcg_at_10": "NDCG@10",
    "mrr": "MRR",
}

Recommend = Callable[[np.ndarray], np.ndarray]
"""Baskets (count, items) of 0 and 1 to a score for each item, of the same shape."""


def score(predict: Recommend, data: Data) -> Scores:
    """Rank the item that was hidden of each test basket among those not in it.

    Args:
        predict: The network.
        data: Arrays `baskets` and `known` (count, items), the latter without the hidden items, and
            the rows `training`, `validation` and `test`.
    """
    baskets, known = data.arrays["baskets"], data.arrays["known"]
    test = data.arrays["test"]
    # What chooses the network's weights may teach the others: they have nothing to choose.
    learned = baskets[np.concatenate([data.arrays["training"], data.arrays["validation"]])]
    methods: dict[str, Recommend] = {
        OWN: predict,
        POPULARITY: Popularity.fit(learned).scores,
        "item-kNN, cosine": ItemKNN.fit(learned).scores,
        "EASE, λ 1000": EASE.fit(learned, 1000.0).scores,
        "EASE + constant, λ 50": EASE.fit(learned, 50.0, constant=True).scores,
    }
    hidden = (baskets[test] != known[test]).argmax(axis=1)
    places = {
        name: ranks(recommend(known[test]), hidden, known[test])
        for name, recommend in methods.items()
    }
    found = {name: _scores(one) for name, one in places.items()}
    return Scores(
        scores=found.pop(OWN),
        baselines=found,
        details={
            "items": len(data.facts["items"]),
            "training_baskets": len(data.arrays["training"]),
            "test_baskets": len(test),
            "recall": {
                name: [row.as_dict() for row in recall_curve(one)] for name, one in places.items()
            },
            "auc_with_the_answer_in_the_input": {
                name: auc(methods[name](baskets[test]), baskets[test]) for name in (OWN, POPULARITY)
            },
        },
    )


def _scores(places: np.ndarray) -> dict[str, float]:
    recalls = {f"recall_at_{k}": recall_at(places, k) for k in (1, 5, 10, 20)}
    return {**recalls, "ndcg_at_10": ndcg_at(places, 10), "mrr": mrr(places)}


def draw(evidence: Evidence) -> dict[str, Any]:
    """Draw recall over k beside the baselines."""
    from nnlab.experiments.recommend.figures import recall_over_k

    return {"recall": recall_over_k(evidence.metrics["details"]["recall"], evidence.footer)}


def tables(metrics: Mapping[str, Any]) -> list[Table]:
    """Return the scores beside the baselines, and the original's measure."""
    details = metrics["details"]
    rows = [
        (name, *(f"{scores[key]:.3f}" for key in WORDS))
        for name, scores in {OWN: metrics["scores"], **metrics["baselines"]}.items()
    ]
    areas = details["auc_with_the_answer_in_the_input"]
    known = ", ".join(f"{name} {area:.3f}" for name, area in areas.items() if area is not None)
    note = known and f"ROC-AUC with the answer in the input, as the original measured: {known}"
    title = f"One item hidden of each of {details['test_baskets']:,} baskets, to be found again"
    return [Table(title, ("", *WORDS.values()), rows, note)]


def summarise(results: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Compare the network with each baseline on the same splits, pair by pair."""
    runs = list(results.values())
    return {
        "differences": {
            baseline: {
                key: paired_difference(
                    [run["scores"][key] for run in runs],
                    [run["baselines"][baseline][key] for run in runs],
                ).as_dict()
                for key in COMPARED
            }
            for baseline in runs[0]["baselines"]
        }
    }


def summary_tables(summary: Mapping[str, Any]) -> list[Table]:
    """Return how much better than each baseline the network is, with intervals."""
    rows = [
        (f"{WORDS[key]} minus that of {baseline}", f"{one['mean']:+.4f}", _interval(one))
        for baseline, differences in summary["details"]["differences"].items()
        for key, one in differences.items()
    ]
    return [Table("The network on the same splits", ("", "mean", "95 % interval"), rows)]


def _interval(difference: Mapping[str, Any]) -> str:
    if difference["low"] is None:
        return ""
    return f"{difference['low']:+.4f} to {difference['high']:+.4f}"
