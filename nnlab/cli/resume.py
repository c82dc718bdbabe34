"""`nnlab resume`: continue a run, or a group of runs, where it stopped."""

from pathlib import Path

import click

from nnlab.cli.options import (
    PRINTING,
    STORE,
    STORE_OPTIONS,
    SectionedCommand,
    given_again,
    with_options,
)
from nnlab.errors import CheckpointError, UsageError
from nnlab.runs.folder import GroupFolder, RunFolder


@with_options(*STORE, *PRINTING)
@click.command(cls=SectionedCommand)
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_context
def resume(ctx: click.Context, /, folder: Path, **_: object) -> None:
    """Resume a run exactly where it stopped.

    FOLDER is a run folder such as runs/classify/1, or the folder of a group of runs. The final
    weights are the same, bit for bit, as those of a run that was never stopped.
    """
    from nnlab.cli.training import interruptible, make_workshop, print_result
    from nnlab.runs import group, single
    from nnlab.sweeps import plan as sweeps

    workshop = make_workshop(ctx)
    with interruptible(folder, options=given_again(ctx, STORE_OPTIONS)):
        if GroupFolder(folder).is_group():
            experiment, summary = group.resume_group(GroupFolder(folder), workshop)
            print_result(ctx, experiment, summary, folder)
        elif RunFolder(folder).is_run():
            experiment, metrics = single.resume(RunFolder(folder), workshop)
            print_result(ctx, experiment, metrics, folder)
        elif sweeps.plan_file(folder).is_file():
            command = sweeps.resume_command(sweeps.read_plan(folder), folder)
            raise UsageError(f"{folder} is a sweep; resume it with: {command}")
        else:
            missing = "there is no such folder"
            if folder.exists():
                missing = "config.json is missing" if folder.is_dir() else "it is not a folder"
            raise CheckpointError(
                f"{folder}: no run to resume ({missing}); name a run folder such as runs/classify/1"
            )
