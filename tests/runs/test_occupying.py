import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nnlab.errors import NnlabError, OutputExistsError
from nnlab.runs import occupying as folders
from nnlab.runs.folder import RUNS, RunFolder


def refusing(number: int) -> Callable[..., None]:
    """Return a function that takes no lock, and says so with an error of the system."""

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    return refuse


def test_a_folder_is_locked_while_somebody_trains_in_it(tmp_path: Path) -> None:
    with folders.locked(tmp_path), pytest.raises(OutputExistsError, match="another process"):
        folders.locked(tmp_path).__enter__()
    with folders.locked(tmp_path):
        pass


def test_clearing_a_run_leaves_what_is_not_its_own(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    run.figures.mkdir()
    for path in (run.config, run.best, run.metrics, run.figures / "network.png"):
        path.write_text("{}")
    (tmp_path / "thesis.txt").write_text("all my work")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "config.json").write_text("{}")  # no member: this is no group
    folders.clear(tmp_path)
    assert not run.is_run()
    left = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"thesis.txt", "config.json"}


def test_a_group_is_not_cleared_while_somebody_trains_one_of_its_runs(tmp_path: Path) -> None:
    member = RunFolder(tmp_path / "seed-1")
    member.path.mkdir()
    for path in (member.config, member.best, tmp_path / "group.json"):
        path.write_text("{}")
    with folders.locked(member.path), pytest.raises(OutputExistsError, match="seed-1: another"):
        folders.clear(tmp_path)
    assert member.best.exists()
    folders.clear(tmp_path)
    assert not member.best.exists()


def test_clearing_a_group_leaves_runs_that_are_not_in_its_plan(tmp_path: Path) -> None:
    (tmp_path / "group.json").write_text('{"trials": {"seed-1": {}}}')
    for name in ("seed-1", "mine"):
        run = RunFolder(tmp_path / name)
        run.path.mkdir()
        for path in (run.config, run.best, run.metrics):
            path.write_text("{}")
    folders.clear(tmp_path)
    assert not RunFolder(tmp_path / "seed-1").is_run()
    assert RunFolder(tmp_path / "mine").best.exists()


def test_a_group_is_not_cleared_while_its_sweep_goes_on(tmp_path: Path) -> None:
    group = tmp_path / "units=8"
    group.mkdir()
    (group / "group.json").write_text("{}")
    with folders.locked(tmp_path), pytest.raises(OutputExistsError, match="another process"):
        folders.clear(group)
    assert (group / "group.json").exists()


def test_the_current_folder_can_be_cleared_while_it_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with folders.locked(Path()):
        folders.clear(Path())
    mine = tmp_path / RUNS / "mine"
    mine.mkdir(parents=True)
    with folders.locked(RUNS):  # as a server does that may start trainings
        folders.clear(mine)


def test_a_lock_file_that_was_removed_keeps_nobody_out_and_lets_nobody_in(tmp_path: Path) -> None:
    with folders.locked(tmp_path):
        (tmp_path / folders.LOCK).unlink()
        with folders.locked(tmp_path):  # a new file, and a new lock
            assert folders.is_locked(tmp_path)
    taken = folders._taken

    def removed_meanwhile(handle: int) -> bool:
        found = taken(handle)
        if not calls:
            (tmp_path / folders.LOCK).unlink()
        calls.append(handle)
        return found

    calls: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folders, "_taken", removed_meanwhile)
        with folders.locked(tmp_path):
            assert folders.is_locked(tmp_path)
    assert len(calls) == 2


def test_what_a_killed_process_left_does_not_occupy_a_folder(tmp_path: Path) -> None:
    (tmp_path / ".lock").touch()
    (tmp_path / ".config.json.1234.tmp").touch()
    assert folders.is_free(tmp_path)
    (tmp_path / "letter.txt").touch()
    assert not folders.is_free(tmp_path)


def test_who_is_refused_does_not_open_the_folder_for_a_third(tmp_path: Path) -> None:
    run = tmp_path / "run"
    with folders.occupied(run):  # no run has begun in it yet: the data are being loaded
        for _ in range(2):
            with pytest.raises(OutputExistsError, match="another process"), folders.occupied(run):
                pass
    assert not run.exists()


def test_a_folder_that_is_not_writable_is_named(tmp_path: Path) -> None:
    (tmp_path / folders.LOCK).mkdir()
    told = pytest.raises(NnlabError, match="cannot write in the folder .*; choose another one")
    with told, folders.locked(tmp_path):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="has no such locks")
def test_where_files_cannot_be_locked_trainings_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fcntl.flock", refusing(errno.ENOLCK))
    with folders.locked(tmp_path):
        assert not folders.is_locked(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="has no such locks")
def test_any_other_refusal_of_a_lock_means_that_somebody_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / folders.LOCK).touch()
    monkeypatch.setattr("fcntl.flock", refusing(errno.EACCES))
    assert folders.is_locked(tmp_path)
    with pytest.raises(OutputExistsError, match="another process"), folders.locked(tmp_path):
        pass
