"""Watching sweeps, and the processes they leave."""

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

from nnlab import experiments
from nnlab.datasets.store import Store
from nnlab.sweeps.executor import Executor
from nnlab.sweeps.plan import make_plan
from nnlab.sweeps.summary import SweepSummary
from nnlab.sweeps.sweep import prepared, sweep
from nnlab.sweeps.task import Outcome, Task
from nnlab.sweeps.work import Standing
from tests.sweeps.in_this_process import InThisProcess, Outcomes, Stop
from tests.tiny_images import tiny_options

CLASSIFY = experiments.get("classify")
TINY = {**tiny_options(), "units": 8, "epochs": 1, "threads": 1}


class Recorder:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.standings: list[Standing] = []
        self.outcomes: dict[str, Outcome] = {}
        self.warnings: list[str] = []

    def begun(self, tasks: Mapping[str, Task], standing: Standing) -> None:
        self.standings.append(standing)

    def ended(self, name: str, outcome: Outcome, standing: Standing) -> None:
        self.outcomes[name] = outcome
        self.standings.append(standing)

    def stopping(self, running: int) -> None: ...

    def warn(self, text: str) -> None:
        self.warnings.append(text)


class NoExecutor:
    """Has nothing to do, and says so when it is given something."""

    places = 1

    def outcomes(self, tasks: Sequence[Task], stop: Stop) -> Outcomes:
        assert not tasks
        return iter(())


def sweep_tiny(
    folder: Path,
    points: Sequence[Mapping[str, object]],
    runs: int = 1,
    recorder: Recorder | None = None,
    executor: Executor | None = None,
    **options: Any,
) -> SweepSummary:
    """Carry out a sweep of tiny classifiers, in this process if nobody else does."""
    folder.mkdir(exist_ok=True)
    plan = prepared(make_plan(CLASSIFY, points, TINY, runs), folder)
    store, recorder = Store(offline=True), recorder or Recorder()
    return sweep(plan, folder, executor or InThisProcess(), store, recorder, **options)


def descendants(pid: int) -> dict[int, str]:
    """Return the process ids and command lines of all processes below `pid`."""
    found = {}
    for process in psutil.Process(pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            found[process.pid] = " ".join(process.cmdline())
    return found
