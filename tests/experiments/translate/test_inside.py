"""A translation, where the network looked, and the nearest sentence that it learned."""

import json
from typing import Any

import numpy as np
import pytest

import nnlab
from nnlab.datasets.store import Store
from nnlab.errors import DataError
from nnlab.experiments.translate.config import TranslateQuery
from nnlab.runs.answering import Trained
from tests.experiments.textgen.networks import write_untrained

TEXT = "Where is the house?"
SMALL: dict[str, Any] = {"pairs": "sample", "units": 16}


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Trained]:
    folder = tmp_path_factory.mktemp("translators")
    modern = {**SMALL, "preset": "modern", "blocks": 1, "subwords": 400}
    return {
        "lstm": nnlab.load(write_untrained(folder / "l.h5", "translate", **SMALL)),
        "transformer": nnlab.load(write_untrained(folder / "t.h5", "translate", **modern)),
    }


def test_attention_is_that_of_the_answer(networks: dict[str, Trained]) -> None:
    shown = networks["transformer"].inside(TEXT)
    (answer,) = networks["transformer"].answer([TEXT], attention=True, scores=True)
    assert shown["pieces"] == answer["target_pieces"]
    for key in ("source", "translation", "score", "source_pieces"):
        assert shown[key] == answer[key]
    np.testing.assert_allclose(shown["attention"], answer["attention"], atol=1e-4)


def test_no_part_of_a_long_text_looks_at_another(networks: dict[str, Trained]) -> None:
    text = " ".join([TEXT] * 12)
    shown = networks["transformer"].inside(text)
    (answer,) = networks["transformer"].answer([text], attention=True)
    assert len(answer["parts"]) > 1
    attention = np.array(shown["attention"])
    assert attention.shape == (len(shown["pieces"]), len(shown["source_pieces"]))
    np.testing.assert_allclose(attention.sum(axis=1), 1, atol=0.01)
    first = answer["parts"][0]
    rows, columns = len(first["target_pieces"]), len(first["source_pieces"])
    assert not attention[:rows, columns:].any()
    assert not attention[rows:, :columns].any()


def test_a_network_without_attention_has_characters_for_pieces(
    networks: dict[str, Trained],
) -> None:
    shown = networks["lstm"].inside(TEXT, TranslateQuery(beam=2))
    assert (shown["attention"], "".join(shown["source_pieces"])) == (None, TEXT)
    assert "".join(shown["pieces"]) == shown["translation"]
    (answer,) = networks["lstm"].answer([TEXT], beam=2)
    assert shown["translation"] == answer["translation"]


@pytest.mark.parametrize("name", ["lstm", "transformer"])
def test_the_nearest_sentence_is_one_of_the_training_set(
    networks: dict[str, Trained], name: str
) -> None:
    trained = networks[name]
    learned = trained.background(Store())
    data = trained.experiment.load(trained.config(), Store(), lambda _: None)
    for row in data.arrays["training"][:20]:
        pair = {"source": str(data.arrays["sources"][row])}
        found = trained.inside(pair["source"], background=learned)["nearest"]
        assert found["source"] == pair["source"]
    tested = str(data.arrays["sources"][data.arrays["test"][0]])
    assert trained.inside(tested, background=learned)["nearest"]["source"] != tested
    assert trained.inside("\u4e00", background=learned)["nearest"] is None
    assert trained.inside(TEXT)["nearest"] is None


@pytest.mark.parametrize("name", ["lstm", "transformer"])
def test_texts_of_any_length_but_too_long_ones_are_shown(
    networks: dict[str, Trained], name: str
) -> None:
    shown = networks[name].inside("")
    assert (shown["translation"], shown["source_pieces"], shown["pieces"]) == ("", [], [])
    json.dumps(shown, allow_nan=False)
    with pytest.raises(DataError, match="at most 1,000 characters"):
        networks[name].inside("a" * 1001)


def test_the_direction_is_told(networks: dict[str, Trained]) -> None:
    assert networks["lstm"].exhibit() == {"reverse": False}
