"""Where a training goes: a new folder, or one that was named and where the same run may go on."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from nnlab.errors import OutputExistsError
from nnlab.experiments.contract import AnyExperiment
from nnlab.files import make_folder
from nnlab.results import RunMetrics, Summary
from nnlab.runs import folder as runs
from nnlab.runs import group, single
from nnlab.runs.folder import RUNS, GroupFolder, RunFolder
from nnlab.runs.group import Trials
from nnlab.runs.occupying import given_up_unless_started, is_free
from nnlab.runs.workshop import Workshop


@contextmanager
def placed(name: str, out: Path | None, *, single_run: bool, force: bool) -> Iterator[Path]:
    """Give the folder to train in, and remove what was made if no run began there.

    Args:
        name: The experiment's name.
        out: The folder that was named; None: a new one below runs/.
        single_run: Whether one run is to be there, not a group.
        force: Whether runs in it may be replaced.

    Raises:
        OutputExistsError: The folder holds something else.
    """
    existed = out is not None and out.exists()
    parents = [path for path in (RUNS / name, RUNS) if out is None and not path.exists()]
    with _removed_if_empty(parents):
        folder = _folder(name, out, single_run=single_run, force=force)
        with given_up_unless_started(folder, existed):
            yield folder


def carry_out(
    experiment: AnyExperiment, trials: Trials, folder: Path, workshop: Workshop, *, force: bool
) -> RunMetrics[Any] | Summary[Any]:
    """Carry out one run, or several as a group, in a folder that `placed` gave."""
    replace = force and (RunFolder(folder).is_run() or GroupFolder(folder).is_group())
    if len(trials) != 1:
        return group.run_group(experiment, trials, GroupFolder(folder), workshop, replace=replace)
    (config,) = trials.values()
    return single.run(experiment, config, RunFolder(folder), workshop, replace=replace)


@contextmanager
def _removed_if_empty(folders: Sequence[Path]) -> Iterator[None]:
    """Leave no empty folders behind when no run began."""
    try:
        yield
    finally:
        for folder in folders:
            with suppress(OSError):  # it holds a run
                folder.rmdir()


def _folder(name: str, out: Path | None, *, single_run: bool, force: bool) -> Path:
    if out is None:
        return runs.new_folder(RUNS, name)
    if out.exists() and not out.is_dir():
        raise OutputExistsError(f"--out {out} is a file; name a folder")
    holds_run, holds_group = RunFolder(out).is_run(), GroupFolder(out).is_group()
    if holds_group:
        group.read_plan(GroupFolder(out))  # refuses what only looks like a group
    elif holds_run:
        single.read_plan(RunFolder(out))
    elif out.is_dir() and not is_free(out):
        raise OutputExistsError(f"--out {out} holds files but no run; name another folder")
    if not force and (holds_group if single_run else holds_run):
        kind = "a group of runs" if single_run else "a single run"
        raise OutputExistsError(f"--out {out} holds {kind}; name another folder or give --force")
    make_folder(out)
    return out
