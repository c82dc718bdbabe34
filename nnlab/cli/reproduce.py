"""`nnlab reproduce`: the whole report again, with one command."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nnlab.cli.options import (
    SPEECH,
    STORE,
    SectionedCommand,
    SectionedOption,
    make_console,
    make_store,
    print_json,
    with_options,
)
from nnlab.cli.streams import write
from nnlab.console import Console
from nnlab.errors import DataError, UsageError
from nnlab.files import make_folder, write_json
from nnlab.machine import cores

if TYPE_CHECKING:
    from nnlab.report.sections import Section
    from nnlab.reproduction.claims import Plan
    from nnlab.reproduction.reproduce import Standing

TITLE = "The report of 2018, measured again"
TOUR = "A tour of the report of 2018"
QUICK = SectionedOption(
    ["--quick"], is_flag=True, help="A tour on the embedded samples, in a few minutes."
)
ONLY = SectionedOption(
    ["--only"],
    metavar="NAME,...",
    default="",
    help="Some experiments, or some of their parts, such as classify,add-decimal.",
)
RUNS = SectionedOption(
    ["--runs"],
    type=click.IntRange(min=1),
    help="Runs of each part.  [default: 1 to 5; 1 with --quick]",
)
OUT = SectionedOption(
    ["--out"],
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder; the same command again goes on with it.  [default: reproduction, or "
    "reproduction-quick]",
)
JOBS = SectionedOption(
    ["--jobs"],
    type=click.IntRange(min=1),
    metavar="N",
    help="Runs that go on at once.  [default: as many as there are cores]",
)
TRAIN = SectionedOption(
    ["--train/--no-train"],
    default=True,
    help="Train what is not finished, or only tell of what stands in the folder.  [default: "
    "--train]",
)


@with_options(QUICK, ONLY, RUNS, JOBS, TRAIN, OUT, *STORE, *SPEECH)
@click.command(cls=SectionedCommand)
@click.pass_context
def reproduce(ctx: click.Context, /, quick: bool, only: str, out: Path | None, **_: object) -> int:
    """Measure every claim of the 2018 report again.

    Trains each experiment with the report's settings, several times, says of each claim whether
    it is confirmed or refuted or cannot be told, and writes a page with all figures. What is
    finished is not repeated: after Ctrl-C the same command goes on.
    """
    from nnlab.reproduction.reproduce import chosen_plans, standings

    console = make_console(ctx)
    plans = chosen_plans([name.strip() for name in only.split(",") if name.strip()], quick)
    if not plans:
        raise UsageError("there is no quick way to reproduce that; leave out --quick")
    folder = out or Path("reproduction-quick" if quick else "reproduction")
    errors: dict[str, str] = {}
    if ctx.params["train"]:
        make_folder(folder)
        errors = _carry_out(ctx, console, plans, folder)
    found = standings(folder, quick=quick, errors=errors)
    if not found and not errors:
        raise DataError(f"{folder} holds no finished part of a reproduction; leave out --no-train")
    _conclude(ctx, console, found, folder)
    for name, error in errors.items():
        console.error(f"{name}: {error}")
    return 1 if errors else 0


def _carry_out(
    ctx: click.Context, console: Console, plans: "Sequence[Plan]", folder: Path
) -> dict[str, str]:
    """Train what is not finished, and return what went wrong, by the names of plans."""
    from nnlab.cli.training import interruptible
    from nnlab.cli.work_display import WorkDisplay
    from nnlab.reproduction.reproduce import minutes_left, reproduce
    from nnlab.sweeps.local import LocalExecutor

    quick, runs = ctx.params["quick"], ctx.params["runs"]
    jobs = ctx.params["jobs"] or cores()
    left = minutes_left(plans, folder, min(jobs, cores()), runs)
    time = "a few minutes" if quick else _time(left)
    parts = "1 part" if len(plans) == 1 else f"{len(plans)} parts"
    console.say(f"{parts} into {folder}: {time}, {jobs} run{'s' * (jobs > 1)} at a time")
    with (
        interruptible(folder, "the same command goes on, and --no-train tells what is finished"),
        LocalExecutor(jobs) as executor,
        WorkDisplay(console) as display,
    ):
        return reproduce(
            plans,
            folder,
            executor,
            make_store(ctx),
            display,
            quick=quick,
            wanted_runs=runs,
            threads=max(cores() // jobs, 1),
            verbose=ctx.params["verbose"] > 1,
        )


def _time(minutes: float) -> str:
    if not minutes:
        return "nothing left to train, some seconds"
    return "about " + (f"{minutes / 60:.0f} hours" if minutes >= 90 else f"{minutes:.0f} minutes")


def _conclude(
    ctx: click.Context, console: Console, found: "Sequence[Standing]", folder: Path
) -> None:
    """Print the table of claims; beside the runs write it, the report's figures, and the page."""
    from nnlab.cli.training import print_tables
    from nnlab.reproduction.table import sections, table

    findings = [finding for standing in found for finding in standing.findings]
    record = [finding.as_dict() for finding in findings]
    write_json(folder / "claims.json", record)
    page = _page(folder, found, sections(findings), ctx.params["quick"])
    if ctx.params["as_json"]:
        print_json({"claims": record, "report": page and str(page)})
        return
    print_tables(console, [table(findings)] if findings else [])
    if page:
        console.say("everything on one page, to be opened in any browser:")
        write(f"{page}\n")


def _page(
    folder: Path, found: "Sequence[Standing]", above: "Sequence[Section]", quick: bool
) -> Path | None:
    """Write the page about all parts of which a run came to its end; None if there is none."""
    from nnlab.report.page import write_page
    from nnlab.reproduction.figures import draw_figures
    from nnlab.runs.folder import GroupFolder

    folders = {
        standing.plan.name: standing.folder
        for standing in found
        if GroupFolder(standing.folder).summary.is_file()
    }
    if not folders:
        return None
    page = folder / "report.html"
    above = [*above, *draw_figures(folders, folder / "figures")]
    write_page(folders.values(), page, title=TOUR if quick else TITLE, sections=above, replace=True)
    return page
