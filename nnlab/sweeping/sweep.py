"""Carrying out a sweep: what is left to do goes to an executor, what comes back to the folders."""

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from nnlab import runs
from nnlab.datasets.store import Store
from nnlab.errors import DataError, InterruptedRun, NnlabError
from nnlab.files import make_folder, write_json
from nnlab.running.folders import LOCK, given_up_unless_started, has_run, locked
from nnlab.running.group import joined_plan
from nnlab.running.group import write_plan as write_group_plan
from nnlab.runs import RunFolder
from nnlab.sweeping.executor import Executor
from nnlab.sweeping.plan import Plan, group_folder, joined, plan_file, read_plan, write_plan
from nnlab.sweeping.results import Results
from nnlab.sweeping.summary import summarise
from nnlab.sweeping.tables import write_csv
from nnlab.sweeping.task import Outcome, Task, carry_out, failed
from nnlab.training.interrupt import Interrupt


@dataclass(frozen=True)
class Standing:
    """How far a sweep has come: `running` of `total` runs go on, `done` have ended well."""

    total: int
    done: int
    running: int
    failed: int


class SweepObserver(Protocol):
    """Who watches a sweep."""

    def standing(self, standing: Standing) -> None:
        """Called whenever it changes, first of all at the beginning."""

    def ended(self, name: str, outcome: Outcome, standing: Standing) -> None:
        """Called when a run has ended, with its path below the sweep's folder."""

    def stopping(self, running: int) -> None:
        """Called at the first Ctrl-C: so many runs are asked to save and end."""

    def warn(self, text: str) -> None:
        """Receives warnings, a line each."""


def summary_file(folder: Path) -> Path:
    """Return where the summary of a sweep is."""
    return folder / "summary.json"


def prepared(plan: Plan, folder: Path) -> Plan:
    """Return the plan together with what `folder` holds of it already, if it does.

    Raises:
        OutputExistsError: The folder holds runs with other settings.
        CheckpointError: A plan in it is damaged.
    """
    if plan_file(folder).is_file():
        plan = joined(read_plan(folder), plan, folder)
    for setting in plan.settings:
        joined_plan(plan.experiment, plan.trials(setting), group_folder(folder, setting))
    return plan


def sweep(
    plan: Plan,
    folder: Path,
    executor: Executor,
    store: Store,
    observer: SweepObserver,
    *,
    csv_file: Path | None = None,
    verbose: bool = False,
) -> dict[str, Any]:
    """Carry out all runs of a sweep that are not finished, and say what they show.

    A run that fails does not stop the others.

    Args:
        plan: What to train; see `prepared`.
        folder: An existing folder, empty or with part of the same sweep.
        executor: Carries out the runs.
        store: Finds data sets.
        observer: Watches.
        csv_file: Where to write a row a run; replaced if it exists.
        verbose: Whether TensorFlow may speak.

    Returns:
        The contents of summary.json: see `summarise`, and `csv`, the file written.

    Raises:
        InterruptedRun: Ctrl-C or SIGTERM; the runs that went on were saved, to be resumed.
        OutputExistsError: Another process is at it.
    """
    with locked(folder), _given_up_unless_started(plan, folder):
        write_plan(plan, folder)
        work = _Work(plan, folder, store, verbose)
        observer.standing(work.standing(executor.places))
        _carry_out(work, executor, observer)
        for results in work.results:
            work.conclude(results)  # those that had ended before
        summary = summarise(plan.experiment, work.results)
        summary["csv"] = str(csv_file.absolute()) if csv_file else None
        if csv_file:
            write_csv(summary, csv_file)
        write_json(summary_file(folder), summary)
        return summary


