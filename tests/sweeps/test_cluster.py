"""A real Ray cluster on this machine: two worker processes, one of which is killed."""

import os
import shutil
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from nnlab.errors import NnlabError, UsageError
from nnlab.runs.folder import RunFolder
from nnlab.sweeps.cluster import RayExecutor
from nnlab.sweeps.local import LocalExecutor
from nnlab.sweeps.task import Outcome, Task
from tests.h5 import same_variables
from tests.sweeps.in_this_process import Stop
from tests.sweeps.observing import CLASSIFY, TINY, descendants


def tasks(folder: Path) -> list[Task]:
    """Return a run that is long enough to be killed in, and a short one."""
    made = []
    for seed, epochs in ((1, 300), (2, 1)):
        given = {**TINY, "seed": seed, "epochs": epochs, "batch_size": 10, "save_every": 0.05}
        config = CLASSIFY.configure(given, "test")
        made.append(Task("classify", config, RunFolder(folder / f"seed-{seed}"), offline=True))
    return made


def carry_out(
    executor: RayExecutor | LocalExecutor, given: Sequence[Task], stop: Stop = lambda: False
) -> dict[int, Outcome]:
    with executor:
        ended = {task.config.seed: outcome for task, outcome in executor.outcomes(given, stop)}
    return {seed: ended[seed] for seed in sorted(ended)}


def test_a_cluster_gives_the_same_runs_as_one_machine_though_a_worker_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ray")
    if shutil.which("bash") is None:
        pytest.skip("needs bash")
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    last, metrics = (tmp_path / "ray" / "seed-1" / name for name in ("last.h5", "metrics.json"))
    killed: list[int] = []

    def kill_the_long_one() -> bool:
        """Kill whoever carries out runs when only the long one goes on, or all that do."""
        if not killed and last.exists() and not metrics.exists():
            processes = descendants(os.getpid()).items()
            killed.extend(pid for pid, command in processes if "ray::_carried_out" in command)
            for pid in killed:
                os.kill(pid, signal.SIGKILL)
        return False

    executor = RayExecutor(None, None, cores=2)
    on_ray = carry_out(executor, tasks(tmp_path / "ray"), kill_the_long_one)
    assert killed
    local = carry_out(LocalExecutor(2), tasks(tmp_path / "local"))
    for seed in (1, 2):
        assert on_ray[seed].state == "finished", on_ray[seed].error
        ours, theirs = (ended[seed].metrics for ended in (on_ray, local))
        assert ours is not None
        assert theirs is not None
        assert ours.scores == theirs.scores
        for name in ("best.h5", "last.h5"):
            files = (tmp_path / on / f"seed-{seed}" / name for on in ("ray", "local"))
            assert same_variables(*files)
    assert not [name for name in descendants(os.getpid()).values() if "ray::_carried_out" in name]


def test_without_ray_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match=r"run pip install 'ray>="):
        RayExecutor(None, None, cores=2)


def test_without_bash_ray_is_not_started(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ray")
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match="bash"), RayExecutor(None, 1, cores=1):
        pass


def test_an_address_where_nobody_is_is_refused_at_once() -> None:
    pytest.importorskip("ray")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # nobody listens
        address = f"127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(NnlabError, match="no Ray cluster at"), RayExecutor(address, 1, cores=1):
            pass
        with (
            pytest.raises(NnlabError, match="no Ray cluster at"),
            RayExecutor(f"ray://{address}", 1, cores=1),
        ):
            pass
