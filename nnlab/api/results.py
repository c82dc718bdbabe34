"""What training, evaluating and comparing return: runs, groups, scores, and runs side by side."""

import functools
import os
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab import experiments
from nnlab.api.showing import Shown
from nnlab.errors import DataError
from nnlab.experiments.contract import Answer, Table
from nnlab.metrics import Estimate
from nnlab.plots.style import png
from nnlab.report import comparison, comparison_table
from nnlab.results import Metrics, RunMetrics, Summary
from nnlab.runs.answering import Trained, load
from nnlab.runs.folder import GroupFolder, RunFolder
from nnlab.runs.group import read_plan
from nnlab.runs.reading import read_group, read_run
from nnlab.runs.tables import summary_tables
from nnlab.wording import counted

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, repr=False)
class Run(Shown):
    """A finished run.

    Attributes:
        path: Its folder.
        metrics: What it came to: scores, baselines, details, training, config.
    """

    path: Path
    metrics: RunMetrics[Any]

    @property
    def scores(self) -> dict[str, float]:
        """The scores on the test set, by name."""
        return dict(self.metrics.scores)

    @property
    def baselines(self) -> dict[str, dict[str, float]]:
        """The same scores of the naive methods, by method."""
        return {name: dict(scores) for name, scores in self.metrics.baselines.items()}

    @property
    def history(self) -> dict[str, list[float | None]]:
        """The columns of history.csv: epoch 0 is the untrained network."""
        return RunFolder(self.path).read_history()

    @property
    def figures(self) -> dict[str, Path]:
        """The PNG files of its figures, by name."""
        return {path.stem: path for path in sorted(RunFolder(self.path).figures.glob("*.png"))}

    @functools.cached_property
    def trained(self) -> Trained:
        """The best network, as `nnlab.load` returns it."""
        return load(self.path)

    def answer(self, inputs: Iterable[str | os.PathLike[str]], **query: Any) -> list[Answer]:
        """Return the answers of the best network; see `Trained.answer`."""
        return self.trained.answer(inputs, **query)

    def tables(self) -> list[Table]:
        """Return what a training prints at its end: scores with intervals, beside baselines."""
        return experiments.get(self.metrics.experiment).tables(self.metrics)

    def pictures(self) -> Iterable[tuple[str, bytes]]:
        """Yield the name and the PNG of each figure."""
        return ((name, path.read_bytes()) for name, path in self.figures.items())

    def __repr__(self) -> str:
        """Return its folder and its scores."""
        scores = _in_short(self.scores)
        return f"<run of {self.metrics.experiment} in {self.path}: {scores}>"


@dataclass(frozen=True, repr=False)
class Group(Shown):
    """Several runs that answer one question together, such as one per seed.

    Attributes:
        path: Their folder.
        summary: What they say together: `scores` are means with 95 % intervals.
    """

    path: Path
    summary: Summary[Any]

    @property
    def scores(self) -> dict[str, Estimate]:
        """The mean of each score over the runs, with sd, low, high and n."""
        return dict(self.summary.scores)

    @property
    def runs(self) -> dict[str, Run]:
        """The runs that did not diverge, by name."""
        folder = GroupFolder(self.path)
        return {name: open_run(folder.member(name).path) for name in self.summary.runs}

    def tables(self) -> list[Table]:
        """Return the means, and what the experiment makes of its runs."""
        return summary_tables(experiments.get(self.summary.experiment), self.summary)

    def pictures(self) -> Iterable[tuple[str, bytes]]:
        """Yield the name and the PNG of each figure over all runs."""
        paths = sorted(GroupFolder(self.path).figures.glob("*.png"))
        return ((path.stem, path.read_bytes()) for path in paths)

    def __repr__(self) -> str:
        """Return its folder and the number of runs."""
        count = len(self.summary.runs)
        return f"<group of {counted(count, 'run')} of {self.summary.experiment} in {self.path}>"


@dataclass(frozen=True, repr=False)
class Evaluation(Shown):
    """What a trained network scored on a test set.

    Attributes:
        metrics: Scores, baselines, details and data set.
    """

    metrics: Metrics[Any]

    @property
    def scores(self) -> dict[str, float]:
        """The scores, by name."""
        return dict(self.metrics.scores)

    def tables(self) -> list[Table]:
        """Return what `nnlab evaluate` prints."""
        return experiments.get(self.metrics.experiment).tables(self.metrics)

    def __repr__(self) -> str:
        """Return its scores."""
        return f"<scores of {self.metrics.experiment}: {_in_short(self.scores)}>"


@dataclass(frozen=True, repr=False)
class Compared(Shown):
    """Runs and groups side by side."""

    comparison: comparison.Comparison

    def tables(self) -> list[Table]:
        """Return a table for each experiment: settings that differ, and scores."""
        return comparison_table.tables(self.comparison)

    def figure(self) -> "Figure":
        """Return their curves, drawn with matplotlib."""
        return comparison.draw(self.comparison)

    def pictures(self) -> Iterable[tuple[str, bytes]]:
        """Yield the curves, where the runs share a measure."""
        if self.comparison.column:
            yield "curves", png(self.figure())

    def __repr__(self) -> str:
        """Return the names of what is compared."""
        return f"<comparison of {', '.join(self.comparison.names)}>"


def _in_short(scores: Mapping[str, float]) -> str:
    return ", ".join(f"{name}={value:.4g}" for name, value in scores.items())


def open_run(path: str | Path) -> Run:
    """Return a finished run by its folder.

    Raises:
        DataError: It is no finished run.
    """
    folder = Path(path)
    if GroupFolder(folder).is_group():
        raise DataError(f"{folder} is a group of runs; open it with nnlab.open_group")
    _check_finished(folder, RunFolder(folder).is_run(), RunFolder(folder).is_finished())
    return Run(folder, read_run(RunFolder(folder))[1])


def open_group(path: str | Path) -> Group:
    """Return a finished group of runs by its folder.

    A warning names runs that are not in its summary: they diverged, or are not finished since the
    group has grown.

    Raises:
        DataError: It is no finished group.
        CheckpointError: Its plan is damaged.
    """
    folder = Path(path)
    if RunFolder(folder).is_run():
        raise DataError(f"{folder} is a single run; open it with nnlab.open_run")
    group = GroupFolder(folder)
    _check_finished(folder, group.is_group(), group.summary.is_file())
    summary = read_group(group)[1]
    left_out = [name for name in read_plan(group)[1] if name not in summary.runs]
    if left_out:
        text = f"{folder}: without {', '.join(left_out)}: diverged or unfinished"
        warnings.warn(text, UserWarning, stacklevel=2)
    return Group(folder, summary)


def _check_finished(folder: Path, begun: bool, finished: bool) -> None:
    if not begun:
        raise DataError(f"{folder}: expected the folder of a training, found none")
    if not finished:
        raise DataError(f"{folder} is not finished; nnlab resume {folder} completes it")
