"""`nnlab resume`: go on with a run, or a group of runs, where it stopped."""

from pathlib import Path

import click

from nnlab.cli.options import SPEECH, STORE, SectionedCommand, with_options
from nnlab.errors import CheckpointError
from nnlab.runs import GroupFolder, RunFolder


@with_options(*STORE, *SPEECH)
@click.command(cls=SectionedCommand)
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_context
def resume(ctx: click.Context, folder: Path, **_: object) -> None:
    """Go on with a run exactly where it stopped.

    FOLDER is a run folder such as runs/classify/1, or a group of runs. The final weights are
    those of a run that was never stopped, bit for bit.
    """
    from nnlab.cli.training import interruptible, make_workshop, print_run, print_summary
    from nnlab.running import group, single

    workshop = make_workshop(ctx)
    with interruptible(folder):
        if GroupFolder(folder).is_group():
            experiment, summary = group.resume_group(GroupFolder(folder), workshop)
            print_summary(ctx, experiment, summary, folder)
        elif RunFolder(folder).is_run():
            experiment, metrics = single.resume(RunFolder(folder), workshop)
            print_run(ctx, experiment, metrics, folder)
        else:
            raise CheckpointError(
                f"{folder}: no run was started here (config.json is missing); "
                "name a run folder such as runs/classify/1"
            )
