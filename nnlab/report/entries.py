"""The curves of runs that are compared: one of a run, or the mean of runs that differ in chance.

Reads the files of run folders, of unfinished runs too; no network, no data set.
"""

import csv
import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab import experiments
from nnlab.datasets.store.provenance import Source
from nnlab.errors import CheckpointError, DataError, UsageError
from nnlab.options import without_effect
from nnlab.results import Divergence, RunMetrics, TrainingRecord
from nnlab.runs import folder as runs
from nnlab.runs.folder import GroupFolder, RunFolder
from nnlab.training.settings import TrainingSettings
from nnlab.wording import counted

NO_MEASURES = {"epoch", "seconds"}

PLANS = ("config.json", "group.json")
SHOWN = 3
"""How many folders an error names."""


@dataclass(frozen=True)
class Member:
    """One run, as its files tell it.

    Attributes:
        path: Its folder.
        experiment: The experiment's name.
        settings: Its Config as a mapping; options younger than the run have their defaults.
        dataset: The data set.
        history: The columns of history.csv without the untrained network.
        metrics: What it came to; None while it is not finished.
    """

    path: Path
    experiment: str
    settings: Mapping[str, Any]
    dataset: Source
    history: Mapping[str, Sequence[float | None]]
    metrics: RunMetrics[Any] | None

    @property
    def without_effect(self) -> frozenset[str]:
        """Settings that change no result: they have a column, but divide no runs."""
        known = experiments.exists(self.experiment)  # it may be another version's
        config = experiments.get(self.experiment).Config if known else TrainingSettings
        return without_effect(config)

    @property
    def scores(self) -> Mapping[str, float]:
        """Scores on the test set; none while it is not finished."""
        return self.metrics.scores if self.metrics else {}

    @property
    def training(self) -> TrainingRecord | None:
        """How it went; None while it is not finished."""
        return self.metrics.training if self.metrics else None

    @property
    def divergence(self) -> Divergence | None:
        """When its loss diverged, if it did."""
        return self.training.diverged if self.training else None

    @property
    def epochs(self) -> int:
        """Completed epochs."""
        return int(self.training.epochs if self.training else self.history["epoch"][-1] or 0)

    @property
    def seconds(self) -> float:
        """Time spent training."""
        if self.training:
            return self.training.seconds
        return float((self.history.get("seconds") or [None])[-1] or 0.0)


@dataclass(frozen=True)
class Entry:
    """What is one curve and one row: a run, or members of a group alike but for chance.

    Attributes:
        path: The folder that was named, run or group.
        members: The runs behind it.
        left_out: Members of the group that diverged or are not finished, beside finished ones.
    """

    path: Path
    members: tuple[Member, ...]
    left_out: tuple[str, ...] = ()

    @property
    def first(self) -> Member:
        """The member that stands for what all have in common."""
        return self.members[0]

    @property
    def finished(self) -> bool:
        """Whether every member has been scored."""
        return all(member.metrics is not None for member in self.members)

    def measures(self) -> list[str]:
        """Return the columns that every member has a score in, in the order of the first."""
        return [
            name
            for name in self.first.history
            if name not in NO_MEASURES
            and all(_has_scores(member.history.get(name)) for member in self.members)
        ]

    def setting(self, name: str) -> tuple[Any, ...]:
        """Return the values of a setting among the members, each once; None where unknown."""
        return tuple(dict.fromkeys(member.settings.get(name) for member in self.members))


def check_distinct(paths: Iterable[Path]) -> None:
    """Refuse folders of which one is named twice.

    Raises:
        UsageError: One is.
    """
    seen: set[Path] = set()
    for path in paths:
        if path.resolve() in seen:
            raise UsageError(f"{path} was named twice; name each run once")
        seen.add(path.resolve())


def read_entries(path: Path) -> list[Entry]:
    """Read a run folder, or a group folder: an entry for all of its runs that are alike.

    Raises:
        CheckpointError: The folder holds neither, or its plan is not one.
        DataError: A file is damaged, or no epoch has been completed yet.
    """
    if GroupFolder(path).is_group():
        return _read_group(GroupFolder(path))
    return [Entry(path, (read_member(RunFolder(path)),))]


def is_chance(setting: str) -> bool:
    """Tell whether the members of one curve may differ in a setting: a seed."""
    return setting == "seed" or setting.endswith("_seed")


