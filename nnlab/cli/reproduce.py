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
from nnlab.console import Console
from nnlab.errors import UsageError
from nnlab.files import make_folder, write_json
from nnlab.inference.convolution import cores

if TYPE_CHECKING:
    from nnlab.reproduction import Standing

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


@with_options(QUICK, ONLY, RUNS, JOBS, OUT, *STORE, *SPEECH)
@click.command(cls=SectionedCommand)
@click.pass_context
def reproduce(
    ctx: click.Context, quick: bool, only: str, runs: int | None, out: Path | None, **_: object
) -> int:
    """Measure every claim of the 2018 report again.

    Trains each experiment with the report's settings, several times, says of each claim whether
    it is confirmed or refuted or cannot be told, and writes a page with all figures. What is
    finished is not repeated: after Ctrl-C the same command goes on.
    """
    from nnlab.cli.training import interruptible
    from nnlab.cli.work_display import WorkDisplay
    from nnlab.reproduction import chosen_plans, minutes_left, standings
    from nnlab.reproduction import reproduce as carry_out
    from nnlab.sweeping.local import LocalExecutor

    console = make_console(ctx)
    plans = chosen_plans([name.strip() for name in only.split(",") if name.strip()], quick)
    if not plans:
        raise UsageError("there is no quick way to reproduce that; leave out --quick")
    folder = out or Path("reproduction-quick" if quick else "reproduction")
    make_folder(folder)
    jobs = ctx.params["jobs"] or cores()
    if quick:
        time = "a few minutes"
    else:
        time = _time(minutes_left(plans, folder, min(jobs, cores()), runs))
    parts = "1 part" if len(plans) == 1 else f"{len(plans)} parts"
    console.say(f"{parts} into {folder}: {time}, {jobs} runs at a time")
    with (
        interruptible(folder, "the same command goes on"),
        LocalExecutor(jobs) as executor,
        WorkDisplay(console) as display,
    ):
        errors = carry_out(
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
    _conclude(ctx, console, standings(folder, quick=quick), folder)
    for name, error in errors.items():
        console.error(f"{name}: {error}")
    return 1 if errors else 0


def _time(minutes: float) -> str:
    if not minutes:
        return "nothing left to train, some seconds"
    return "about " + (f"{minutes / 60:.0f} hours" if minutes >= 90 else f"{minutes:.0f} minutes")


def _conclude(
    ctx: click.Context, console: Console, found: "Sequence[Standing]", folder: Path
) -> None:
    """Print the table of claims, and write it beside the runs: claims.json and report.html."""
    from nnlab.cli.training import print_tables
    from nnlab.report.claims_table import sections, table
    from nnlab.report.page import write_page

    findings = [finding for standing in found for finding in standing.findings]
    record = [finding.as_dict() for finding in findings]
    write_json(folder / "claims.json", record)
    page = folder / "report.html"
    if found:
        folders = [standing.folder for standing in found]
        title = TOUR if ctx.params["quick"] else TITLE
        write_page(folders, page, title=title, sections=sections(findings), replace=True)
    if ctx.params["as_json"]:
        print_json({"claims": record, "report": str(page) if found else None})
    elif found:
        print_tables(console, [table(findings)])
        console.say("everything on one page, to be opened in any browser:")
        click.echo(str(page))
