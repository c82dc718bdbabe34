"""What a checkpoint answers, and what it cannot be made to say."""

import dataclasses
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnlab
from nnlab.checkpoint import write
from nnlab.datasets.store import Store
from nnlab.errors import CheckpointError, UsageError
from nnlab.experiments.contract import Note
from nnlab.runs.answering import Trained
from nnlab.runs.choosing import shipped_checkpoint
from tests.annotations import Shell

PNG = str(Path(__file__).parents[2] / "data" / "examples" / "7.png")


@pytest.fixture(scope="module")
def shipped() -> Trained:
    path = shipped_checkpoint("classify")
    assert path is not None
    return nnlab.load(path)


@pytest.fixture
def too_large(shipped: Trained, tmp_path: Path) -> Path:
    """Write a checkpoint of finite weights that overflow."""
    huge = {name: np.full_like(array, 3e38) for name, array in shipped.weights.items()}
    path = tmp_path / "huge.h5"
    write(path, shipped.header, {"model": huge})
    return path


def test_weights_too_large_to_compute_with_are_refused(too_large: Path) -> None:
    trained = nnlab.load(too_large)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(CheckpointError, match=r"huge\.h5: expected finite numbers"):
            trained.answer([PNG])


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_the_shell_prints_no_nan(shell: Shell, too_large: Path, form: list[str]) -> None:
    result = shell("classify", PNG, "-q", "--checkpoint", too_large, *form)
    assert (result.returncode, result.stdout) == (4, "")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "facts", [{"class_names": "x" * 1_000_000}, {"image_shape": [0] * 100_000}]
)
def test_a_refusal_stays_short(shipped: Trained, facts: dict[str, object]) -> None:
    with pytest.raises(CheckpointError) as caught:
        shipped.experiment.check_facts({**shipped.header.facts, **facts}, shipped.network)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    ("part", "value", "reason"),
    [
        ("dataset", {}, "expected name, sha256, sample and files"),
        ("metrics", {"scores": 5}, "expected numbers as scores, got 5"),
        ("metrics", {"scores": {"accuracy": "high"}}, "expected numbers as scores"),
    ],
)
def test_what_a_checkpoint_says_of_its_training_is_checked(
    shipped: Trained, tmp_path: Path, part: str, value: Any, reason: str
) -> None:
    header = dataclasses.replace(shipped.header, **{part: value})
    write(tmp_path / "made.h5", header, {"model": shipped.weights})
    with pytest.raises(CheckpointError, match=rf"made\.h5: {reason}"):
        assert nnlab.load(tmp_path / "made.h5").scores


def test_an_exported_copy_carries_no_state_of_the_training(
    shipped: Trained, shell: Shell, tmp_path: Path
) -> None:
    header = dataclasses.replace(shipped.header, state={"epoch": 3, "step": 1})
    write(tmp_path / "last.h5", header, {"model": shipped.weights})
    assert shell("export", "last.h5", "-o", "small.h5").returncode == 0
    assert nnlab.load("small.h5").header.state == {}


def test_notes_are_no_answers(shipped: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    said = [Note("left out"), {"label": "7"}, Note("again")]
    monkeypatch.setattr(type(shipped.experiment), "answer", lambda *arguments: iter(said))
    assert shipped.answer([PNG]) == [{"label": "7"}]
    assert list(shipped.answers([PNG])) == said


def test_answers_that_are_lines_have_no_stream(shipped: Trained) -> None:
    assert shipped.stream([PNG], shipped.experiment.Query()) is None


def test_what_goes_wrong_in_a_stream_names_the_file(
    shipped: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stream(*arguments: object) -> Iterator[str]:
        yield "a"
        raise CheckpointError("expected another network")

    monkeypatch.setattr(type(shipped.experiment), "stream", stream)
    pieces = shipped.stream([PNG], shipped.experiment.Query())
    assert pieces is not None
    assert next(pieces) == "a"
    with pytest.raises(CheckpointError, match=r"classify\.modern\.h5: expected another network"):
        next(pieces)


def test_every_door_names_the_file_with_weights_too_large(too_large: Path) -> None:
    trained = nnlab.load(too_large)
    with pytest.raises(CheckpointError, match=r"huge\.h5: expected finite numbers"):
        trained.inside(PNG)
    writer = nnlab.load(shipped_checkpoint("textgen") or "")
    huge = {name: np.full_like(array, 3e38) for name, array in writer.weights.items()}
    path = too_large.with_name("text.h5")
    write(path, writer.header, {"model": huge})
    events = nnlab.load(path).events(["a"])
    assert events is not None
    with pytest.raises(CheckpointError, match=r"text\.h5: expected finite numbers"):
        list(events)


def test_an_experiment_that_shows_nothing_says_so() -> None:
    trained = nnlab.load("denoise")
    assert (trained.exhibit(), trained.events([PNG])) == ({}, None)
    with pytest.raises(UsageError, match="nnlab does not show how denoise comes to its answers"):
        trained.inside(PNG)


def test_a_background_needs_the_data_of_the_training_and_downloads_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def download(*_: object) -> Path:
        raise AssertionError

    monkeypatch.setattr("nnlab.datasets.store.download.download", download)
    for name in ("recommend", "translate"):
        assert nnlab.load(name).background(Store(tmp_path)) is None
    trained = nnlab.load("recommend")
    dataset = {"name": "sample", "sha256": "0" * 64, "sample": True, "files": []}
    changed = tmp_path / "changed.h5"
    header = dataclasses.replace(trained.header, dataset=dataset)
    write(changed, header, {"model": trained.weights})
    assert nnlab.load(changed).background(Store()) is None
    assert nnlab.load("classify").background(Store()) is None
