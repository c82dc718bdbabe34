"""The items that a network recommends for a basket, and why."""

from collections.abc import Iterator, Sequence

import numpy as np

from nnlab.experiments.contract import Answer, Model
from nnlab.experiments.recommend import networks
from nnlab.experiments.recommend.config import RecommendConfig, RecommendQuery


def recommended(
    model: Model[RecommendConfig], known: Sequence[int], query: RecommendQuery
) -> Iterator[Answer]:
    """Yield the best items that are not in a basket, best first, with their scores.

    Args:
        model: A trained network.
        known: The numbers of the items in the basket.
        query: How many, and whether to say why.
    """
    items = model.facts["items"]
    basket = one_basket(known, len(items))
    alone = networks.scores_of_an_empty_basket(model.facts)
    some_left = len(known) < len(items)
    scores = networks.scores(model, basket)[0] if known and some_left else alone
    without = _without_each(model, basket, known) if query.explain else None
    for number in best(scores, known, query.top):
        answer: Answer = {"item": items[number], "score": round(float(scores[number]), 6)}
        if without is not None:
            answer |= _reasons(items, known, scores[number] - without[:, number])
        yield answer


def one_basket(known: Sequence[int], count: int) -> np.ndarray:
    """Return a basket as networks take it, float32 (1, count): 1 for each of its items."""
    basket = np.zeros((1, count), np.float32)
    basket[0, known] = 1
    return basket


def best(scores: np.ndarray, known: Sequence[int], top: int) -> np.ndarray:
    """Return the numbers of the items with the highest scores (items,), best first.

    Args:
        scores: Of all items.
        known: Items that do not count, because they are in the basket.
        top: How many, at most.
    """
    others = np.array(scores, np.float64)
    others[known] = -np.inf
    return (-others).argsort(kind="stable")[: min(top, len(others) - len(known))]


def _without_each(
    model: Model[RecommendConfig], basket: np.ndarray, known: Sequence[int]
) -> np.ndarray:
    """Return the scores of all items (len(known), items) without each item of a basket."""
    if not known:
        return np.empty((0, basket.shape[1]))
    others = np.repeat(basket, len(known), axis=0)
    others[np.arange(len(known)), known] = 0
    if len(known) == 1:  # of an empty basket nobody asks the network
        return networks.scores_of_an_empty_basket(model.facts)[None]
    return networks.scores(model, others)


def _reasons(items: Sequence[str], known: Sequence[int], adds: np.ndarray) -> Answer:
    """Return what each item of the basket adds to a score, the most important first."""
    order = (-adds).argsort(kind="stable")
    parts = [{"item": items[known[place]], "adds": round(float(adds[place]), 6)} for place in order]
    words = ", ".join(f"{part['item']} {part['adds']:+.4f}" for part in parts)
    return {"because": words, "reasons": parts}
