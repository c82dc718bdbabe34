"""`nnlab sweep`: settings × seeds as independent runs, on this machine or a Ray cluster."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nnlab import experiments
from nnlab.cli.names import EXPERIMENTS
from nnlab.cli.options import (
    PRINTING,
    STORE,
    STORE_OPTIONS,
    SectionedCommand,
    SectionedOption,
    given_again,
    make_console,
    make_store,
    print_json,
    with_options,
)
from nnlab.errors import (
    CheckpointError,
    DivergedError,
    InterruptedRun,
    NnlabError,
    OutputExistsError,
    UsageError,
)
from nnlab.experiments.contract import AnyExperiment
from nnlab.files import check_free, make_folder
from nnlab.interrupts import raised_once
from nnlab.machine import cores
from nnlab.records import versioned
from nnlab.runs import folder as runs
from nnlab.wording import counted

if TYPE_CHECKING:
    from nnlab.sweeps.cluster import RayExecutor
    from nnlab.sweeps.local import LocalExecutor
    from nnlab.sweeps.plan import Plan
    from nnlab.sweeps.summary import SweepSummary

SETTINGS = "What to train"
MACHINES = "Where and how"
SWEEPS = Path("sweeps")
OWN_OPTIONS = [
    SectionedOption(
        ["--grid"],
        multiple=True,
        metavar="NAME=V1,V2",
        help="Values to train with; NAME is a training option of the experiment. If repeated, all "
        "combinations are trained.",
        section=SETTINGS,
    ),
    SectionedOption(
        ["--list", "listed"],
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="JSON or TOML file with the settings to train, instead of --grid.",
        section=SETTINGS,
    ),
    SectionedOption(
        ["--set", "assignments"],
        multiple=True,
        metavar="NAME=VALUE",
        help="Value of an option for all runs. Can be repeated.",
        section=SETTINGS,
    ),
    SectionedOption(
        ["--runs"],
        type=click.IntRange(1),
        metavar="N",
        help="Runs per setting, each with its own seed or split.  [default: 1]",
        section=SETTINGS,
    ),
    SectionedOption(
        ["--on"],
        default="local",
        metavar="local|ray|ray=ADDRESS",
        help="Where to train: in processes on this machine (local); on the Ray cluster at "
        "$RAY_ADDRESS, or a new one on this machine (ray); or on a cluster that you name (such "
        "as ray=ray://head:10001).  [default: local]",
        section=MACHINES,
    ),
    SectionedOption(
        ["--jobs"],
        type=click.IntRange(1),
        metavar="N",
        help="Runs at the same time.  [default: one per core of the machine or cluster]",
        section=MACHINES,
    ),
    SectionedOption(
        ["--out"],
        type=click.Path(path_type=Path),
        metavar="FOLDER",
        help="Folder for the runs; the same command with the same folder resumes them.  [default: "
        "sweeps/<experiment>/<number>]",
        section=MACHINES,
    ),
    SectionedOption(
        ["--csv", "csv_file"],
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Also write a CSV file with one row per run.",
        section=MACHINES,
    ),
    SectionedOption(["--force"], is_flag=True, help="Replace the --csv file.", section=MACHINES),
]


@with_options(*OWN_OPTIONS, *STORE, *PRINTING)
@click.command(cls=SectionedCommand)
@click.argument("experiment", shell_complete=EXPERIMENTS)
@click.pass_context
def sweep(ctx: click.Context, /, experiment: str, **_: object) -> None:
    """Train an experiment with many settings, several runs at once.

    The runs of each setting form a group in a folder of their own, which resume, show, compare
    and report accept. Finished runs are not repeated, and a failed run does not stop the others.
    The best setting is chosen by its validation scores, never by its test scores.

    \b
        nnlab sweep classify --grid model=mlp,cnn --grid loss=crossentropy,mse --runs 5
        nnlab sweep classify --grid units=128,256,512 --on ray
    """
    from nnlab.cli.sweep_settings import make_plan
    from nnlab.sweeps.sweep import prepared

    chosen = _experiment(experiment)
    _check_output(ctx)
    plan = make_plan(ctx, chosen)
    out: Path | None = ctx.params["out"]
    if out is not None:
        plan = prepared(plan, out)
    _check_csv(ctx)
    executor = _executor(ctx, plan)
    existed = out is not None and out.exists()
    folder = out or runs.new_folder(SWEEPS, chosen.name)
    make_folder(folder)
    try:
        summary = _carry_out(ctx, plan, folder, executor)
    finally:
        if not existed and not any(folder.iterdir()):  # no run began
            folder.rmdir()
    _report(ctx, plan, summary, folder)


def _experiment(name: str) -> AnyExperiment:
    try:
        return experiments.get(name)
    except CheckpointError as error:
        raise UsageError(str(error)) from error


def _check_output(ctx: click.Context) -> None:
    """Refuse a folder that holds anything but a sweep."""
    from nnlab.runs.occupying import is_free
    from nnlab.sweeps.plan import plan_file

    out: Path | None = ctx.params["out"]
    if out is None or not out.exists():
        return
    if not out.is_dir():
        raise OutputExistsError(f"--out {out} is a file; name a folder")
    if not plan_file(out).is_file() and not is_free(out):
        raise OutputExistsError(f"--out {out} holds files but no sweep; name another folder")


def _check_csv(ctx: click.Context) -> None:
    """Refuse to replace a file that this sweep has not written itself."""
    path, out, force = (ctx.params[name] for name in ("csv_file", "out", "force"))
    if path is None:
        return
    if not path.parent.is_dir():
        raise UsageError(f"--csv {path}: there is no folder {path.parent}; make it first")
    replace = force or not path.exists() or str(path.absolute()) == _written(out)
    check_free(path, replace, "--csv")


def _written(out: Path | None) -> str | None:
    """Return the CSV file that the sweep in this folder has written before."""
    from nnlab.sweeps.sweep import read_summary, summary_file

    return read_summary(out).csv if out and summary_file(out).is_file() else None


def _executor(ctx: click.Context, plan: "Plan") -> "LocalExecutor | RayExecutor":
    """Return the executor that `--on` and `--jobs` describe."""
    on, address = ctx.params["on"].partition("=")[::2]
    jobs: int | None = ctx.params["jobs"]
    if on == "local" and not address:
        from nnlab.sweeps.local import LocalExecutor

        return LocalExecutor(jobs or max(cores() // plan.threads, 1))
    if on == "ray":
        from nnlab.sweeps.cluster import RayExecutor

        needed = max(cores(), (jobs or 1) * plan.threads)
        return RayExecutor(address or None, jobs, cores=needed, threads=plan.threads)
    raise UsageError(f"--on takes local, ray or ray=ADDRESS, not {ctx.params['on']!r}")


def _carry_out(
    ctx: click.Context, plan: "Plan", folder: Path, executor: "LocalExecutor | RayExecutor"
) -> "SweepSummary":
    from nnlab.cli.work_display import WorkDisplay
    from nnlab.sweeps.plan import plan_file
    from nnlab.sweeps.sweep import sweep as carry_out

    verbose = ctx.params["verbose"] > 1
    store = make_store(ctx)
    try:
        with raised_once(), executor, WorkDisplay(make_console(ctx)) as display:
            csv_file = ctx.params["csv_file"]
            return carry_out(
                plan, folder, executor, store, display, csv_file=csv_file, verbose=verbose
            )
    except (InterruptedRun, KeyboardInterrupt) as error:
        what = str(error) or "interrupted"
        if plan_file(folder).is_file():  # otherwise no run began
            what += f"; resume with: {_again(ctx, plan, folder)}"
        raise InterruptedRun(what) from error


def _again(ctx: click.Context, plan: "Plan", folder: Path) -> str:
    """Return the command that resumes a sweep, whose settings are in its folder."""
    from nnlab.sweeps.plan import resume_command

    options = given_again(ctx, ("on", "jobs", "csv_file", *STORE_OPTIONS))
    return resume_command(plan, folder, options)


def _report(ctx: click.Context, plan: "Plan", summary: "SweepSummary", folder: Path) -> None:
    """Print the summary, then report failed runs.

    Raises:
        NnlabError: Runs failed.
        DivergedError: All of them diverged.
    """
    from nnlab.cli.training import print_tables
    from nnlab.sweeps.tables import summary_table

    if ctx.params["as_json"]:
        print_json({"sweep": str(folder), **versioned(summary)})
    else:
        print_tables(make_console(ctx), [summary_table(summary)])
    states = [run.state for one in summary.settings for run in one.runs]
    total, failures = len(states), states.count("failed")
    if failures:
        again = f"; to try again: {_again(ctx, plan, folder)}" if folder.exists() else ""
        raise NnlabError(f"{failures} of {counted(total, 'run')} failed{again}")
    if "finished" not in states:
        raise DivergedError(f"{folder}: every run diverged")
    make_console(ctx).say(f"{counted(total, 'run')} saved in {folder}")
