"""Training from the shell: choose the folder, train, and print the results."""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from nnlab.cli.options import STORE_OPTIONS, given_again, make_console, make_store, print_json
from nnlab.cli.training_display import TrainingDisplay
from nnlab.console import Console
from nnlab.errors import InterruptedRun
from nnlab.experiments.contract import AnyExperiment, Table
from nnlab.interrupts import raised_once
from nnlab.records import versioned
from nnlab.results import RunMetrics, Summary
from nnlab.runs.occupying import has_run
from nnlab.runs.placing import carry_out, placed
from nnlab.runs.tables import summary_tables
from nnlab.runs.workshop import RunObserver, Workshop
from nnlab.training.settings import TrainingSettings
from nnlab.wording import counted


def train(ctx: click.Context, experiment: AnyExperiment, config: TrainingSettings) -> None:
    """Train as the options say, and print the results."""
    trials = experiment.trials(config, ctx.params["runs"])
    workshop = make_workshop(ctx)
    force = ctx.params["force"]
    place = placed(experiment.name, ctx.params["out"], single_run=len(trials) == 1, force=force)
    with place as folder, interruptible(folder, options=given_again(ctx, STORE_OPTIONS)):
        result = carry_out(experiment, trials, folder, workshop, force=force)
        print_result(ctx, experiment, result, folder)


def make_workshop(ctx: click.Context) -> Workshop:
    """Return what a run needs besides its settings: data, display and warnings."""
    quiet = ctx.params["quiet"]
    observer = RunObserver() if quiet else TrainingDisplay()
    verbose = ctx.params["verbose"] > 1
    return Workshop(make_store(ctx), observer, Console(quiet).warn, verbose)


@contextmanager
def interruptible(folder: Path, how: str = "", *, options: Sequence[str] = ()) -> Iterator[None]:
    """Treat SIGTERM like Ctrl-C, and add to the message how to resume.

    Args:
        folder: Of the run, the group or the reproduction.
        how: What to do; empty for `nnlab resume`.
        options: Of `nnlab resume`.
    """
    try:
        with raised_once():
            yield
    except (InterruptedRun, KeyboardInterrupt) as error:
        what = str(error) or f"interrupted; {_kept(folder)}"
        if how:
            what += f"; {how}"
        elif has_run(folder):
            what += f"; resume with: {shlex.join(['nnlab', 'resume', str(folder), *options])}"
        raise InterruptedRun(what) from error


def _kept(folder: Path) -> str:
    """Say what is kept of a run, a group, or a reproduction, that had no time to save."""
    if any(any(folder.glob(f"{below}last.h5")) for below in ("", "*/", "*/*/")):
        return "the last checkpoint is kept"
    return "nothing was trained yet"


def print_result(
    ctx: click.Context,
    experiment: AnyExperiment,
    result: RunMetrics[Any] | Summary[Any],
    folder: Path,
) -> None:
    """Print a run's metrics, or the summary of several runs: as JSON, or as tables."""
    if ctx.params["as_json"]:
        print_json({"run": str(folder), **versioned(result)})
        return
    console = make_console(ctx)
    if isinstance(result, Summary):
        print_tables(console, summary_tables(experiment, result))
        console.say(f"{counted(len(result.runs), 'run')} saved in {folder}")
        return
    print_tables(console, experiment.tables(result))
    training = result.training
    speed = training.examples_per_second
    console.say(
        f"{counted(training.epochs, 'epoch')} in {training.seconds:.0f} s"
        + (f" ({speed:,} examples per second)" if speed else "")
        + f", best epoch {training.best_epoch}; saved in {folder}"
    )


def print_tables(console: Console, tables: list[Table]) -> None:
    """Print tables on stdout."""
    for table in tables:
        console.table(table.title, table.columns, table.rows, table.note)