def _carry_out(work: "_Work", executor: Executor, observer: SweepObserver) -> None:
    told: set[str] = set()
    with Interrupt() as interrupt:
        stopping = False

        def stop() -> bool:
            nonlocal stopping
            if interrupt.requested and not stopping:
                stopping = True
                observer.stopping(work.standing(executor.places).running)
            return stopping

        for task, outcome in executor.outcomes(work.tasks(), stop):
            for warning in outcome["warnings"]:
                if warning not in told:  # such as that there are no data, by every run
                    told.add(warning)
                    observer.warn(warning)
            name, outcome = work.take(task, outcome)
            observer.ended(name, outcome, work.standing(executor.places))
        if interrupt.requested:
            raise InterruptedRun("interrupted; the runs that went on were saved")


class _Work:
    """The runs of a sweep, their folders, and what has become of them."""

    def __init__(self, plan: Plan, folder: Path, store: Store, verbose: bool) -> None:
        self.results: list[Results] = []
        self._experiment = plan.experiment
        self._store = store
        self._verbose = verbose
        self._left: dict[str, tuple[Task, Results, str]] = {}
        self._changed: set[int] = set()
        for setting in plan.settings:
            self._add(Results(setting, group_folder(folder, setting), {}), plan)
        self._total = sum(len(results.trials) for results in self.results)

    def tasks(self) -> list[Task]:
        """Return what is left to do."""
        return [task for task, _, _ in self._left.values()]

    def standing(self, places: int) -> Standing:
        """Tell how far it is; as many runs go on as there are places."""
        bad = sum(len(results.failed) for results in self.results)
        left = len(self._left)
        return Standing(self._total, self._total - left - bad, min(left, places), bad)

    def take(self, task: Task, outcome: Outcome) -> tuple[str, Outcome]:
        """Note what became of a run; the last one of a setting concludes its group."""
        _, results, name = self._left.pop(task.folder)
        member = results.group.member(name)
        if outcome["state"] == "finished" and not member.is_finished():
            outcome = failed(
                f"it was finished on another machine, but {member.path} is not there; a sweep on "
                "a cluster needs a folder that all nodes share"
            )
        results.add(name, outcome)
        self._changed.add(id(results))
        if results.is_over():
            self.conclude(results)
        return f"{results.setting.name}/{name}", outcome

    def conclude(self, results: Results) -> None:
        """Write the summary of a group, once; runs that saw other data count as failed."""
        if id(results) not in self._changed and results.group.summary.is_file():
            return
        self._changed.discard(id(results))
        try:
            results.conclude(self._experiment)
        except DataError as error:
            results.failed |= dict.fromkeys(results.finished, str(error))
            results.finished.clear()

    def _add(self, results: Results, plan: Plan) -> None:
        """Take up a setting: its plan is written, and what is finished is read."""
        make_folder(results.group.path)
        trials = plan.trials(results.setting)
        results.trials = write_group_plan(plan.experiment, trials, results.group)
        self.results.append(results)
        dataset = _dataset(results)
        for name, config in results.trials.items():
            member = results.group.member(name)
            task = Task(
                plan.experiment.name,
                dataclasses.asdict(config),
                str(member.path.absolute()),
                str(self._store.data_dir.absolute()) if self._store.data_dir else None,
                self._store.offline,
                dataset,
                self._verbose,
            )
            if member.is_finished():
                results.add(name, carry_out(task))  # reads it
            else:
                self._left[task.folder] = task, results, name


def _dataset(results: Results) -> Any:
    """Return the record of the data set that a group's first runs began with, if any did."""
    for name in results.trials:
        member: RunFolder = results.group.member(name)
        if member.is_run():
            try:
                return runs.read_json(member.config).get("dataset")
            except (AttributeError, NnlabError):
                return None  # the run itself will tell
    return None


@contextmanager
def _given_up_unless_started(plan: Plan, folder: Path) -> Iterator[None]:
    """Remove what was put into `folder` when no run began, because the data were missing, say."""
    groups: Sequence[Path] = [group_folder(folder, setting).path for setting in plan.settings]
    try:
        yield
    finally:
        for group in groups:
            if group.is_dir():
                with given_up_unless_started(group, existed=False):
                    pass
        if not any(map(has_run, groups)):
            for path in (plan_file(folder), summary_file(folder), folder / LOCK):
                path.unlink(missing_ok=True)
