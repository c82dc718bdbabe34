"""Runs side by side: which settings differ, their scores, and their curves in one figure."""

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab import experiments
from nnlab.datasets.store.provenance import Source
from nnlab.errors import UsageError, nearest
from nnlab.plots.style import house_style
from nnlab.report.entries import Entry, check_distinct, read_entries
from nnlab.runs.figures import data_in_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from nnlab.plots.comparison import Curve

VALIDATION, TRAINING = "validation_", "training_"


@dataclass(frozen=True)
class Comparison:
    """Runs and groups to be looked at together.

    Attributes:
        entries: One a curve and a row.
        names: Their shortest paths that differ.
        column: The column of the history that is drawn; empty where the runs share no measure.
    """

    entries: tuple[Entry, ...]
    names: tuple[str, ...]
    column: str

    @property
    def without_effect(self) -> frozenset[str]:
        """Settings that change no result: they have a column, but name no curve."""
        return frozenset().union(*(entry.first.without_effect for entry in self.entries))

    @property
    def measure(self) -> str:
        """What is drawn, in words: `validation accuracy`, `training loss`."""
        side = "" if self.column.startswith(VALIDATION) else TRAINING
        return (side + self.column).replace("_", " ")

    @property
    def is_share(self) -> bool:
        """Whether what is drawn is a share of a whole, as all the experiments say."""
        name = self.column.removeprefix(VALIDATION)
        return all(name in shares_of(entry.first.experiment) for entry in self.entries)

    def by_experiment(self) -> dict[str, "Comparison"]:
        """Return the runs of each experiment by themselves, under its name."""
        parts: dict[str, list[tuple[Entry, str]]] = {}
        for entry, name in zip(self.entries, self.names, strict=True):
            parts.setdefault(entry.first.experiment, []).append((entry, name))
        return {
            experiment: Comparison(
                tuple(entry for entry, _ in pairs), tuple(name for _, name in pairs), self.column
            )
            for experiment, pairs in parts.items()
        }

    def differing(self) -> dict[str, list[str]]:
        """Return the settings in which the entries differ: a cell an entry."""
        names = [name for name in self._comparable() if name != "dataset"]
        values: dict[str, list[tuple[Any, ...]]] = {
            "experiment": [(entry.first.experiment,) for entry in self.entries],
            "data": self._datasets(),
            **{name: [e.setting(name) for e in self.entries] for name in names},
        }
        return {
            name: [", ".join(map(cell_text, cell)) for cell in cells]
            for name, cells in values.items()
            if len(set(map(repr, cells))) > 1
        }

    def _datasets(self) -> list[tuple[str, ...]]:
        """Return the names of each entry's data, with a checksum where one name is two sets.

        Data that an experiment makes itself follow from its settings, and are left out.
        """
        sources = [
            [member.dataset for member in entry.members if not _made_by_settings(member.dataset)]
            for entry in self.entries
        ]
        checksums: dict[str, set[str]] = {}
        for source in itertools.chain.from_iterable(sources):
            checksums.setdefault(source.name, set()).add(source.sha256)
        return [
            tuple(
                dict.fromkeys(
                    source.name
                    + (f" ({source.sha256[:8]})" if len(checksums[source.name]) > 1 else "")
                    for source in own
                )
            )
            for own in sources
        ]

    def _comparable(self) -> list[str]:
        """Return the settings that all runs have, or in which runs of one experiment differ."""
        values: dict[str, dict[str, set[str]]] = {}
        for entry in self.entries:
            for name in entry.first.settings:
                per_experiment = values.setdefault(name, {})
                seen = per_experiment.setdefault(entry.first.experiment, set())
                seen.add(repr(entry.setting(name)))
        experiments = len({entry.first.experiment for entry in self.entries})
        return [
            name
            for name, found in values.items()
            if len(found) == experiments or any(len(seen) > 1 for seen in found.values())
        ]


def compare(paths: Sequence[Path], measure: str | None = None) -> Comparison:
    """Read runs and groups, and choose what to draw of them.

    Args:
        paths: Run folders and group folders.
        measure: What to draw, such as `accuracy`, on the held-out examples where all have them;
            `training_accuracy` and `validation_accuracy` choose. None: the first measure.

    Raises:
        CheckpointError: A folder holds no run.
        DataError: A file is damaged, or a run has no history yet.
        UsageError: A run was named twice, or the runs do not all have the measure.
    """
    if not paths:
        raise UsageError("expected runs to compare, got none")
    check_distinct(paths)
    return compare_entries([entry for path in paths for entry in read_entries(path)], measure)


def compare_entries(entries: Sequence[Entry], measure: str | None = None) -> Comparison:
    """Choose what to draw of runs that have been read; see `compare`."""
    every = [entry.measures() for entry in entries]
    shared = [name for name in every[0] if all(name in measures for measures in every)]
    wanted = measure or _first_measure(entries, shared)
    column = _column(shared, wanted) if wanted else ""
    return Comparison(tuple(entries), short_names(entries), column)


