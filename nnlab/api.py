"""nnlab from Python: train, evaluate and compare as the shell does, and look at the results.

    >>> import nnlab
    >>> run = nnlab.train("classify", model="cnn", epochs=3)
    >>> run.scores["accuracy"], run.figures["confusion"]
    >>> run.answer(["data/examples/7.png"])

Nothing is printed; warnings are Python's. In a notebook a bar shows the epochs, and results show
themselves as tables and figures.
"""

import base64
import functools
import html
import sys
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab import experiments
from nnlab.datasets.store import Store
from nnlab.experiments.contract import Answer, Table
from nnlab.metrics import Estimate
from nnlab.report import comparison, comparison_table
from nnlab.results import Metrics, RunMetrics, Summary
from nnlab.runs import group, single
from nnlab.runs.answering import Trained, load
from nnlab.runs.evaluation import evaluate as evaluate_checkpoint
from nnlab.runs.folder import GroupFolder, RunFolder
from nnlab.runs.placing import placed, replaces
from nnlab.runs.reading import read_run
from nnlab.runs.tables import summary_tables
from nnlab.runs.workshop import RunObserver, Workshop

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class _Shown(ABC):
    """Shows itself as text, and as HTML in a notebook."""

    @abstractmethod
    def tables(self) -> list[Table]:
        """Return what the shell prints."""

    def pictures(self) -> Iterable[tuple[str, bytes]]:
        """Yield the name and the PNG of each figure."""
        return ()

    def __str__(self) -> str:
        """Return the tables as text."""
        return "\n\n".join(map(_text, self.tables()))

    def _repr_html_(self) -> str:
        images = (
            f'<img alt="{html.escape(name)}" style="max-width: 100%" '
            f'src="data:image/png;base64,{base64.b64encode(content).decode()}">'
            for name, content in self.pictures()
        )
        return "\n".join([*map(_html, self.tables()), *images])


@dataclass(frozen=True, repr=False)
class Run(_Shown):
    """A finished run.

    Attributes:
        path: Its folder.
        metrics: What it came to: scores, baselines, details, training, config.
    """

    path: Path
    metrics: RunMetrics[Any]

    @property
    def scores(self) -> dict[str, float]:
        """The scores on the test part, by name."""
        return dict(self.metrics.scores)

    @property
    def baselines(self) -> dict[str, dict[str, float]]:
        """The same scores of the naive methods, by method."""
        return {name: dict(scores) for name, scores in self.metrics.baselines.items()}

    @property
    def history(self) -> dict[str, list[float | None]]:
        """The columns of history.csv: epoch 0 is the untrained network."""
        return {name: list(values) for name, values in RunFolder(self.path).read_history().items()}

    @property
    def figures(self) -> dict[str, Path]:
        """The PNG files of its figures, by name."""
        return {path.stem: path for path in sorted(RunFolder(self.path).figures.glob("*.png"))}

    @functools.cached_property
    def trained(self) -> Trained:
        """The best network, as `nnlab.load` returns it."""
        return load(self.path)

    def answer(self, inputs: Iterable[str], **query: Any) -> list[Answer]:
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
        scores = ", ".join(f"{name}={value:.4g}" for name, value in self.scores.items())
        return f"<run of {self.metrics.experiment} in {self.path}: {scores}>"


@dataclass(frozen=True, repr=False)
class Group(_Shown):
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
        return f"<group of {count} runs of {self.summary.experiment} in {self.path}>"


