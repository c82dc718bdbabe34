"""Laying images out in the plane: pictures in, places out."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import nnlab
from nnlab.checkpoint import write
from nnlab.datasets.store import Store
from nnlab.errors import CheckpointError, DataError
from nnlab.experiments.embed import EXPERIMENT as EMBED
from nnlab.experiments.embed.config import EmbedConfig
from nnlab.experiments.embed.scoring import decoder, encoder
from nnlab.runs.answering import Trained
from nnlab.runs.folder import RunFolder
from nnlab.runs.single import run
from tests.annotations import Record
from tests.idx_files import write_idx
from tests.watching import make_workshop

PNG = str(Path(__file__).parents[3] / "data" / "examples" / "7.png")


def configured(**given: object) -> EmbedConfig:
    return EMBED.configure({"dataset": "sample", "letters": "a-c", "epochs": 2, **given}, "test")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    folder = RunFolder(tmp_path_factory.mktemp("embed"))
    run(EMBED, configured(), folder, make_workshop())
    return folder


@pytest.fixture
def trained(folder: RunFolder) -> Trained:
    return nnlab.load(folder.best)


def test_the_preset_is_the_reports() -> None:
    config = configured(epochs=50)
    assert (config.units, config.batch_size, config.optimizer) == (256, 100, "rmsprop")
    network = EMBED.build(config, {"image_shape": [28, 28]})
    assert network.count_params() == 785 * 256 + 257 * 2 + 3 * 256 + 257 * 784


def test_only_the_letters_asked_for_are_loaded() -> None:
    data = EMBED.load(configured(letters="a,c-d"), Store(offline=True), print)
    assert data.facts["class_names"] == ["a", "c", "d"]
    assert set(np.unique(data.arrays["labels"])) == {0, 1, 2}


def test_images_of_one_pixel_are_refused_before_they_are_trained_on(tmp_path: Path) -> None:
    images, labels = tmp_path / "images", tmp_path / "labels"
    write_idx(images, np.zeros((60, 1, 1), np.uint8))
    write_idx(labels, np.arange(60, dtype=np.uint8) % 2)
    config = EMBED.configure({"images": str(images), "labels": str(labels)}, "test")
    with pytest.raises(DataError, match="expected images of 2 pixels or more"):
        EMBED.load(config, Store(offline=True), print)


def test_the_two_halves_are_the_whole(trained: Trained) -> None:
    images = np.random.default_rng(0).integers(0, 256, (5, 28, 28)).astype(np.uint8)
    whole = trained.network.predict(images)
    halves = decoder(trained.network).predict(encoder(trained.network).predict(images))
    np.testing.assert_allclose(halves, whole, atol=1e-6)


def test_few_images_are_scored_by_what_can_be_scored(trained: Trained) -> None:
    data = EMBED.load(configured(), Store(offline=True), print)
    few = {name: data.arrays[name][:9] for name in ("test_images", "test_labels")}
    data = dataclasses.replace(data, arrays={**data.arrays, **few})
    scores = EMBED.score(trained.model, data).scores
    assert "trustworthiness" not in scores
    assert "nn_1" in scores


def test_a_picture_without_a_character_is_named(trained: Trained, tmp_path: Path) -> None:
    Image.new("L", (30, 30), 255).save(tmp_path / "white.png")
    with pytest.raises(DataError, match=r"white\.png: no ink found"):
        trained.answer([str(tmp_path / "white.png")])


def test_an_answer_is_a_place_and_what_lies_near(trained: Trained) -> None:
    (answer,) = trained.answer([PNG], top=4)
    assert len(answer["neighbours"]) == 4
    assert answer["nearest"].split() == [one["class"] for one in answer["neighbours"]]
    distances = [one["distance"] for one in answer["neighbours"]]
    assert distances == sorted(distances)
    landmarks = np.array(trained.header.facts["landmarks"])
    nearest = np.hypot(*(landmarks - [answer["x"], answer["y"]]).T).min()
    assert distances[0] == pytest.approx(nearest, abs=1e-3)


@pytest.mark.parametrize(
    "facts",
    [
        {"landmarks": [[1.0]]},
        {"landmarks": [["1", "2"]], "landmark_classes": [0]},
        {"landmark_classes": [7]},
        {"class_names": "abc"},
        {"characters": 1},
        {"image_shape": [27, 28]},
    ],
)
def test_facts_that_do_not_fit_are_refused(trained: Trained, tmp_path: Path, facts: Record) -> None:
    header = dataclasses.replace(trained.header, facts={**trained.header.facts, **facts})
    write(tmp_path / "odd.h5", header, {"model": trained.weights})
    with pytest.raises(CheckpointError, match=r"odd\.h5"):
        nnlab.load(tmp_path / "odd.h5")


def test_a_run_that_is_not_scored_yet_answers_without_neighbours(
    trained: Trained, tmp_path: Path
) -> None:
    facts = {k: v for k, v in trained.header.facts.items() if not k.startswith("landmark")}
    header = dataclasses.replace(trained.header, facts=facts)
    write(tmp_path / "new.h5", header, {"model": trained.weights})
    (answer,) = nnlab.load(tmp_path / "new.h5").answer([PNG])
    assert answer["neighbours"] == []
