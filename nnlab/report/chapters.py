"""What the page says of each folder: read from its files, nothing computed again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab.datasets.store.provenance import Source
from nnlab.errors import DataError
from nnlab.experiments.contract import AnyExperiment, Warn
from nnlab.report.comparison import compare_entries, draw, short_names
from nnlab.report.entries import Entry, check_distinct, read_entries
from nnlab.report.explorers import PageExplorer, explorers
from nnlab.report.page_figures import Picture, drawn_figure, read_figures
from nnlab.report.page_tables import (
    PageTable,
    methods_table,
    page_table,
    settings_table,
    training_table,
)
from nnlab.results import RunMetrics, Summary
from nnlab.runs.folder import GroupFolder, RunFolder, expecting
from nnlab.runs.reading import read_group, read_run


@dataclass(frozen=True)
class Example:
    """What there is to see of one run.

    Attributes:
        name: The run, where it stands for others; empty for a run by itself.
        tables: What the training printed of it, where the group's own tables do not say it.
        explorers: What can be explored.
        figures: All its figures.
    """

    name: str
    tables: Sequence[PageTable]
    explorers: Sequence[PageExplorer]
    figures: Sequence[Picture]


@dataclass(frozen=True)
class Chapter:
    """All that the page says of a folder.

    Attributes:
        anchor: Where on the page it stands.
        name: The shortest path that tells it from the others.
        path: The folder as it was named.
        experiment: What was trained.
        source: The data set.
        entries: The runs behind it.
        remarks: What was left out.
        tables: Scores beside the baselines.
        training: How the training went.
        settings: The options.
        figures: The figures over all runs of a group.
        examples: A run, or the first of the runs that are alike.
    """

    anchor: str
    name: str
    path: Path
    experiment: AnyExperiment
    source: Source
    entries: Sequence[Entry]
    remarks: Sequence[str]
    tables: Sequence[PageTable]
    training: PageTable
    settings: PageTable
    figures: Sequence[Picture]
    examples: Sequence[Example]


def read_chapters(folders: Sequence[Path], warn: Warn) -> list[Chapter]:
    """Read finished runs and groups; `warn` gets a line about all that is left out.

    Raises:
        CheckpointError: A folder holds no run.
        DataError: A file is damaged, or no folder holds a finished run.
        UsageError: A folder was named twice.
    """
    check_distinct(folders)
    finished = [folder for folder in folders if _is_finished(folder, warn)]
    if not finished:
        raise DataError("no run is finished, so there is nothing to report; train one first")
    read = [(folder, _finished_entries(folder)) for folder in finished]
    names = short_names([entries[0] for _, entries in read])
    return [
        _chapter(f"run-{number}", name, folder, entries, warn)
        for number, (name, (folder, entries)) in enumerate(zip(names, read, strict=True), start=1)
    ]


def _is_finished(folder: Path, warn: Warn) -> bool:
    group, run = GroupFolder(folder), RunFolder(folder)
    if group.is_group() and not group.summary.is_file():
        warn(f"left out {folder}, which is not finished; you can name its finished runs one by one")
        return False
    if not group.is_group() and run.is_run() and not run.is_finished():
        warn(f"left out {folder}, which is not finished")
        return False
    return True  # or no run at all, which reading it will say


def _finished_entries(folder: Path) -> list[Entry]:
    entries = [entry for entry in read_entries(folder) if entry.finished]
    if not entries:
        raise DataError(f"{folder} has a summary, but none of its runs is finished")
    return entries


def _chapter(anchor: str, name: str, folder: Path, entries: Sequence[Entry], warn: Warn) -> Chapter:
    group = GroupFolder(folder)
    members = [member.path for entry in entries for member in entry.members]
    several = group.is_group() and len(members) > 1  # a group of one run is that run
    run = RunFolder(members[0])
    record: RunMetrics[Any] | Summary[Any]
    experiment, record = read_group(group) if several else read_run(run)
    label = f"{experiment.name} {name}"
    said = [text for entry in entries for text in _left_out(entry)]
    for text in said:
        warn(f"{folder}: {text}")
    return Chapter(
        anchor,
        name,
        folder,
        experiment,
        record.dataset,
        entries,
        said + [text for entry in entries for text in _divergences(entry)],
        _tables(group.summary if several else run.metrics, record, experiment),
        training_table(entries),
        settings_table(entries),
        list(_group_figures(group, entries, label, experiment)) if several else [],
        [_example(entry.first.path, label, experiment, named=several) for entry in entries],
    )


def _tables(
    file: Path, record: Summary[Any] | RunMetrics[Any], experiment: AnyExperiment
) -> list[PageTable]:
    """Return what a training prints at its end; of a group, its means above the baselines."""
    with expecting(f"the scores of {experiment.name}", file):
        if isinstance(record, RunMetrics):
            return [page_table(table) for table in experiment.tables(record)]
        means = [methods_table(record)] if record.scores else []
        return [page_table(table) for table in [*means, *experiment.summary_tables(record)]]


def _left_out(entry: Entry) -> Iterator[str]:
    if entry.left_out:
        yield f"without {', '.join(entry.left_out)}: diverged or unfinished"


def _divergences(entry: Entry) -> Iterator[str]:
    for member in entry.members:
        if member.divergence:
            epoch = member.divergence.epoch
            yield f"{member.path.name} diverged in epoch {epoch}; the best epoch is shown"


def _group_figures(
    group: GroupFolder, entries: Sequence[Entry], label: str, experiment: AnyExperiment
) -> Iterator[Picture]:
    yield drawn_figure(draw(compare_entries(entries)), "curves", label)
    yield from read_figures(group.figures, label, experiment.captions)


def _example(path: Path, label: str, experiment: AnyExperiment, *, named: bool) -> Example:
    folder = RunFolder(path)
    metrics = folder.read_metrics(experiment.Details)
    of = f"{label}, {path.name}" if named else label
    tables = _tables(folder.metrics, metrics, experiment) if named else []
    figures = list(read_figures(folder.figures, of, experiment.captions))
    found = explorers(folder, metrics, experiment)
    return Example(path.name if named else "", tables, found, figures)
