"""Recommendations of a network beside those of simple recommenders."""

from pathlib import Path

import numpy as np
import pytest

import nnlab
from nnlab.datasets.store import Store
from nnlab.errors import UsageError
from nnlab.experiments.recommend.config import RecommendQuery
from nnlab.runs.answering import Trained
from tests.experiments.textgen.networks import write_untrained


@pytest.fixture(scope="module", params=["report", "modern"])
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    path: Path = tmp_path_factory.mktemp("recommend") / "r.h5"
    return nnlab.load(write_untrained(path, "recommend", preset=request.param, baskets="sample"))


@pytest.mark.parametrize("basket", ["yogurt", "Yogurt, bananas", ""])
def test_the_networks_column_is_its_answer(trained: Trained, basket: str) -> None:
    shown = trained.inside(basket, RecommendQuery(top=4, explain=True))
    answers = trained.answer([basket], top=4, explain=True)
    assert shown["methods"]["this network"] == [
        {name: value for name, value in answer.items() if name != "basket"} for answer in answers
    ]
    assert shown["basket"] == [one.lower() for one in basket.split(", ") if one]


def test_every_method_recommends_what_is_not_in_the_basket(trained: Trained) -> None:
    ease = trained.background(Store())
    count = len(trained.exhibit()["items"])
    shown = trained.inside("yogurt, bananas", RecommendQuery(top=count), background=ease)
    assert list(shown["methods"]) == ["this network", "popularity", "EASE"]
    for ranking in shown["methods"].values():
        assert len({one["item"] for one in ranking} - {"yogurt", "bananas"}) == count - 2
        scores = [one["score"] for one in ranking]
        assert scores == sorted(scores, reverse=True)


def test_popularity_is_the_share_of_baskets(trained: Trained) -> None:
    shares = {one["item"]: one["share"] for one in trained.exhibit()["items"]}
    for one in trained.inside("bananas")["methods"]["popularity"]:
        assert one["score"] == shares[one["item"]]


def test_ease_is_fitted_to_the_baskets_of_the_training(trained: Trained) -> None:
    data = trained.experiment.load(trained.config(), Store(), lambda _: None)
    rows = np.concatenate([data.arrays["training"], data.arrays["validation"]])
    baskets = data.arrays["baskets"][rows].astype(float)
    inverse = np.linalg.inv(baskets.T @ baskets + 1000 * np.eye(baskets.shape[1]))
    bananas = data.facts["items"].index("bananas")
    shown = trained.inside("bananas", background=trained.background(Store()))
    for one in shown["methods"]["EASE"]:
        other = data.facts["items"].index(one["item"])
        expected = -inverse[bananas, other] / inverse[other, other]
        assert one["score"] == pytest.approx(expected, abs=1e-5)


def test_ease_is_left_out_where_it_has_nothing_to_say(trained: Trained) -> None:
    assert "EASE" not in trained.inside("bananas")["methods"]
    assert "EASE" not in trained.inside("", background=trained.background(Store()))["methods"]


def test_unknown_items_are_named(trained: Trained) -> None:
    shown = trained.inside("bananas, unobtainium")
    assert (shown["basket"], shown["unknown"]) == (["bananas"], ["unobtainium"])
    assert shown["methods"] == trained.inside("bananas")["methods"]
    with pytest.raises(UsageError):
        trained.inside('"bananas')
