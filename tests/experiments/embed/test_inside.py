"""The plane, and what the decoder draws at a place."""

from pathlib import Path

import numpy as np
import pytest

import nnlab
from nnlab.errors import UsageError
from nnlab.experiments.embed.config import EmbedLook, EmbedQuery
from nnlab.experiments.embed.scoring import decoder
from nnlab.runs.answering import Trained
from tests.experiments.classify.test_inside import PNG, pixels
from tests.experiments.textgen.networks import write_untrained


@pytest.fixture(scope="module")
def shipped() -> Trained:
    return nnlab.load("embed.report")


def test_a_picture_has_the_place_of_its_answer(shipped: Trained) -> None:
    shown = shipped.inside(PNG, EmbedQuery(top=2))
    (answer,) = shipped.answer([PNG], top=2)
    assert answer.items() <= shown.items()
    assert pixels(shown["image"]).shape == (28, 28)


def test_the_decoder_draws_at_the_place_of_a_picture_and_at_any_other(shipped: Trained) -> None:
    seen = shipped.inside(PNG)
    there = shipped.inside(look=EmbedLook(x=seen["x"], y=seen["y"]))
    assert "image" not in there
    expected = decoder(shipped.network)(np.array([[seen["x"], seen["y"]]])).reshape(28, 28)
    np.testing.assert_allclose(pixels(there["drawn"]), 255 * expected, atol=0.51)
    difference = pixels(seen["drawn"]).astype(int) - pixels(there["drawn"])
    assert np.abs(difference).max() <= 1  # the place is rounded


def test_the_landmarks_lie_in_the_part_to_draw(shipped: Trained) -> None:
    shown = shipped.exhibit()
    points = np.array(shown["points"])
    inside = [
        (low <= points[:, k]) & (points[:, k] <= high)
        for k, (low, high) in enumerate((shown["x"], shown["y"]))
    ]
    assert np.logical_and(*inside).mean() > 0.97
    assert set(points[:, 2]) == set(range(len(shown["class_names"])))


def test_a_network_that_was_never_scored_has_no_landmarks(tmp_path: Path) -> None:
    path = write_untrained(tmp_path / "e.h5", "embed", dataset="sample", letters="a-c", units=8)
    trained = nnlab.load(path)
    assert trained.exhibit()["points"] == trained.inside(PNG)["neighbours"] == []


def test_a_picture_and_a_place_exclude_each_other(shipped: Trained) -> None:
    with pytest.raises(UsageError, match="leave out one of the two"):
        shipped.inside(PNG, look=EmbedLook(x=0.0, y=0.0))
    with pytest.raises(UsageError, match="expected both coordinates"):
        shipped.inside(look=EmbedLook(y=0.0))
