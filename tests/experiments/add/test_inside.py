"""A sum place by place, as both kinds of network write it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnlab
from nnlab.datasets.text.sums import carries, to_text
from nnlab.errors import UsageError
from nnlab.experiments.add.config import AddQuery
from nnlab.runs.answering import Trained
from tests.experiments.textgen.networks import write_untrained

NETWORKS = {name: nnlab.load(name) for name in ("add.modern", "add.report", "add.report.base-16")}
numbers = st.integers(0, 999)


@given(name=st.sampled_from(sorted(NETWORKS)), first=numbers, second=numbers)
def test_places_spell_the_answer_and_mark_the_carries(name: str, first: int, second: int) -> None:
    trained = NETWORKS[name]
    base = trained.exhibit()["base"]
    text = f"{to_text(first, base)}+{to_text(second, base)}"
    shown = trained.inside(text, AddQuery(base=base))
    (answer,) = trained.answer([text], base=base, check=True)
    assert {key: shown[key] for key in ("input", "answer", "expected", "right")} == {
        key: answer[key] for key in ("input", "answer", "expected", "right")
    }
    places = shown["characters"]
    for key, whole in (("character", "answer"), ("expected", "expected")):
        spelt = "".join(place[key] for place in places).strip()
        assert spelt.lstrip("0") == shown[whole].lstrip("0")
    assert sum(place["carry"] for place in places) == carries(
        np.array(first), np.array(second), base
    )
    for place in places:
        best = [one["probability"] for one in place["likeliest"]]
        assert best == sorted(best, reverse=True)
        assert (best[0], place["likeliest"][0]["character"]) == (
            place["probability"],
            place["character"],
        )


def test_carries_stand_above_the_places_that_they_go_into() -> None:
    for trained in (NETWORKS["add.modern"], NETWORKS["add.report"]):
        shown = trained.inside("95 + 7")
        assert [place["expected"] for place in shown["characters"]] == ["1", "0", "2"]
        assert [place["carry"] for place in shown["characters"]] == [1, 1, 0]
        assert shown["operands"] == ["95", "7"]


def test_of_many_numbers_the_last_addition_is_shown() -> None:
    shown = NETWORKS["add.modern"].inside("12+9+80")
    assert (shown["answer"], shown["operands"]) == ("101", ["12", "9", "80"])
    assert [place["carry"] for place in shown["characters"]] == [True, True, False]


@pytest.fixture(scope="module")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Trained]:
    folder = tmp_path_factory.mktemp("untrained")
    given = {"units": 8, "problems": 2000}
    return {
        preset: nnlab.load(write_untrained(folder / f"{preset}.h5", "add", preset=preset, **given))
        for preset in ("report", "modern")
    }


@pytest.mark.parametrize("preset", ["report", "modern"])
def test_a_wrong_answer_is_shown_beside_the_right_one(
    untrained: dict[str, Trained], preset: str
) -> None:
    shown = untrained[preset].inside("999+1")
    assert not shown["right"]
    assert "".join(place["expected"] for place in shown["characters"]).strip() == "1000"
    assert shown["answer"] == untrained[preset].answer(["999+1"])[0]["answer"]


@pytest.mark.parametrize("text", ["", "12", "1+x", "1+-1"])
def test_what_is_no_sum_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        NETWORKS["add.modern"].inside(text)
