"""`nnlab export`: a small copy of a checkpoint to give away."""

import dataclasses
from pathlib import Path

import click

from nnlab.cli.options import VERBOSE, SectionedCommand, SectionedOption, with_options
from nnlab.errors import OutputExistsError

OUTPUT = SectionedOption(
    ["-o", "--output"],
    type=click.Path(path_type=Path),
    required=True,
    help="The file to write.",
)
FLOAT16 = SectionedOption(["--float16"], is_flag=True, help="Halve the size: 16-bit weights.")
FORCE = SectionedOption(["--force"], is_flag=True, help="Replace the output if it exists.")


@with_options(OUTPUT, FLOAT16, FORCE, VERBOSE)
@click.command(cls=SectionedCommand)
@click.argument("checkpoint", type=click.Path(path_type=Path))
def export(checkpoint: Path, output: Path, float16: bool, force: bool, **_: object) -> None:
    """Copy what answering needs of a checkpoint into a file of its own.

    CHECKPOINT is a file such as runs/classify/1/best.h5, or a run folder. The copy carries the
    network, its settings and its scores, and nothing of the optimizer.
    """
    from nnlab.checkpoint import write
    from nnlab.runs.answering import load

    trained = load(checkpoint)
    if output.exists() and (not force or output.samefile(trained.path)):
        raise OutputExistsError(f"{output} exists; name another file or give --force")
    header = dataclasses.replace(trained.header, state={})
    write(output, header, {"model": trained.weights}, float16=float16)
