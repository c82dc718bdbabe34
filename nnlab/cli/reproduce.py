"""`nnlab reproduce`: check the claims of the whole 2018 report with one command."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nnlab.cli.options import (
    PRINTING,
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
from nnlab.training.settings import PRESETS, REPORT
from nnlab.wording import counted

if TYPE_CHECKING:
    from nnlab.report.sections import Section
    from nnlab.reproduction.claims import Plan
    from nnlab.reproduction.reproduce import Standing

TITLE = "The report of 2018, measured again"
TOUR = "A tour of the report of 2018"
QUICK = SectionedOption(
    ["--quick"],
    is_flag=True,
    help="Only a tour of a few minutes on the embedded samples, without verdicts.",
)
PRESET = SectionedOption(
    ["--preset"],
    type=click.Choice(PRESETS),
    default=REPORT,
    help="report: train the report's networks and judge its claims; modern: train the modern "
    f"networks and compare the two.  [default: {REPORT}]",
)
ONLY = SectionedOption(
    ["--only"],
    metavar="NAME,...",
    default="",
    help="Only these experiments or parts of them, such as classify,add-decimal; with --preset "
    "modern, add,translate-modern.",
)
RUNS = SectionedOption(
    ["--runs"],
    type=click.IntRange(min=1),
    metavar="N",
    help="Runs per part.  [default: 1 to 5; 1 with --quick]",
)
OUT = SectionedOption(
    ["--out"],
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write to; the same command resumes unfinished runs.  "
    "[default: reproduction, or reproduction-quick]",
)
JOBS = SectionedOption(
    ["--jobs"],
    type=click.IntRange(min=1),
    metavar="N",
    help="Runs at the same time.  [default: one per core]",
)
TRAIN = SectionedOption(
    ["--train/--no-train"],
    default=True,
    help="Train what is not finished, or only report on the finished runs in the folder.  "
    "[default: --train]",
)


@with_options(PRESET, QUICK, ONLY, RUNS, JOBS, TRAIN, OUT, *STORE, *PRINTING)
@click.command(cls=SectionedCommand)
@click.pass_context
def reproduce(ctx: click.Context, /, quick: bool, only: str, out: Path | None, **_: object) -> int:
    """Check every claim of the 2018 report by experiment.

    Trains each experiment one to five times, with settings close to the report's, judges each
    claim as confirmed, refuted or "cannot tell", and writes a page with all figures. Finished
    runs are not repeated: after Ctrl-C, the same command resumes. With --preset modern, it trains
    the modern networks instead, and compares their scores with those of the report's networks, if
    these are finished in the same folder.
    """
    from nnlab.reproduction.reproduce import chosen_plans, standings

    console = make_console(ctx)
    names = [name.strip() for name in only.split(",") if name.strip()]
    plans = chosen_plans(names, quick, ctx.params["preset"])
    if not plans:
        raise UsageError(f"--only {only}: not part of the quick tour; leave out --quick")
    folder = out or Path("reproduction-quick" if quick else "reproduction")
    errors: dict[str, str] = {}
    if ctx.params["train"]:
        make_folder(folder)
        errors = _carry_out(ctx, console, plans, folder)
    found = standings(folder, quick=quick, errors=errors)
    if not found and not errors:
        raise DataError(f"{folder}: nothing is finished here yet; leave out --no-train to train")
    _conclude(ctx, console, found, folder)
    for name, error in errors.items():
        console.error(f"{name}: {error}")
    return 1 if errors else 0


def _carry_out(
    ctx: click.Context, console: Console, plans: "Sequence[Plan]", folder: Path
) -> dict[str, str]:
    """Train what is not finished, and return the errors by the names of plans."""
    from nnlab.cli.training import interruptible
    from nnlab.cli.work_display import WorkDisplay
    from nnlab.reproduction.reproduce import minutes_left, reproduce
    from nnlab.sweeps.local import LocalExecutor

    quick, runs = ctx.params["quick"], ctx.params["runs"]
    jobs = ctx.params["jobs"] or cores()
    left = minutes_left(plans, folder, min(jobs, cores()), runs)
    time = "a few minutes" if quick else _time(left)
    parts = counted(len(plans), "part")
    console.say(f"reproducing {parts} in {folder}: {time}, {counted(jobs, 'run')} at a time")
    with (
        interruptible(folder, "repeat the command to resume, or add --no-train to see the results"),
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
        return "nothing left to train, a few seconds"
    if minutes < 90:
        return f"about {counted(max(1, round(minutes)), 'minute')}"
    return f"about {counted(round(minutes / 60), 'hour')}"


def _conclude(
    ctx: click.Context, console: Console, found: "Sequence[Standing]", folder: Path
) -> None:
    """Print the table of claims, and write it to the folder with the figures and the page."""
    from nnlab.cli.training import print_tables
    from nnlab.reproduction import comparison, table

    quick = ctx.params["quick"]
    findings = [finding for standing in found for finding in standing.findings]
    rows = comparison.compared(folder, quick)
    record = {
        "claims": [finding.as_dict() for finding in findings],
        "comparisons": [row.as_dict() for row in rows],
    }
    for name, content in record.items():
        write_json(folder / f"{name}.json", content)
    above = [*comparison.sections(rows, quick), *(table.sections(findings) if findings else ())]
    page = _page(folder, found, above, quick)
    if ctx.params["as_json"]:
        print_json({**record, "report": page and str(page)})
        return
    if ctx.params["preset"] == REPORT:
        tables = [table.table(findings)] if findings else []
    else:
        tables = comparison.tables(rows, quick)
        if not rows:
            console.warn(f"{folder} has no finished modern network to compare")
    print_tables(console, tables)
    if page:
        console.say("wrote a page with all results; open it in any browser:")
        write(f"{page}\n")


def _page(
    folder: Path, found: "Sequence[Standing]", above: "Sequence[Section]", quick: bool
) -> Path | None:
    """Write the page about all parts with a finished run; return None if there are none."""
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
