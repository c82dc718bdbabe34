"""`nnlab export`: a network for others: a small checkpoint, or a file for other programs."""

from pathlib import Path

import click

from nnlab.cli.options import VERBOSE, SectionedCommand, SectionedOption, with_options

OUTPUT = SectionedOption(
    ["-o", "--output"],
    type=click.Path(path_type=Path),
    required=True,
    help="The file to write. Its ending chooses the format.",
)
STEP = SectionedOption(
    ["--step"],
    is_flag=True,
    help="Write the network that computes one step of a sequence, with its states (.onnx only).",
)
FLOAT16 = SectionedOption(["--float16"], is_flag=True, help="Store 16-bit weights: half the size.")
CARD = SectionedOption(
    ["--card"], is_flag=True, help="Write a model card beside it: README.md, for those who get it."
)
FORCE = SectionedOption(["--force"], is_flag=True, help="Replace files that exist.")


@with_options(OUTPUT, STEP, FLOAT16, CARD, FORCE, VERBOSE)
@click.command(cls=SectionedCommand)
@click.argument("checkpoint", type=click.Path(path_type=Path))
def export(
    checkpoint: Path, output: Path, step: bool, float16: bool, card: bool, force: bool, **_: object
) -> None:
    """Write a smaller copy of a checkpoint, or its network for other programs.

    CHECKPOINT is a file such as runs/classify/1/best.h5, a run folder, or the name of an
    experiment, for the network that comes with nnlab.

    A file that ends in .onnx is for ONNX Runtime and many other programs (docs/exporting.md).
    One that ends in .keras is for Keras, which loads it without nnlab. Any other is a checkpoint
    with the network, its settings and its scores, which is enough to answer and to evaluate it.
    It cannot be resumed.
    """
    from nnlab.exporting import export as write
    from nnlab.runs.answering import load

    write(load(checkpoint), output, step=step, float16=float16, card=card, force=force)
