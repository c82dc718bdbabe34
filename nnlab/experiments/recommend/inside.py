"""Recommendations of a network beside those of simple recommenders."""

from collections.abc import Sequence

import numpy as np

from nnlab.experiments.contract import Answer, Model
from nnlab.experiments.recommend.baselines.ease import EASE
from nnlab.experiments.recommend.config import RecommendConfig, RecommendQuery
from nnlab.experiments.recommend.questions import Asked
from nnlab.experiments.recommend.ranking import best, one_basket, recommended
from nnlab.experiments.recommend.scoring import POPULARITY
from nnlab.results import THIS_NETWORK

LINEAR = "EASE"


def shown(
    model: Model[RecommendConfig], asked: Asked, query: RecommendQuery, ease: EASE | None
) -> Answer:
    """Return what each method recommends for a basket.

    Args:
        model: A trained network.
        asked: The basket.
        query: How many items, and whether to say why.
        ease: Fitted to the training baskets; None if they are not on this machine.
    """
    items, known = model.facts["items"], asked.known
    others = {POPULARITY: np.array(model.facts["shares"])}
    if ease is not None and known:  # of an empty basket it scores all items 0
        others[LINEAR] = ease.scores(one_basket(known, len(items)))[0]
    return {
        "basket": [items[number] for number in known],
        "unknown": asked.unknown,
        "methods": {
            THIS_NETWORK: list(recommended(model, known, query)),
            **{name: _ranked(items, scores, known, query.top) for name, scores in others.items()},
        },
    }


def _ranked(
    items: Sequence[str], scores: np.ndarray, known: Sequence[int], top: int
) -> list[Answer]:
    return [
        {"item": items[number], "score": round(float(scores[number]), 6)}
        for number in best(scores, known, top)
    ]
