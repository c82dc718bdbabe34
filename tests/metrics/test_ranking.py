"""Scores of recommenders, compared with values by hand and by brute force, and as properties."""

import dataclasses
import json
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from nnlab.metrics import auc, mrr, ndcg_at, ranks, recall_at, recall_curve, wilson_interval

Recommendations = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Scores, the hidden item of each basket, and what else is in it."""

some = settings(max_examples=60)


@st.composite
def recommendations(draw: st.DrawFn) -> Recommendations:
    """Return scores with ties, baskets that lack some items, and an item hidden from each."""
    baskets, items = draw(st.integers(1, 6)), draw(st.integers(2, 8))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    scores = rng.integers(0, 4, (baskets, items)).astype(np.float32)
    known = rng.random((baskets, items)) < 0.4
    hidden = rng.integers(items, size=baskets)
    known[np.arange(baskets), hidden] = False
    return scores, hidden, known


def test_items_in_the_basket_are_not_ranked() -> None:
    scores = np.array([[0.9, 0.8, 0.5, 0.1]])
    known = np.array([[1, 0, 0, 0]])
    assert ranks(scores, [2], known).tolist() == [2]
    assert ranks(scores, [2], known * 0).tolist() == [3]


def test_equal_scores_share_their_mean_rank() -> None:
    assert ranks(np.zeros((3, 5)), [0, 2, 4], np.zeros((3, 5))).tolist() == [3, 3, 3]
    assert ranks([[1, 1, 0, 0]], [1], [[0, 0, 0, 1]]).tolist() == [1.5]


@some
@given(recommendations())
def test_ranks_match_a_search(given_: Recommendations) -> None:
    scores, hidden, known = given_
    for row, rank in enumerate(ranks(scores, hidden, csr_matrix(known.astype(np.float32)))):
        rivals = [j for j in range(scores.shape[1]) if not known[row, j]]
        better = sum(scores[row, j] > scores[row, hidden[row]] for j in rivals)
        equal = sum(scores[row, j] == scores[row, hidden[row]] for j in rivals)
        assert rank == np.mean([better + 1, better + equal])


@some
@given(recommendations(), st.integers(0, 99))
def test_ranks_depend_neither_on_the_order_of_items_nor_on_a_monotone_scale(
    given_: Recommendations, seed: int
) -> None:
    scores, hidden, known = given_
    expected = ranks(scores, hidden, known)
    order = np.random.default_rng(seed).permutation(scores.shape[1])
    moved = np.argsort(order)[hidden]
    assert np.array_equal(ranks(np.exp(scores)[:, order], moved, known[:, order]), expected)


@pytest.mark.parametrize(
    ("scores", "hidden", "known", "message"),
    [
        ([[0.0, 1.0]], [0], [[1, 0]], "not in their baskets"),
        ([[0.0, np.nan]], [0], [[0, 0]], "NaN"),
        ([[0.0, 1.0]], [2], [[0, 0]], "items 0 to 1"),
        ([[0.0, 1.0]], [-1], [[0, 0]], "items 0 to 1"),
        ([[0.0, 1.0]], [0, 1], [[0, 0]], "one hidden item per basket"),
        ([[0.0, 1.0]], [0], [[0, 0, 0]], "one hidden item per basket"),
    ],
)
def test_invalid_scores_and_baskets_are_refused(
    scores: list[list[float]], hidden: list[int], known: list[list[int]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        ranks(scores, hidden, np.array(known))


def test_scores_of_ranks_by_hand() -> None:
    places = np.array([1.0, 3.0, 10.0, 20.0])
    assert recall_at(places, 1) == 0.25
    assert recall_at(places, 10) == 0.75
    assert ndcg_at(places, 5) == pytest.approx((1 + 0.5) / 4)
    assert ndcg_at(places, 20) == pytest.approx((1 + 0.5 + 1 / np.log2(11) + 1 / np.log2(21)) / 4)
    assert mrr(places) == pytest.approx((1 + 1 / 3 + 0.1 + 0.05) / 4)


@pytest.mark.parametrize("places", [[], [0.0], [np.nan], [[1.0]]])
@pytest.mark.parametrize(
    "score", [mrr, recall_curve, lambda r: recall_at(r, 5), lambda r: ndcg_at(r, 5)]
)
def test_an_empty_list_of_ranks_is_refused(
    places: list[float] | list[list[float]], score: Callable[[np.ndarray], object]
) -> None:
    with pytest.raises(ValueError, match="ranks of at least 1"):
        score(np.array(places))


def test_the_recall_curve_has_intervals_and_is_valid_json() -> None:
    places = np.array([1.0, 2.5, 4.0, 30.0])
    curve = recall_curve(places)
    assert len(curve) == 20
    assert [row.recall for row in curve[:5]] == [0.25, 0.25, 0.5, 0.75, 0.75]
    assert (curve[2].low, curve[2].high) == dataclasses.astuple(wilson_interval(2, 4))
    assert json.loads(json.dumps(dataclasses.asdict(curve[0])))["k"] == 1


@some
@given(recommendations())
def test_auc_counts_the_pairs_of_each_basket(given_: Recommendations) -> None:
    scores, _, baskets = given_
    areas = []
    for row, inside in zip(scores, baskets, strict=True):
        pairs = [
            (a > b) + (a == b) / 2 for a in row[inside].tolist() for b in row[~inside].tolist()
        ]
        areas += [np.mean(pairs)] if pairs else []
    area = auc(scores, csr_matrix(baskets))
    assert area == (pytest.approx(np.mean(areas)) if areas else None)


def test_auc_by_hand_and_none_without_pairs() -> None:
    assert auc([[3.0, 2, 1]], np.array([[1, 0, 1]])) == 0.5
    assert auc([[3.0, 2.0, 1.0], [1.0, 2.0, 3.0]], np.array([[1, 0, 0], [0, 0, 0]])) == 1
    assert auc([[3.0, 2]], np.array([[1, 1]])) is None
    with pytest.raises(ValueError, match="one score per item"):
        auc([[1.0, np.nan]], np.array([[1, 0]]))
