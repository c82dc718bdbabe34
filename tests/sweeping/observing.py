"""Watching sweeps, and the processes they leave."""

import subprocess
from pathlib import Path

from nnlab import experiments
from nnlab.datasets.store import Store
from nnlab.sweeping.local import LocalExecutor
from nnlab.sweeping.plan import make_plan
from nnlab.sweeping.sweep import prepared, sweep
from nnlab.sweeping.task import Outcome
from nnlab.sweeping.work import Standing

CLASSIFY = experiments.get("classify")
TINY = {"dataset": "sample", "units": 8, "epochs": 1, "threads": 1}


class Recorder:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.standings: list[Standing] = []
        self.outcomes: dict[str, Outcome] = {}
        self.warnings: list[str] = []

    def begun(self, tasks, standing: Standing) -> None:
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

    def outcomes(self, tasks, stop):
        assert not tasks
        return iter(())


def sweep_locally(folder: Path, points, runs=1, recorder=None, **options):
    """Carry out a sweep of tiny classifiers in two processes."""
    folder.mkdir(exist_ok=True)
    plan = prepared(make_plan(CLASSIFY, points, TINY, runs), folder)
    with LocalExecutor(2) as executor:
        store = Store(offline=True)
        return sweep(plan, folder, executor, store, recorder or Recorder(), **options)


def descendants(pid: int) -> dict[int, str]:
    """Return the process ids and command lines of all processes below `pid`."""
    command = ["ps", "-eo", "pid=,ppid=,args="]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    table = {int(pid): (int(parent), args) for pid, parent, *args in map(_words, lines)}
    found: dict[int, str] = {}
    front = {pid}
    while front:
        front = {child for child, (parent, _) in table.items() if parent in front}
        found |= {child: " ".join(table[child][1]) for child in front}
    return found


def _words(line: str) -> list[str]:
    return line.split(None, 2)
