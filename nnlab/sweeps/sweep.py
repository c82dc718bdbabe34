"""Carrying out a sweep: all settings and seeds, and what they show together."""

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from nnlab.datasets.store import Store
from nnlab.errors import DataError
from nnlab.files import write_json
from nnlab.records import structured, versioned
from nnlab.runs.folder import read_json
from nnlab.runs.group import joined_plan
from nnlab.runs.occupying import LOCK, given_up_unless_started, has_run, locked
from nnlab.sweeps.executor import Executor
from nnlab.sweeps.plan import Plan, group_folder, joined, plan_file, read_plan, write_plan
from nnlab.sweeps.results import Results
from nnlab.sweeps.summary import SweepSummary, summarise
from nnlab.sweeps.tables import write_csv
from nnlab.sweeps.work import Work, WorkObserver, carry_out_all


def summary_file(folder: Path) -> Path:
    """Return where the summary of a sweep is."""
    return folder / "summary.json"


def read_summary(folder: Path) -> SweepSummary:
    """Return the summary of the sweep in `folder`.

    Raises:
        DataError: It is missing or damaged.
    """
    summary = structured(SweepSummary, read_json(summary_file(folder)), summary_file(folder))
    if not summary.settings:
        raise DataError(f"{summary_file(folder)}: expected at least one setting, got none")
    return summary


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
    observer: WorkObserver,
    *,
    csv_file: Path | None = None,
    verbose: bool = False,
) -> SweepSummary:
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

    Raises:
        InterruptedRun: Ctrl-C or SIGTERM; the runs that went on were saved, to be resumed.
        OutputExistsError: Another process is at it.
    """
    with locked(folder), _given_up_unless_started(plan, folder):
        write_plan(plan, folder)
        groups = [
            Results(plan.experiment, setting, group_folder(folder, setting), plan.trials(setting))
            for setting in plan.settings
        ]
        carry_out_all(Work(groups, store, verbose), executor, observer)
        summary = summarise(plan.experiment, groups)
        if csv_file and any(has_run(results.group.path) for results in groups):
            write_csv(summary, csv_file)
            summary = dataclasses.replace(summary, csv=str(csv_file.absolute()))
        write_json(summary_file(folder), versioned(summary))
        return summary


@contextmanager
def _given_up_unless_started(plan: Plan, folder: Path) -> Iterator[None]:
    """Remove what was put into `folder` when no run began, because the data were missing, say."""
    groups: Sequence[Path] = [group_folder(folder, setting).path for setting in plan.settings]
    try:
        yield
    finally:
        for group in groups:
            with given_up_unless_started(group, existed=False):
                pass
        if not any(map(has_run, groups)):
            for path in (plan_file(folder), summary_file(folder), folder / LOCK):
                path.unlink(missing_ok=True)
