"""Runs of any groups: what is left to do goes to an executor, what comes back to the folders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from nnlab.datasets.store import Store
from nnlab.datasets.store.provenance import Source
from nnlab.errors import DataError, InterruptedRun, NnlabError
from nnlab.experiments.contract import AnyExperiment
from nnlab.files import make_folder
from nnlab.interrupts import Interrupt
from nnlab.runs import folder as runs
from nnlab.runs.folder import RunFolder
from nnlab.runs.group import write_plan
from nnlab.runs.single import can_measure_more, read_plan
from nnlab.sweeps.executor import Executor
from nnlab.sweeps.results import Results
from nnlab.sweeps.task import Outcome, Task, carry_out


@dataclass(frozen=True)
class Standing:
    """How far the work has come: `running` of `total` runs go on, `done` have ended well."""

    total: int
    done: int
    running: int
    failed: int


class WorkObserver(Protocol):
    """Who watches."""

    def begun(self, tasks: Mapping[str, Task], standing: Standing) -> None:
        """Called first of all, with the runs that are to be carried out, by their names."""

    def ended(self, name: str, outcome: Outcome, standing: Standing) -> None:
        """Called when a run has ended, with its name: its path below the common folder."""

    def stopping(self, running: int) -> None:
        """Called at the first Ctrl-C: so many runs are asked to save and end."""

    def warn(self, text: str) -> None:
        """Receives warnings, a line each."""


class Work:
    """The runs of groups, their folders, and what has become of them.

    Args:
        groups: Which runs, group by group; plans are written, and what is finished is read.
        store: Finds data sets.
        verbose: Whether TensorFlow may speak.
    """

    def __init__(self, groups: Sequence[Results], store: Store, verbose: bool) -> None:
        self._groups = groups
        self._store = store
        self._verbose = verbose
        self._left: dict[RunFolder, tuple[Task, Results, str]] = {}
        for results in groups:
            self._add(results)
        self._total = sum(len(results.trials) for results in groups)

    def tasks(self) -> dict[str, Task]:
        """Return what is left to do, by name."""
        return {f"{group.setting.name}/{name}": task for task, group, name in self._left.values()}

    def standing(self, places: int) -> Standing:
        """Tell how far it is; as many runs go on as there are places."""
        bad = sum(len(results.errors("failed")) for results in self._groups)
        left = len(self._left)
        return Standing(self._total, self._total - left - bad, min(left, places), bad)

    def take(self, task: Task, outcome: Outcome) -> tuple[str, Outcome]:
        """Note what became of a run; the last one of a group concludes it."""
        _, results, name = self._left.pop(task.folder)
        member = results.group.member(name)
        if outcome.state == "finished" and not member.is_finished():
            outcome = Outcome(
                "failed",
                f"it was finished on another machine, but {member.path} is not there; runs on "
                "a cluster need a folder that all nodes share",
            )
        results.add(name, outcome)
        if results.is_over():
            self._conclude(results)
        return f"{results.setting.name}/{name}", outcome

    def conclude(self) -> None:
        """Write the summaries of groups whose runs had all ended before."""
        for results in self._groups:
            if _summarised(results) != list(results.finished):
                self._conclude(results)

    def _conclude(self, results: Results) -> None:
        """Write the summary of a group; other data count as a failure."""
        try:
            results.conclude()
        except DataError as error:
            results.outcomes |= dict.fromkeys(results.finished, Outcome("failed", str(error)))

    def _add(self, results: Results) -> None:
        make_folder(results.group.path)
        results.trials = write_plan(results.experiment, results.trials, results.group)
        dataset = _dataset(results)
        for name, config in results.trials.items():
            member = results.group.member(name)
            task = Task(
                results.experiment.name,
                config,
                RunFolder(member.path.absolute()),
                self._store.data_dir and self._store.data_dir.absolute(),
                self._store.offline,
                dataset,
                self._verbose,
            )
            if member.is_finished() and not _lacks_scores(results.experiment, member):
                results.add(name, carry_out(task))  # reads it
            else:
                self._left[task.folder] = task, results, name


def _lacks_scores(experiment: AnyExperiment, member: RunFolder) -> bool:
    """Tell whether scores can be added; not to a damaged run, which is reported as failed."""
    try:
        return can_measure_more(experiment, member)
    except NnlabError:
        return False


def carry_out_all(work: Work, executor: Executor, observer: WorkObserver) -> None:
    """Carry out what is left; a run that fails does not stop the others.

    Raises:
        InterruptedRun: Ctrl-C or SIGTERM; the runs that went on were saved, to be resumed.
    """
    tasks = work.tasks()
    observer.begun(tasks, work.standing(executor.places))
    told: set[str] = set()
    with Interrupt() as interrupt:
        stopping = False

        def stop() -> bool:
            nonlocal stopping
            if interrupt.requested and not stopping:
                stopping = True
                observer.stopping(work.standing(executor.places).running)
            return stopping

        for task, outcome in executor.outcomes(list(tasks.values()), stop):
            for warning in outcome.warnings:
                if warning not in told:  # such as that there are no data, by every run
                    told.add(warning)
                    observer.warn(warning)
            name, outcome = work.take(task, outcome)
            observer.ended(name, outcome, work.standing(executor.places))
        if interrupt.requested:
            raise InterruptedRun("interrupted; the runs that went on were saved")
    work.conclude()


def _summarised(results: Results) -> list[str]:
    """Return the names of the runs that the summary of a group is about."""
    try:
        return list(runs.read_json(results.group.summary)["runs"])
    except (DataError, LookupError, TypeError):  # none yet, or a damaged one
        return []


def _dataset(results: Results) -> Source | None:
    """Return the data set that a group's first runs began with, if any did."""
    for name in results.trials:
        member: RunFolder = results.group.member(name)
        if member.is_run():
            try:
                return read_plan(member)[2]
            except NnlabError:
                return None  # the run itself will tell
    return None
