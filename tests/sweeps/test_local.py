"""Sweeps in processes of this machine, on the embedded sample."""

import json
import multiprocessing
import os
import signal
from collections.abc import Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from nnlab.datasets.store import Store
from nnlab.errors import OutputExistsError
from nnlab.runs.folder import GroupFolder, RunFolder
from nnlab.runs.occupying import locked
from nnlab.sweeps.local import LocalExecutor
from nnlab.sweeps.plan import make_plan
from nnlab.sweeps.summary import SweepSummary
from nnlab.sweeps.sweep import read_summary, sweep
from nnlab.sweeps.task import RETRIES, Outcome, Task
from tests.h5 import same_variables
from tests.made_metrics import run_metrics
from tests.sweeps.in_this_process import Outcomes, Stop
from tests.sweeps.observing import CLASSIFY, TINY, NoExecutor, Recorder, sweep_tiny

POINTS = [{"loss": "crossentropy"}, {"loss": "mse"}]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SweepSummary]:
    """Return the folder of a sweep of two settings and two seeds, and its summary."""
    folder = tmp_path_factory.mktemp("sweep") / "a"
    table = folder.parent / "table.csv"
    with LocalExecutor(2) as executor:
        summary = sweep_tiny(folder, POINTS, 2, executor=executor, csv_file=table)
    return folder, summary


def task(folder: Path, **given: object) -> Task:
    config = CLASSIFY.configure({**TINY, **given}, "test")
    return Task("classify", config, RunFolder(folder), offline=True)


def kill(process: BaseProcess) -> int:
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    return process.pid


def test_every_setting_is_a_group_of_finished_runs(finished: tuple[Path, SweepSummary]) -> None:
    folder, summary = finished
    for one in summary.settings:
        group = GroupFolder(folder / one.name)
        assert list(json.loads(group.plan.read_text())["trials"]) == ["seed-1", "seed-2"]
        members = json.loads(group.summary.read_text())["runs"]
        assert list(members) == ["seed-1", "seed-2"]
        for run in one.runs:
            metrics = json.loads(RunFolder(group.path / run.name).metrics.read_text())
            assert metrics["scores"] == run.scores == members[run.name]["scores"]
            assert metrics["training"]["validation"]["best"] == run.validation
    assert read_summary(folder) == summary
    assert len((folder.parent / "table.csv").read_text().splitlines()) == 5


def test_what_is_finished_is_not_repeated(finished: tuple[Path, SweepSummary]) -> None:
    folder, summary = finished
    recorder = Recorder()
    plan = make_plan(CLASSIFY, POINTS, TINY, 2)
    table = folder.parent / "table.csv"
    again = sweep(plan, folder, NoExecutor(), Store(offline=True), recorder, csv_file=table)
    assert again == summary
    assert recorder.standings[0].done == 4
    assert recorder.outcomes == {}


def test_two_sweeps_do_not_share_a_folder(finished: tuple[Path, SweepSummary]) -> None:
    folder, _ = finished
    plan = make_plan(CLASSIFY, POINTS, TINY, 2)
    with locked(folder), pytest.raises(OutputExistsError, match="another process"):
        sweep(plan, folder, NoExecutor(), Store(offline=True), Recorder())


def test_a_run_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    recorder = Recorder()
    points: list[dict[str, object]] = [{"images": "none", "labels": "none"}, {"units": 9}]
    summary = sweep_tiny(tmp_path / "a", points, recorder=recorder)
    bad, good = summary.settings
    assert "none" in bad.runs[0].error
    assert (bad.n, good.n) == (0, 1)
    assert recorder.standings[-1].failed == 1
    assert not (tmp_path / "a" / bad.name).exists()  # nothing was begun there
    assert GroupFolder(tmp_path / "a" / good.name).summary.exists()


def test_a_damaged_run_does_not_stop_the_others(tmp_path: Path) -> None:
    points = [{"units": 8}, {"units": 9}]
    summary = sweep_tiny(tmp_path / "a", points)
    damaged = GroupFolder(tmp_path / "a" / summary.settings[0].name).member("seed-1")
    damaged.metrics.write_text("{")
    again = sweep_tiny(tmp_path / "a", points)
    assert [one.runs[0].state for one in again.settings] == ["failed", "finished"]
    assert "metrics.json" in again.settings[0].runs[0].error


def test_a_folder_in_which_nothing_began_is_left_empty(tmp_path: Path) -> None:
    points = [{"images": "none", "labels": "none"}]
    summary = sweep_tiny(tmp_path / "a", points)
    assert summary.settings[0].runs[0].state == "failed"
    assert not list((tmp_path / "a").iterdir())


def test_a_run_that_ends_in_a_folder_that_is_not_shared_has_failed(tmp_path: Path) -> None:
    class Elsewhere:
        places = 1

        def outcomes(self, tasks: Sequence[Task], stop: Stop) -> Outcomes:
            for one in tasks:
                yield one, Outcome("finished", warnings=("hot",), metrics=run_metrics({}))

    recorder = Recorder()
    plan = make_plan(CLASSIFY, POINTS, TINY)
    summary = sweep(plan, tmp_path, Elsewhere(), Store(offline=True), recorder)
    assert all("share" in one.runs[0].error for one in summary.settings)
    assert recorder.warnings == ["hot"]  # the same words once


def test_a_run_whose_process_is_killed_goes_on_and_ends_as_if_it_never_was(tmp_path: Path) -> None:
    long = {"epochs": 300, "batch_size": 10, "save_every": 0.05}
    killed: list[int] = []

    def kill_once() -> bool:
        if not killed and (tmp_path / "killed" / "last.h5").exists():
            (child,) = multiprocessing.active_children()
            killed.append(kill(child))
        return False

    with LocalExecutor(1) as executor:
        tasks = [task(tmp_path / "killed", **long), task(tmp_path / "whole", **long)]
        ended = {one.folder: outcome for one, outcome in executor.outcomes(tasks, kill_once)}
    assert killed
    assert [outcome.state for outcome in ended.values()] == ["finished", "finished"]
    (warning,) = ended[tasks[0].folder].warnings
    assert "SIGKILL" in warning
    assert ended[tasks[1].folder].warnings == ()
    assert same_variables(tmp_path / "killed" / "last.h5", tmp_path / "whole" / "last.h5")
    assert not multiprocessing.active_children()


def test_a_run_whose_processes_die_again_and_again_has_failed(tmp_path: Path) -> None:
    killed: list[int] = []

    def kill_all() -> bool:
        for child in multiprocessing.active_children():
            if child.pid not in killed:
                killed.append(kill(child))
        return False

    with LocalExecutor(1) as executor:
        ((_, outcome),) = executor.outcomes([task(tmp_path / "a")], kill_all)
    assert outcome.state == "failed"
    assert "SIGKILL" in outcome.error
    assert len(killed) == RETRIES + 1


def test_processes_are_kept_to_their_threads(tmp_path: Path) -> None:
    before = os.environ.get("OPENBLAS_NUM_THREADS")
    tasks = [task(tmp_path / str(threads), threads=threads) for threads in (1, 2)]
    with LocalExecutor(1) as executor:  # TensorFlow's threads cannot be changed in a process
        states = [outcome.state for _, outcome in executor.outcomes(tasks, lambda: False)]
    assert states == ["finished", "finished"]
    assert os.environ.get("OPENBLAS_NUM_THREADS") == before


def test_a_process_that_is_stopped_while_it_starts_says_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    stops = iter([False])  # and then always
    assert not list(LocalExecutor(1).outcomes([task(tmp_path / "a")], lambda: next(stops, True)))
    assert capfd.readouterr().err == ""
