"""Runs as clients see them, read from the folders below ./runs: those are the state."""

import csv
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from nnlab import experiments
from nnlab.errors import DataError
from nnlab.runs.folder import RUNS, GroupFolder, RunFolder, is_name, read_json
from nnlab.runs.occupying import is_locked
from nnlab.serving.json_values import as_object, numbers_in

EPOCHS_SHOWN = 1000
"""How many epochs of a history are shown: the latest."""
FINISHED, RUNNING, STOPPED, WAITING, FAILED = (
    *("finished", "running", "stopped", "waiting", "failed"),
)
"""The states of a run."""


class Record(msgspec.Struct, omit_defaults=True):
    """A run, or a group of runs.

    Attributes:
        id: Its folder below ./runs.
        experiment: What is trained.
        state: finished, running, stopped, waiting or failed.
        epoch: How many epochs are done, of all runs of a group together.
        epochs: How many there are to do.
        history: What was measured after each epoch, of the latest run of a group.
        scores: How well it does, once it is finished.
        networks: Ids of the networks that come of it, once it is finished.
        command: What to type for the same.
        error: Why it failed; empty otherwise.
    """

    id: str
    experiment: str
    state: str
    epoch: int
    epochs: int
    history: list[dict[str, float | None]]
    scores: dict[str, float]
    networks: list[str]
    command: str
    error: str = ""


def all_runs() -> Iterator[Record]:
    """Yield what is in ./runs, the newest of each experiment first."""
    for name in experiments.names():
        if (RUNS / name).is_dir():
            folders = sorted((RUNS / name).iterdir(), key=_age)
            yield from (found for one in folders if (found := read(name, one.name)))


def read(experiment: str, name: str) -> Record | None:
    """Return what is known of a run by its folder; None if there is no run."""
    folder = RUNS / experiment / name
    group = GroupFolder(folder)
    try:
        if group.is_group():
            return _group(experiment, group)
        return _run(experiment, RunFolder(folder)) if RunFolder(folder).is_run() else None
    except (DataError, OSError, ValueError, ArithmeticError) as error:
        return Record(f"{experiment}/{name}", experiment, FAILED, 0, 0, [], {}, [], "", str(error))


def find(wanted: str) -> Record | None:
    """Return the run with an id. It is compared with what is there, and never made into a path."""
    experiment, _, name = wanted.partition("/")
    if experiment not in experiments.names() or not (RUNS / experiment).is_dir():
        return None
    known = {one.name for one in (RUNS / experiment).iterdir()}
    return read(experiment, name) if name in known else None


def finished_networks(experiment: str, name: str) -> list[str]:
    """Return the folders in a run folder, or group, whose networks can answer."""
    folder = RUNS / experiment / name
    runs = [RunFolder(folder), *map(RunFolder, sorted(folder.glob("*/")))]
    return [str(run.path) for run in runs if run.is_finished() and run.best.exists()]


def _run(experiment: str, run: RunFolder) -> Record:
    history = _history(run)
    metrics = as_object(read_json(run.metrics)) if run.is_finished() else {}
    return Record(
        id=f"{experiment}/{run.path.name}",
        experiment=experiment,
        state=FINISHED if metrics else _unfinished(run.path),
        epoch=_epoch(history),
        epochs=_epochs(as_object(read_json(run.config)).get("config")),
        history=history,
        scores=numbers_in(metrics.get("scores")),
        networks=finished_networks(experiment, run.path.name) if metrics else [],
        command=f"nnlab {experiment} --config {shlex.quote(str(run.config))}",
    )


def _group(experiment: str, group: GroupFolder) -> Record:
    trials = as_object(as_object(read_json(group.plan)).get("trials"))
    histories = [_history(group.member(name)) for name in trials if is_name(name)]
    begun = [history for history in histories if history]
    summary = as_object(read_json(group.summary)) if group.summary.is_file() else {}
    means = {
        name: as_object(value).get("mean")
        for name, value in as_object(summary.get("scores")).items()
    }
    return Record(
        id=f"{experiment}/{group.path.name}",
        experiment=experiment,
        state=FINISHED if summary else _unfinished(group.path),
        epoch=sum(map(_epoch, begun)),
        epochs=sum(map(_epochs, trials.values())),
        history=begun[-1] if begun else [],
        scores=numbers_in(means),
        networks=finished_networks(experiment, group.path.name) if summary else [],
        command=f"nnlab resume {shlex.quote(str(group.path))}",
    )


def _unfinished(folder: Path) -> str:
    return RUNNING if is_locked(folder) else STOPPED


def _history(run: RunFolder) -> list[dict[str, float | None]]:
    try:
        columns = run.read_history()
    except (csv.Error, TypeError) as error:
        raise DataError(f"{run.history}: expected numbers, but {error}") from error
    rows = zip(*columns.values(), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows][-EPOCHS_SHOWN:]


def _epoch(history: list[dict[str, float | None]]) -> int:
    return int(history[-1].get("epoch") or 0) if history else 0


def _epochs(config: Any) -> int:
    epochs = as_object(config).get("epochs")
    return epochs if isinstance(epochs, int) else 0


def _age(folder: Path) -> float:
    try:
        return -folder.lstat().st_mtime  # a link may lead nowhere
    except FileNotFoundError:  # a training has just given it up
        return 0.0
