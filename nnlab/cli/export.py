"""`nnlab export`: a small copy of a checkpoint to share."""

import dataclasses
from pathlib import Path

import click

from nnlab.cli.options import VERBOSE, SectionedCommand, SectionedOption, with_options
from nnlab.files import check_free

OUTPUT = SectionedOption(
    ["-o", "--output"],
    type=click.Path(path_type=Path),
    required=True,
    help="The file to write.",
)
FLOAT16 = SectionedOption(["--float16"], is_flag=True, help="Store 16-bit weights: half the size.")
FORCE = SectionedOption(["--force"], is_flag=True, help="Replace the output if it exists.")


@with_options(OUTPUT, FLOAT16, FORCE, VERBOSE)
@click.command(cls=SectionedCommand)
@click.argument("checkpoint", type=click.Path(path_type=Path))
def export(checkpoint: Path, output: Path, float16: bool, force: bool, **_: object) -> None:
    """Write a smaller copy of a checkpoint, without its training state.

    CHECKPOINT is a file such as runs/classify/1/best.h5, a run folder, or the name of an
    experiment, for the network that comes with nnlab. The copy contains the network, its settings
    and its scores, which is enough to answer and to evaluate it. It cannot be resumed.
    """
    from nnlab.checkpoint import write
    from nnlab.runs.answering import load

    trained = load(checkpoint)
    check_free(output, force and not (output.exists() and output.samefile(trained.path)))
    header = dataclasses.replace(trained.header, state={})
    write(output, header, {"model": trained.weights}, float16=float16)