def _column(shared: Sequence[str], wanted: str) -> str:
    wanted = wanted.replace("-", "_")
    if wanted.removeprefix(TRAINING) in shared and wanted.startswith(TRAINING):
        return wanted.removeprefix(TRAINING)
    for name in (VALIDATION + wanted, wanted):
        if name in shared:
            return name
    plain = _plain(shared)
    training = (f"{TRAINING}{name}" for name in plain if name in shared)
    known = [*dict.fromkeys([*plain, *training, *shared])]
    raise UsageError(f"--measure {wanted}: the runs do not all have it; {nearest(wanted, known)}")


def _plain(columns: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(name.removeprefix(VALIDATION) for name in columns))


def _first_measure(entries: Sequence[Entry], shared: Sequence[str]) -> str:
    """Return the first measure; nothing where different experiments share only the loss."""
    plain = _plain(shared)
    alike = len({entry.first.experiment for entry in entries}) == 1
    return next((name for name in plain if name != "loss" or (len(plain) == 1 and alike)), "")


def check_drawable(comparison: Comparison) -> None:
    """Refuse to draw runs that share no measure.

    Raises:
        UsageError: They share none.
    """
    if comparison.column:
        return
    measures = [
        [name for name in _plain(entry.measures()) if name != "loss"]
        for entry in comparison.entries
    ]
    has = "; ".join(
        f"{entry.path} ({entry.first.experiment}) has {', '.join(names) or 'none'}"
        for entry, names in zip(comparison.entries, measures, strict=True)
    )
    raise UsageError(
        "the runs share no measure besides the loss, and losses of different experiments say "
        f"nothing about each other: {has}; draw runs of one experiment"
    )


def short_names(entries: Sequence[Entry]) -> tuple[str, ...]:
    """Return the last parts of the paths, as many as it takes to tell the folders apart."""
    parts = [entry.path.resolve().parts for entry in entries]
    for count in range(1, max(map(len, parts)) + 1):
        names = ["/".join(path[-count:]) for path in parts]
        if len(set(names)) == len(set(parts)):
            break
    return tuple(names)


def labels(comparison: Comparison) -> list[str]:
    """Return what the legend calls each curve: the settings that differ, else the folder's name."""
    words: list[list[str]] = [[] for _ in comparison.entries]
    for setting, cells in comparison.differing().items():
        if setting in comparison.without_effect:
            continue
        for number, (entry, cell) in enumerate(zip(comparison.entries, cells, strict=True)):
            if len(entry.setting(setting)) == 1:  # not the seeds of a group
                words[number].append(_in_words(setting, cell))
    texts = [", ".join(filter(None, row)) for row in words]
    unclear = [not text or texts.count(text) > 1 for text in texts]
    return [
        (" · ".join(filter(None, (name, text))) if doubtful else text)
        + (f" ({len(entry.members)} runs)" if len(entry.members) > 1 else "")
        for name, text, doubtful, entry in zip(
            comparison.names, texts, unclear, comparison.entries, strict=True
        )
    ]


def _in_words(setting: str, cell: str) -> str:
    words = setting.replace("_", " ")
    if cell in ("yes", "no"):
        return words if cell == "yes" else f"no {words}"
    return f"{words} {cell}" if cell and setting != "experiment" else cell


def curves(comparison: Comparison) -> list["Curve"]:
    """Return the curves, with the band of the runs around the mean of a group."""
    return [
        _curve(entry, comparison.column, label)
        for entry, label in zip(comparison.entries, labels(comparison), strict=True)
    ]


def _curve(entry: Entry, column: str, label: str) -> "Curve":
    """Return the mean over the epochs that all members have, so that no member's end is a step."""
    from nnlab.plots.comparison import Curve

    series = [
        dict(zip(map(int, filter(None, m.history["epoch"])), m.history[column], strict=True))
        for m in entry.members
    ]
    epochs = sorted(set.intersection(*map(set, series)))
    values = np.array([[one[epoch] for epoch in epochs] for one in series], dtype=np.float64)
    values[~np.isfinite(values)] = np.nan
    diverged = [member.divergence.epoch for member in entry.members if member.divergence]
    mean, first_time = values.mean(axis=0), min(diverged, default=None)
    if len(values) == 1:
        return Curve(label, epochs, mean, diverged=first_time)
    return Curve(label, epochs, mean, values.min(axis=0), values.max(axis=0), first_time)


@house_style()
def draw(comparison: Comparison) -> "Figure":
    """Draw all curves in one figure.

    Raises:
        UsageError: The runs share no measure.
    """
    from nnlab.plots.comparison import compare_curves

    check_drawable(comparison)
    names = dict.fromkeys(entry.first.experiment for entry in comparison.entries)
    members = [member for entry in comparison.entries for member in entry.members]
    data = dict.fromkeys(data_in_words(member.dataset) for member in members)
    parts = [", ".join(names), f"data: {', '.join(data)}"]
    if len(members) > len(comparison.entries):
        parts.append("several runs: their mean, and a band from the lowest to the highest")
    return compare_curves(
        curves(comparison), comparison.measure, " · ".join(parts), comparison.is_share
    )


def shares_of(experiment: str) -> Collection[str]:
    """Return the scores of an experiment that are shares of a whole; none if it is unknown here."""
    known = experiments.exists(experiment)  # it may be another version's
    return experiments.get(experiment).shares if known else ()


def _made_by_settings(source: Source) -> bool:
    return not source.files and not source.sample


def cell_text(value: Any) -> str:
    """Write a setting as a table shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
