"""Training from the shell: where the run goes, and what is printed at the end."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from nnlab.cli.options import make_console, make_store, print_json
from nnlab.console import Console, TrainingDisplay
from nnlab.errors import InterruptedRun, OutputExistsError
from nnlab.experiments.contract import AnyExperiment, Table
from nnlab.files import make_folder
from nnlab.interrupts import raised_once
from nnlab.runs import folder as runs
from nnlab.runs import group, single
from nnlab.runs.folder import GroupFolder, RunFolder
from nnlab.runs.occupying import given_up_unless_started, has_run, is_free
from nnlab.runs.workshop import Workshop
from nnlab.training.settings import TrainingSettings

RUNS = Path("runs")


def train(ctx: click.Context, experiment: AnyExperiment, config: TrainingSettings) -> None:
    """Train as the options say and print what came out."""
    trials = experiment.trials(config, ctx.params["runs"])
    workshop = make_workshop(ctx)
    out: Path | None = ctx.params["out"]
    existed = out is not None and out.exists()
    parents = [path for path in (RUNS / experiment.name, RUNS) if out is None and not path.exists()]
    folder = _folder(ctx, experiment, single_run=len(trials) == 1)
    replace = ctx.params["force"] and (RunFolder(folder).is_run() or GroupFolder(folder).is_group())
    with (
        _removed_if_empty(parents),
        interruptible(folder),
        given_up_unless_started(folder, existed),
    ):
        if len(trials) == 1:
            only = next(iter(trials.values()))
            metrics = single.run(experiment, only, RunFolder(folder), workshop, replace=replace)
            print_run(ctx, experiment, metrics, folder)
        else:
            group_folder = GroupFolder(folder)
            summary = group.run_group(experiment, trials, group_folder, workshop, replace=replace)
            print_summary(ctx, experiment, summary, folder)


@contextmanager
def _removed_if_empty(folders: Sequence[Path]) -> Iterator[None]:
    """Leave no empty folders behind when no run began."""
    try:
        yield
    finally:
        for folder in folders:
            with suppress(OSError):  # it holds a run
                folder.rmdir()


def make_workshop(ctx: click.Context) -> Workshop:
    """Return the surroundings of a run that the shell's options describe."""
    quiet = ctx.params["quiet"]
    verbose = ctx.params["verbose"] > 1
    return Workshop(make_store(ctx), TrainingDisplay(quiet), Console(quiet).warn, verbose)


@contextmanager
def interruptible(folder: Path, how: str = "") -> Iterator[None]:
    """Make SIGTERM the same as Ctrl-C, and add to either where the run is and how it goes on."""
    try:
        with raised_once():
            yield
    except (InterruptedRun, KeyboardInterrupt) as error:
        what = str(error) or f"interrupted; {_kept(folder)}"
        if how:
            what += f"; {how}"
        elif has_run(folder):
            what += f"; go on with: nnlab resume {shlex.quote(str(folder))}"
        raise InterruptedRun(what) from error


def _kept(folder: Path) -> str:
    """Say what is left of a run, or of a group of runs, that was not told to save."""
    if any(folder.glob("last.h5")) or any(folder.glob("*/last.h5")):
        return "what was saved last is kept"
    return "nothing was trained yet"


def _folder(ctx: click.Context, experiment: AnyExperiment, *, single_run: bool) -> Path:
    """Return the folder to train in: a new one, or --out, where the same run may go on."""
    out: Path | None = ctx.params["out"]
    if out is None:
        return runs.new_folder(RUNS, experiment.name)
    if out.exists() and not out.is_dir():
        raise OutputExistsError(f"--out {out} is a file; name a folder")
    holds_run, holds_group = RunFolder(out).is_run(), GroupFolder(out).is_group()
    if holds_group:
        group.read_plan(GroupFolder(out))  # refuses what only looks like a group
    elif holds_run:
        single.read_plan(RunFolder(out))
    elif out.is_dir() and not is_free(out):
        raise OutputExistsError(f"--out {out} has files in it but no run; name another folder")
    if not ctx.params["force"] and (holds_group if single_run else holds_run):
        kind = "a group of runs" if single_run else "a single run"
        raise OutputExistsError(f"--out {out} holds {kind}; name another folder or give --force")
    make_folder(out)
    return out


def print_run(
    ctx: click.Context, experiment: AnyExperiment, metrics: Mapping[str, Any], folder: Path
) -> None:
    """Print a run's metrics: as JSON, or as tables."""
    if ctx.params["as_json"]:
        print_json({"run": str(folder), **metrics})
        return
    console = make_console(ctx)
    print_tables(console, experiment.tables(metrics))
    training = metrics["training"]
    epochs = "1 epoch" if training["epochs"] == 1 else f"{training['epochs']} epochs"
    console.say(
        f"{epochs} in {training['seconds']:.0f} s "
        f"({training['examples_per_second']:,} examples a second), best epoch "
        f"{training['best_epoch']}; saved in {folder}"
    )


def print_summary(
    ctx: click.Context, experiment: AnyExperiment, summary: Mapping[str, Any], folder: Path
) -> None:
    """Print what several runs say together: as JSON, or as tables."""
    if ctx.params["as_json"]:
        print_json({"run": str(folder), **summary})
        return
    console = make_console(ctx)
    print_tables(console, summary_tables(experiment, summary))
    count = len(summary["runs"])
    console.say(f"{count} run{'s' * (count > 1)} saved in {folder}")


def summary_tables(experiment: AnyExperiment, summary: Mapping[str, Any]) -> list[Table]:
    """Return what several runs say together: means, then what the experiment makes of them."""
    means = [_score_table(summary)] if summary["scores"] else []
    return [*means, *experiment.summary_tables(summary)]


def print_tables(console: Console, tables: list[Table]) -> None:
    """Print tables on stdout."""
    for table in tables:
        console.table(table.title, table.columns, table.rows, table.note)


def _score_table(summary: Mapping[str, Any]) -> Table:
    rows = [
        (name, f"{score['mean']:.4f}", _number(score["sd"]), _interval(score), str(score["n"]))
        for name, score in summary["scores"].items()
    ]
    rows += [
        (f"{score} of {baseline}", f"{value:.4f}", "", "", "")
        for baseline, scores in summary["baselines"].items()
        for score, value in scores.items()
    ]
    title = f"Over all runs, on {summary['dataset']['name']}"
    return Table(title, ("", "mean", "sd", "95 % interval", "runs"), rows)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _interval(score: Mapping[str, Any]) -> str:
    return "" if score["low"] is None else f"{score['low']:.4f} to {score['high']:.4f}"
