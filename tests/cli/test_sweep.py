"""`nnlab sweep` from the shell."""

import json
import os
import shlex
import signal
import subprocess
from pathlib import Path

import pytest

from nnlab.cli.main import run
from tests.annotations import Begun, Here, Shell
from tests.sweeps.observing import descendants
from tests.tiny_images import tiny_arguments
from tests.waiting import PATIENCE, wait_for

TINY = [*tiny_arguments("--set="), "--set", "units=8", "--jobs", "2"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["clasify"], "did you mean 'classify'?"),
        (["classify", "--grid", "modle=mlp,cnn"], "did you mean 'model'"),
        (["classify", "--set", "epoch=3"], "did you mean 'epochs'"),
        (["classify", "--grid", "model=mlp,cn"], "'cn' is not one of 'mlp', 'cnn'"),
        (["classify", "--grid", "units=8,many"], "'many' is not a valid integer"),
        (["classify", "--grid", "units"], "expected NAME=VALUE"),
        (["classify", "--set", "epochs=0"], "must be at least 1"),
        (["classify", "--grid", "units=8", "--set", "units=9"], "leave out one of the two"),
        (["classify", "--grid", "units=8", "--grid", "units=9"], "give all its values at once"),
        (["classify", "--on", "cloud"], "--on takes local, ray or ray=ADDRESS"),
        (["classify", "--jobs", "0"], "--jobs"),
        (["classify", "--list", "none.json"], "No such file"),
    ],
)
def test_a_mistake_is_reported_before_anything_starts(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(["sweep", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", '[{"units": 8}, {"unit": 8}]', "setting 2: classify has no option 'unit'"),
        ("a.json", '[{"units": "8"}]', "takes a whole number"),
        ("a.json", '{"units": 8}', "expected a list of objects"),
        ("a.toml", "[[settings]]\nbatch-sizes = 3\n", "did you mean 'batch_size'"),
        ("a.toml", "[[settings", "expected a JSON or TOML file"),
    ],
)
def test_a_mistake_in_a_list_is_reported_with_its_place(
    name: str, text: str, message: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text)
    assert run(["sweep", "classify", "--list", name]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "sweeps").exists()


def test_foreign_folders_and_files_are_left_alone(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert run(["sweep", "classify", "--out", "."]) == 5
    assert run(["sweep", "classify", "--out", "notes.txt"]) == 5
    assert run(["sweep", "classify", "--csv", "notes.txt"]) == 5
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_list_from_the_shell_gives_tables_files_and_json(here: Here, tmp_path: Path) -> None:
    (tmp_path / "list.toml").write_text("[[settings]]\nloss = 'mse'\n[[settings]]\nseed = 7\n")
    command = ["sweep", "classify", *TINY, "--set", "epochs=1", "--list", "list.toml"]
    first = here(*command, "--out", "a", "--csv", "a.csv")
    assert first.returncode == 0, first.stderr
    assert "2 of 2 runs: " in first.stderr
    assert "by validation" in first.stdout
    assert len((tmp_path / "a.csv").read_text().splitlines()) == 3
    table = (tmp_path / "a.csv").read_text()
    again = here(*command, "--out", "a", "--csv", "a.csv", "--json", "-q")
    assert again.returncode == 0, again.stderr
    assert again.stderr == ""
    summary = json.loads(again.stdout)
    assert [one["name"] for one in summary["settings"]] == ["loss=mse", "seed=7"]
    assert all(one["runs"][0]["config"]["threads"] >= 1 for one in summary["settings"])
    assert (tmp_path / "a.csv").read_text() == table
    assert here("sweep", "classify", "--out", "a").stdout == first.stdout
    assert "nnlab sweep classify --out a" in here("resume", "a").stderr
    for verb in ("show", "evaluate"):
        assert here(verb, "a/loss=mse/seed-1").returncode == 0
    assert here("resume", "a/loss=mse").returncode == 0
    assert "loss" in here("compare", "a/loss=mse", "a/seed=7").stdout
    other = here("sweep", "classify", "--set", "units=9", "--list", "list.toml", "--out", "a")
    assert other.returncode == 5


def test_the_shell_overrides_the_environment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNLAB_CLASSIFY_EPOCHS", "0")
    assert run(["sweep", "classify", "--set", "epochs=-1"]) == 2
    assert "not -1" in capsys.readouterr().err
    assert run(["sweep", "classify"]) == 2
    assert "NNLAB_CLASSIFY_EPOCHS" in capsys.readouterr().err


def test_missing_data_are_reported_and_leave_no_folder(shell: Shell, tmp_path: Path) -> None:
    result = shell("sweep", "classify", "--set", "dataset=mnist", "--grid", "units=8,9")
    assert result.returncode == 1
    assert "data set 'mnist' not found" in result.stderr
    assert "same error as units=" in result.stderr
    assert not list(tmp_path.glob("sweeps/*/*"))


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
def test_ctrl_c_saves_ends_all_processes_and_says_how_to_resume(
    tmp_path: Path, here: Here, begun: Begun
) -> None:
    epochs = 200
    grid = ("--set", f"epochs={epochs}", "--grid", "seed=1,2", "--out", "a")
    process = begun("sweep", "classify", *TINY, *grid, stdout=subprocess.DEVNULL)
    wait_for(lambda: list(tmp_path.glob("a/*/*/history.csv")))
    children = descendants(process.pid)
    assert len(children) >= 2
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    wait_for(lambda: not any(map(exists, children)))
    assert list(tmp_path.glob("a/*/*/last.h5"))  # saved: the next checkpoint was a minute away
    again = shlex.split(said.rpartition("resume with: nnlab ")[2])
    assert here(*again).returncode == 0
    for seed in (1, 2):
        rows = (tmp_path / f"a/seed={seed}/seed-{seed}/history.csv").read_text().splitlines()
        assert len(rows) == epochs + 2


def exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
