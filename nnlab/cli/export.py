"""`nnlab export`: a network for others: a small checkpoint, or a file for other programs."""

from pathlib import Path

import click

from nnlab.cli.names import NETWORKS
from nnlab.cli.options import (
    QUIET,
    VERBOSE,
    SectionedCommand,
    SectionedOption,
    make_console,
    with_options,
)
from nnlab.cli.streams import write
from nnlab.console import visible

OUTPUT = SectionedOption(
    ["-o", "--out", "--output", "output"],
    type=click.Path(path_type=Path),
    required=True,
    help="The file to write. Its ending chooses the format.",
)
STEP = SectionedOption(
    ["--step"],
    is_flag=True,
    help="Write the network for one step of a sequence, which takes and returns the state (.onnx).",
)
FLOAT16 = SectionedOption(
    ["--float16"], is_flag=True, help="Store 16-bit weights, half the size (not .keras)."
)
CARD = SectionedOption(
    ["--card"],
    is_flag=True,
    help="Also write a model card, README.md, for the people who receive the file.",
)
FORCE = SectionedOption(["--force"], is_flag=True, help="Replace files that exist.")


@with_options(OUTPUT, STEP, FLOAT16, CARD, FORCE, QUIET, VERBOSE)
@click.command(cls=SectionedCommand)
@click.argument("checkpoint", type=click.Path(path_type=Path), shell_complete=NETWORKS)
@click.pass_context
def export(
    ctx: click.Context,
    /,
    checkpoint: Path,
    output: Path,
    step: bool,
    float16: bool,
    card: bool,
    force: bool,
    **_: object,
) -> None:
    """Export a network for other programs, or as a smaller checkpoint.

    CHECKPOINT is a file such as runs/classify/1/best.h5, a run folder, or the name of an
    experiment, for the network that comes with nnlab (the modern
    one if there is one; add.report names another).

    A file that ends in .onnx is for ONNX Runtime and many other programs (docs/exporting.md).
    One that ends in .keras is for Keras, which loads it without nnlab. One that ends in .h5 is a
    checkpoint without the state of the training: nnlab can answer with it and evaluate it, but not
    resume it.
    """
    from nnlab.exporting import export as export_network
    from nnlab.runs.answering import load

    trained = load(checkpoint)
    files = export_network(trained, output, step=step, float16=float16, card=card, force=force)
    size = sum(file.stat().st_size for file in files)
    make_console(ctx).say(f"exported {trained.path}, {size / 1e6:.1f} MB:")
    for file in files:
        write(f"{visible(str(file))}\n")