def read_member(folder: RunFolder) -> Member:
    """Read one run; see `read_entries`."""
    if not folder.path.exists():
        raise CheckpointError(
            f"{folder.path} does not exist; expected a run folder such as runs/classify/1, or a "
            "group of runs"
        )
    if not folder.is_run():
        raise CheckpointError(
            f"{folder.path}: expected a run folder such as runs/classify/1, or a group of runs, "
            f"found neither config.json nor group.json{_below(folder.path)}"
        )
    plan = runs.read_json(folder.config)
    if not isinstance(plan, dict) or not isinstance(plan.get("config"), dict):
        raise CheckpointError(f"{folder.config} is not the plan of a run: expected an object")
    if any(isinstance(value, list | dict) for value in plan["config"].values()):
        raise CheckpointError(f"{folder.config} is not the plan of a run: expected plain settings")
    try:
        dataset = Source.from_dict(plan.get("dataset"))
    except CheckpointError as error:
        raise CheckpointError(f"{folder.config} is not the plan of a run: {error}") from error
    return Member(
        folder.path,
        str(plan.get("experiment")),
        _with_defaults(str(plan.get("experiment")), plan["config"]),
        dataset,
        _read_history(folder),
        folder.read_metrics(Any) if folder.is_finished() else None,
    )


def _with_defaults(experiment: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    if not experiments.exists(experiment):  # another version's; its curves can be drawn
        return dict(settings)
    defaults = {
        field.name: field.default
        for field in dataclasses.fields(experiments.get(experiment).Config)
    }
    return {**defaults, **settings}


def _below(folder: Path) -> str:
    """Name the runs below a folder that is none itself, such as that of a sweep."""
    found = sorted(path.parent for path in folder.glob("*/*.json") if path.name in PLANS)
    shown = ", ".join(map(str, found[:SHOWN])) + (", ..." if len(found) > SHOWN else "")
    return f"; name what is below it: {shown}" if found else ""


def _has_epoch(folder: RunFolder) -> bool:
    """Tell whether a run has completed an epoch; a history that is damaged counts, too."""
    if not folder.history.is_file():
        return False
    try:
        return any((epoch or 0) > 0 for epoch in folder.read_history().get("epoch", ()))
    except (csv.Error, OSError, TypeError, ValueError, DataError):
        return True


def _read_history(folder: RunFolder) -> dict[str, list[float | None]]:
    try:
        columns = folder.read_history()
        epochs = [int(epoch) for epoch in columns.get("epoch", ())]  # type: ignore[arg-type]
    except (csv.Error, OSError, OverflowError, TypeError, ValueError) as error:
        raise DataError(
            f"{folder.history}: expected a line of numbers an epoch: {error}"
        ) from error
    if not any(epoch > 0 for epoch in epochs):
        raise DataError(
            f"{folder.path} has no history yet (history.csv has no completed epoch); "
            "leave it out, or wait for its first epoch"
        )
    return {
        name: [value for epoch, value in zip(epochs, column, strict=True) if epoch > 0]
        for name, column in columns.items()
    }


def _read_group(folder: GroupFolder) -> list[Entry]:
    """Read the members that were begun; those that differ in more than chance stand apart."""
    plan = runs.read_json(folder.plan)
    names = list(plan["trials"]) if isinstance(plan, dict) and _is_mapping(plan, "trials") else []
    if not names or not all(map(runs.is_name, names)):
        raise CheckpointError(f"{folder.plan} is not the plan of a group: expected names of runs")
    begun = [name for name in names if _has_epoch(folder.member(name))]
    if not begun:
        raise DataError(
            f"{folder.path} has no history yet: it has {counted(len(names), 'run')}, "
            "of which none has completed an epoch"
        )
    alike: dict[str, list[Member]] = {}
    for name in begun:
        member = read_member(folder.member(name))
        fixed = {
            key: value
            for key, value in member.settings.items()
            if key not in member.without_effect and not is_chance(key)
        }
        alike.setdefault(repr(sorted(fixed.items())), []).append(member)
    return [_without_failures(folder.path, members) for members in alike.values()]


def _is_mapping(plan: Mapping[str, Any], key: str) -> bool:
    return isinstance(plan.get(key), dict)


def _without_failures(path: Path, members: Sequence[Member]) -> Entry:
    """Leave out what a group's summary leaves out, unless nothing else is there."""
    sound = [member for member in members if member.metrics and not member.divergence]
    kept = sound or members
    left_out = [member.path.name for member in members if member not in kept]
    return Entry(path, tuple(kept), tuple(left_out))


def _has_scores(column: Sequence[float | None] | None) -> bool:
    return any(value is not None and math.isfinite(value) for value in column or ())
