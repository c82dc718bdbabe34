import json
import os
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

from nnlab.errors import DataError
from nnlab.runs import folder as runs
from nnlab.runs.folder import RunFolder


def finished(path: Path, age: int = 0) -> RunFolder:
    path.mkdir(parents=True)
    run = RunFolder(path)
    run.config.write_text("{}")
    run.best.write_bytes(b"weights")
    run.metrics.write_text("{}")
    os.utime(run.metrics, (1e9 - age, 1e9 - age))
    return run


def test_new_folders_are_numbered_on_from_the_highest(tmp_path: Path) -> None:
    assert runs.new_folder(tmp_path, "classify") == tmp_path / "classify" / "1"
    (tmp_path / "classify" / "7").mkdir()
    (tmp_path / "classify" / "notes").mkdir()
    assert runs.new_folder(tmp_path, "classify").name == "8"


def test_the_newest_finished_run_is_found_in_groups_too(tmp_path: Path) -> None:
    finished(tmp_path / "classify" / "1", age=20)
    member = finished(tmp_path / "classify" / "2" / "seed-1", age=10)
    unfinished = finished(tmp_path / "classify" / "3", age=0)
    unfinished.metrics.unlink()
    assert runs.newest_finished(tmp_path, "classify") == member
    assert runs.newest_finished(tmp_path, "textgen") is None


def test_a_folder_that_cannot_be_read_has_no_finished_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished(tmp_path / "classify" / "1")

    def refuse(*_: object) -> NoReturn:
        raise PermissionError

    monkeypatch.setattr(Path, "glob", refuse)
    assert runs.newest_finished(tmp_path, "classify") is None


def test_the_history_keeps_gaps(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    assert run.read_history() == {}
    run.write_history([{"epoch": 0, "loss": None}, {"epoch": 1, "loss": 0.1 + 0.2}])
    assert run.read_history() == {"epoch": [0, 1], "loss": [None, 0.1 + 0.2]}


def test_evidence_is_kept(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    assert run.read_evidence() == {}
    run.write_evidence({"images": np.eye(3)})
    np.testing.assert_array_equal(run.read_evidence()["images"], np.eye(3))


@pytest.mark.parametrize("content", [None, "", "{"])
def test_a_damaged_json_file_is_told_by_name(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "metrics.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(DataError, match=r"metrics\.json"):
        runs.read_json(path)


@pytest.mark.parametrize("name", ["seed-1", "units=128,seed=2"])
def test_names_of_runs_may_say_their_settings(name: str) -> None:
    assert runs.is_name(name)


@pytest.mark.parametrize("name", ["", "../up", "a/b", "..", "/etc", "a\x00b", "a\n"])
def test_names_that_lead_elsewhere_are_none(name: str) -> None:
    assert not runs.is_name(name)


def test_json_of_a_run_is_read(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"seed": 1}))
    assert runs.read_json(tmp_path / "config.json") == {"seed": 1}


def test_damaged_evidence_is_named(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    assert folder.read_evidence() == {}
    folder.write_evidence({"points": np.zeros(1000)})
    content = folder.evidence.read_bytes()
    for damaged in (b"", b"PK", content[:200], content[:100] + b"\xff" * 100 + content[200:]):
        folder.evidence.write_bytes(damaged)
        with pytest.raises(DataError, match=r"evidence\.npz"):
            folder.read_evidence()
