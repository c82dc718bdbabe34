"""Watching sweeps, and the processes they leave."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import psutil

from nnlab import experiments
from nnlab.datasets.store import Store
from nnlab.sweeps.local import LocalExecutor
from nnlab.sweeps.plan import make_plan
from nnlab.sweeps.summary import SweepSummary
from nnlab.sweeps.sweep import prepared, sweep
from nnlab.sweeps.task import Outcome, Task, carry_out
from nnlab.sweeps.work import Standing
from tests.tiny_images import tiny_options

Stop = Callable[[], bool]
Outcomes = Iterator[tuple[Task, Outcome]]

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


class InThisProcess:
    """Carries out one run after the other here, where TensorFlow is imported already."""

    places = 1

    def outcomes(self, tasks: Sequence[Task], stop: Stop) -> Outcomes:
        for task in tasks:
            with mock.patch("nnlab.training.backend._set_threads"):  # they cannot be changed here
                outcome = carry_out(task)
            yield task, outcome


class NoExecutor:
    """Has nothing to do, and says so when it is given something."""

    places = 1

    def outcomes(self, tasks: Sequence[Task], stop: Stop) -> Outcomes:
        assert not tasks
        return iter(())


def sweep_locally(
    folder: Path,
    points: Sequence[Mapping[str, object]],
    runs: int = 1,
    recorder: Recorder | None = None,
    **options: Any,
) -> SweepSummary:
    """Carry out a sweep of tiny classifiers in two processes."""
    folder.mkdir(exist_ok=True)
    plan = prepared(make_plan(CLASSIFY, points, TINY, runs), folder)
    with LocalExecutor(2) as executor:
        store = Store(offline=True)
        return sweep(plan, folder, executor, store, recorder or Recorder(), **options)


def descendants(pid: int) -> dict[int, str]:
    """Return the process ids and command lines of all processes below `pid`."""
    found = {}
    for process in psutil.Process(pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            found[process.pid] = " ".join(process.cmdline())
    return found