@dataclass(frozen=True, repr=False)
class Evaluation(_Shown):
    """What a trained network scored on a test part.

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


@dataclass(frozen=True, repr=False)
class Compared(_Shown):
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
            buffer = BytesIO()
            self.figure().savefig(buffer, format="png")
            yield "curves", buffer.getvalue()


def train(
    experiment: str,
    *,
    runs: int | None = None,
    out: str | Path | None = None,
    force: bool = False,
    progress: bool | None = None,
    data_dir: str | Path | None = None,
    **options: Any,
) -> Run | Group:
    """Train, score and draw, as `nnlab EXPERIMENT` does.

    Args:
        experiment: Its name, such as "perm-test".
        runs: How many runs, each with a seed of its own; None is the experiment's default.
        out: The folder; the same call again goes on there. None is a new one below runs/.
        force: Replace the run in `out`.
        progress: Whether a bar shows the epochs; None: in a notebook.
        data_dir: Where data sets are looked for first.
        options: Fields of the experiment's Config, such as `epochs=3`.

    Returns:
        The run, or the group if there are several.

    Raises:
        NnlabError: An option is unknown or not allowed, data are missing, or the loss got out of
            control.
    """
    chosen = experiments.get(experiment)
    config = chosen.configure(options, f"nnlab.train({experiment!r})")
    trials = chosen.trials(config, chosen.default_runs if runs is None else runs)
    bar = "ipykernel" in sys.modules if progress is None else progress
    observer: RunObserver = _Bar() if bar else _Silent()
    workshop = Workshop(_store(data_dir), observer, _warn)
    named = None if out is None else Path(out)
    single_run = len(trials) == 1
    with placed(experiment, named, single_run=single_run, force=force) as folder:
        replace = replaces(folder, force=force)
        if single_run:
            (only,) = trials.values()
            place = RunFolder(folder)
            return Run(folder, single.run(chosen, only, place, workshop, replace=replace))
        members = GroupFolder(folder)
        return Group(folder, group.run_group(chosen, trials, members, workshop, replace=replace))


def open_run(path: str | Path) -> Run:
    """Return a finished run by its folder.

    Raises:
        DataError: It is no finished run.
    """
    return Run(Path(path), read_run(RunFolder(Path(path)))[1])


def evaluate(
    run: Run | Trained | str | Path, *, data_dir: str | Path | None = None, **data: Any
) -> Evaluation:
    """Score a trained network on the test part of its own or of other data.

    Args:
        run: A run, a network, a run folder or a checkpoint.
        data_dir: Where data sets are looked for first.
        data: Options that choose other data, such as `dataset="mnist"`.

    Raises:
        NnlabError: The data are missing, or the network cannot read them.
    """
    trained = run if isinstance(run, Trained) else load(run.path if isinstance(run, Run) else run)
    return Evaluation(evaluate_checkpoint(trained, data, _store(data_dir), _warn))


def compare(*runs: Run | Group | str | Path, measure: str | None = None) -> Compared:
    """Put runs and groups side by side.

    Args:
        runs: Results of `train`, or folders.
        measure: What is drawn, such as "loss"; None: the runs' first measure.

    Raises:
        NnlabError: A folder holds no run, or there is no such measure.
    """
    paths = [one.path if isinstance(one, Run | Group) else Path(one) for one in runs]
    return Compared(comparison.compare(paths, measure))


def _store(data_dir: str | Path | None) -> Store:
    return Store(None if data_dir is None else Path(data_dir))


def _warn(text: str) -> None:
    warnings.warn(text, UserWarning, stacklevel=2)


def _text(table: Table) -> str:
    rows = [tuple(table.columns), *map(tuple, table.rows)]
    widths = [max(len(str(row[column])) for row in rows) for column in range(len(table.columns))]
    lines = [
        "  ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([table.title, *lines, *([table.note] if table.note else [])])


def _html(table: Table) -> str:
    def row(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(str(c))}</{tag}>" for c in cells) + "</tr>"

    body = "".join(row(cells, "td") for cells in table.rows)
    note = f"<p>{html.escape(table.note)}</p>" if table.note else ""
    return (
        f"<table><caption>{html.escape(table.title)}</caption>"
        f"<thead>{row(table.columns, 'th')}</thead><tbody>{body}</tbody></table>{note}"
    )


class _Silent:
    """Watches a run and shows nothing."""

    def run_started(self, title: str, epochs: int, done: int) -> None: ...

    def stage(self, text: str) -> None: ...

    def glimpse(self, make: Callable[[], str]) -> None: ...

    def run_finished(self) -> None: ...

    def chunk_done(self, epoch: int, step: int, steps: int, means: Mapping[str, float]) -> None: ...

    def epoch_done(self, row: Mapping[str, Any]) -> None: ...


class _Bar(_Silent):
    """Shows the epochs of a run as a bar, in a notebook or on a terminal."""

    def run_started(self, title: str, epochs: int, done: int) -> None:
        with warnings.catch_warnings():  # tqdm's own: without ipywidgets its bar is plain text
            warnings.simplefilter("ignore")
            from tqdm.auto import tqdm

        self._bar = tqdm(total=epochs, initial=done, desc=title, unit="epoch", leave=False)

    def epoch_done(self, row: Mapping[str, Any]) -> None:
        self._bar.update()

    def run_finished(self) -> None:
        self._bar.close()
