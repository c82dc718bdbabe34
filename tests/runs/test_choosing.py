"""Which checkpoint a name stands for."""

import shutil
from pathlib import Path

import pytest

import nnlab
from nnlab.errors import CheckpointError
from nnlab.runs.choosing import checkpoint_file, shipped_checkpoint
from tests.annotations import Shell


def test_the_name_of_an_experiment_stands_for_the_shipped_network(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert checkpoint_file(Path("classify")) == shipped_checkpoint("classify")
    assert checkpoint_file(Path("../classify")) == Path("../classify")
    Path("classify").write_text("")
    assert checkpoint_file(Path("classify")) == Path("classify")


def test_a_run_folder_stands_for_its_best_weights(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    shutil.copy(checkpoint_file(Path("classify")), tmp_path / "run" / "best.h5")
    assert nnlab.load("run").path == Path("run", "best.h5")
    assert checkpoint_file(Path("none.h5")) == Path("none.h5")


def test_a_group_is_refused_with_the_names_of_its_runs(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "group").mkdir()
    (tmp_path / "group" / "group.json").write_text("{}")
    with pytest.raises(CheckpointError, match="there is none below it"):
        nnlab.load("group")
    for seed in range(12):
        folder = tmp_path / "group" / f"seed-{seed}"
        folder.mkdir()
        (folder / "best.h5").touch()
    with pytest.raises(CheckpointError, match=r"name one below it: group/seed-0, .*\.\.\.$"):
        nnlab.load("group")
    for arguments in (["show", "group"], ["classify", "7.png", "--checkpoint", "group"]):
        result = shell(*arguments)
        assert result.returncode == 4
        assert "group/seed-0" in result.stderr
