"""Scoring a checkpoint apart from training."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

import nnlab
from nnlab.datasets.images.idx import read_labelled_images
from nnlab.errors import (
    DataError,
    NnlabError,
    OutputExistsError,
    UsageError,
)
from nnlab.experiments.classify import EXPERIMENT as CLASSIFY
from nnlab.experiments.classify.config import ClassifyConfig
from nnlab.experiments.embed import EXPERIMENT as EMBED
from nnlab.runs.evaluation import evaluate
from nnlab.runs.folder import RunFolder
from nnlab.runs.single import run
from tests.idx_files import write_idx
from tests.watching import make_workshop


def test_evaluation_takes_other_images(
    config: ClassifyConfig, folder: RunFolder, tiny_images: tuple[Path, Path], tmp_path: Path
) -> None:
    run(CLASSIFY, config, folder, make_workshop())
    trained = nnlab.load(folder.best)
    images, labels = read_labelled_images(*tiny_images)
    others = tmp_path / "other-images", tmp_path / "other-labels"
    write_idx(others[0], images[:150])
    write_idx(others[1], labels[:150])
    given = dict(zip(("images", "labels"), map(str, others), strict=True))
    metrics = evaluate(trained, given, make_workshop().store, print)
    assert metrics.details.test_images == 150
    assert metrics.scores["accuracy"] >= 0.95


def test_evaluation_on_its_own_images_takes_their_test_part(
    config: ClassifyConfig, folder: RunFolder, tiny_images: tuple[Path, Path]
) -> None:
    run(CLASSIFY, config, folder, make_workshop())
    given = dict(zip(("images", "labels"), map(str, tiny_images), strict=True))
    metrics = evaluate(nnlab.load(folder.best), given, make_workshop().store, print)
    assert metrics.details.test_images == 40


def test_evaluation_on_its_own_pairs_cannot_read_them_otherwise() -> None:
    trained, store, given = (
        nnlab.load("translate.report"),
        make_workshop().store,
        {"pairs": "sample"},
    )
    load = trained.experiment.load_for_evaluation
    sample = load(trained.config(), trained.header.facts, given, store, lambda _: None).source
    trained.source = sample
    with pytest.raises(UsageError, match="leave out --columns, or name other data"):
        evaluate(trained, given | {"columns": "2,1"}, store, print)


def test_evaluation_may_take_a_part_of_the_test_set(folder: RunFolder) -> None:
    config = EMBED.configure({"dataset": "sample", "epochs": 1, "units": 8}, "test")
    run(EMBED, config, folder, make_workshop())
    trained, store = nnlab.load(folder.best), make_workshop().store
    whole = evaluate(trained, {}, store, print).details
    for given in ({"letters": "a-c"}, {"dataset": "sample", "letters": "a-c"}):
        part = evaluate(trained, given, store, print).details
        assert list(part.class_names) == ["a", "b", "c"]
        assert part.test_images < whole.test_images


def test_evaluation_draws_what_it_scored_into_a_folder_of_its_own(tmp_path: Path) -> None:
    trained, store = nnlab.load("classify.report"), make_workshop().store
    drawn = tmp_path / "new" / "figures"
    evaluate(trained, {"dataset": "sample"}, store, print, drawn)
    assert {"network.png", "confusion.png"} <= {path.name for path in drawn.iterdir()}
    with pytest.raises(OutputExistsError, match="new or empty folder"):
        evaluate(trained, {"dataset": "sample"}, store, print, drawn)
    with pytest.raises(NnlabError, match="cannot create the folder"):
        evaluate(trained, {}, store, print, drawn / "network.png" / "x")


def test_evaluation_asks_for_the_set_that_the_network_was_trained_on(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = CLASSIFY.configure({"dataset": "sample", "epochs": 1}, "test")
    run(CLASSIFY, dataclasses.replace(config, dataset=None), folder, make_workshop())
    trained = nnlab.load(folder.best)
    trained.source = dataclasses.replace(trained.source, name="mnist", sample=False)  # not here
    with pytest.raises(DataError, match="mnist"):
        evaluate(trained, {}, make_workshop().store, print)


def test_evaluation_refuses_what_the_network_does_not_know(
    config: ClassifyConfig, folder: RunFolder, tiny_images: tuple[Path, Path], tmp_path: Path
) -> None:
    run(CLASSIFY, config, folder, make_workshop())
    trained = nnlab.load(folder.best)
    with pytest.raises(DataError, match="class names"):
        evaluate(trained, {"dataset": "sample"}, make_workshop().store, print)
    strange = tmp_path / "strange-labels"
    write_idx(strange, np.full(200, 8, np.uint8))
    given = {"images": str(tiny_images[0]), "labels": str(strange)}
    with pytest.raises(DataError, match="label 8"):
        evaluate(trained, given, make_workshop().store, print)
