"""Training from the shell: where the run goes, and what is printed at the end."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from nnlab.cli.options import make_console, make_store, print_json
from nnlab.console import Console, TrainingDisplay
from nnlab.errors import InterruptedRun
from nnlab.experiments.contract import AnyExperiment, Table
from nnlab.interrupts import raised_once
from nnlab.records import versioned
from nnlab.results import RunMetrics, Summary
from nnlab.runs import group, single
from nnlab.runs.folder import GroupFolder, RunFolder
from nnlab.runs.occupying import has_run
from nnlab.runs.placing import placed, replaces
from nnlab.runs.tables import summary_tables
from nnlab.runs.workshop import Workshop
from nnlab.training.settings import TrainingSettings


def train(ctx: click.Context, experiment: AnyExperiment, config: TrainingSettings) -> None:
    """Train as the options say and print what came out."""
    trials = experiment.trials(config, ctx.params["runs"])
    workshop = make_workshop(ctx)
    single_run, force = len(trials) == 1, ctx.params["force"]
    place = placed(experiment.name, ctx.params["out"], single_run=single_run, force=force)
    with place as folder, interruptible(folder):
        replace = replaces(folder, force=force)
        if single_run:
            (only,) = trials.values()
            metrics = single.run(experiment, only, RunFolder(folder), workshop, replace=replace)
            print_run(ctx, experiment, metrics, folder)
        else:
            group_folder = GroupFolder(folder)
            summary = group.run_group(experiment, trials, group_folder, workshop, replace=replace)
            print_summary(ctx, experiment, summary, folder)


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


def print_run(
    ctx: click.Context, experiment: AnyExperiment, metrics: RunMetrics[Any], folder: Path
) -> None:
    """Print a run's metrics: as JSON, or as tables."""
    if ctx.params["as_json"]:
        print_json({"run": str(folder), **versioned(metrics)})
        return
    console = make_console(ctx)
    print_tables(console, experiment.tables(metrics))
    training = metrics.training
    epochs = "1 epoch" if training.epochs == 1 else f"{training.epochs} epochs"
    speed = training.examples_per_second
    console.say(
        f"{epochs} in {training.seconds:.0f} s"
        + (f" ({speed:,} examples a second)" if speed else "")
        + f", best epoch {training.best_epoch}; saved in {folder}"
    )


def print_summary(
    ctx: click.Context, experiment: AnyExperiment, summary: Summary[Any], folder: Path
) -> None:
    """Print what several runs say together: as JSON, or as tables."""
    if ctx.params["as_json"]:
        print_json({"run": str(folder), **versioned(summary)})
        return
    console = make_console(ctx)
    print_tables(console, summary_tables(experiment, summary))
    count = len(summary.runs)
    console.say(f"{count} run{'s' * (count > 1)} saved in {folder}")


def print_tables(console: Console, tables: list[Table]) -> None:
    """Print tables on stdout."""
    for table in tables:
        console.table(table.title, table.columns, table.rows, table.note)
