"""`nnlab reproduce`: the whole report again, with one command."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from nnlab.cli.options import SPEECH, STORE, SectionedCommand, make_console, print_json
from nnlab.cli.training import interruptible, make_workshop
from nnlab.console import Console
from nnlab.errors import UsageError
from nnlab.files import make_folder, write_json
from nnlab.report.claims import Plan
from nnlab.runs import GroupFolder

COLUMNS = ("report", "claim of 2018", "measured", "runs", "verdict")


@click.command("reproduce", cls=SectionedCommand)
@click.option("--quick", is_flag=True, help="A tour on the embedded samples, a few minutes.")
@click.option("--only", metavar="NAME,...", help="Experiments or parts, such as classify,add.")
@click.option("--runs", type=click.IntRange(min=1), help="Runs of each part.  [default: 1 to 5]")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder; the same command again goes on with it.  "
    "[default: reproduction, or reproduction-quick]",
)
@click.pass_context
def reproduce(
    ctx: click.Context, quick: bool, only: str | None, runs: int | None, out: Path | None, **_: Any
) -> int:
    """Measure every claim of the 2018 report again.

    Trains each experiment with the report's settings and several seeds, and says of each claim:
    confirmed, refuted, or cannot tell. Interrupted, it goes on where it stopped.
    """
    from nnlab.running.reproduction import chosen_plans
    from nnlab.running.reproduction import reproduce as carry_out

    console = make_console(ctx)
    folder = out or Path("reproduction-quick" if quick else "reproduction")
    plans = chosen_plans([name.strip() for name in (only or "").split(",") if name.strip()])
    if quick:
        plans = [plan for plan in plans if not plan.named_only]
        if not plans:
            raise UsageError("there is no quick way to reproduce that; leave out --quick")
    make_folder(folder)
    _say_beforehand(console, plans, folder, quick)

    def begun(number: int, plan: Plan) -> None:
        console.say(f"{number + 1} of {len(plans)}: {plan.name}")

    with interruptible(folder):
        workshop = make_workshop(ctx)
        outcomes = list(
            carry_out(plans, folder, workshop, quick=quick, wanted_runs=runs, begun=begun)
        )
    return _conclude(ctx, console, outcomes, folder)


reproduce.params.extend([*STORE, *SPEECH])


def _say_beforehand(console: Console, plans: Sequence[Plan], folder: Path, quick: bool) -> None:
    left = [plan for plan in plans if not GroupFolder(folder / plan.name).summary.exists()]
    minutes = sum(plan.minutes for plan in left)
    time = "a few minutes" if quick else f"about {_time(minutes)} on 2 cores"
    console.say(f"{len(plans)} parts in {folder}, {len(left)} of them to do: {time}")


def _time(minutes: float) -> str:
    return f"{minutes / 60:.1f} hours" if minutes >= 90 else f"{minutes:.0f} minutes"


def _conclude(
    ctx: click.Context, console: Console, outcomes: Sequence[Any], folder: Path
) -> int:
    """Print the table of claims, and write it beside the runs."""
    from nnlab.report.verdicts import tally

    findings = [finding for outcome in outcomes for finding in outcome.findings]
    record = [finding.as_dict() for finding in findings]
    write_json(folder / "claims.json", record)
    if ctx.params["as_json"]:
        print_json({"folder": str(folder), "claims": record})
    elif findings:
        rows = [
            (f"§{one.claim.section}", one.claim.text, one.measured, str(one.runs), one.verdict)
            for one in findings
        ]
        console.table("The report of 2018, measured again", COLUMNS, rows, tally(findings))
    failed = [outcome for outcome in outcomes if outcome.error]
    for outcome in failed:
        console.error(f"{outcome.plan.name}: {outcome.error}")
    console.say(f"saved in {folder}; the claims are in {folder / 'claims.json'}")
    return 1 if failed else 0
