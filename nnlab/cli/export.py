"""`nnlab export`: a network for others: a small checkpoint, or a file for other programs."""

from pathlib import Path

import click

from nnlab.cli.options import VERBOSE, SectionedCommand, SectionedOption, with_options

OUTPUT = SectionedOption(
    ["-o", "--output"],
    type=click.Path(path_type=Path),
    required=True,
    help="The file to write; it ends in .h5, .onnx, .keras or .tflite.",
)
STEP = SectionedOption(
    ["--step"],
    is_flag=True,
    help="Write the network that runs one step of a sequence, with its states (.onnx only).",
)
FLOAT16 = SectionedOption(["--float16"], is_flag=True, help="Store 16-bit weights: half the size.")
FORCE = SectionedOption(["--force"], is_flag=True, help="Replace the output if it exists.")


@with_options(OUTPUT, STEP, FLOAT16, FORCE, VERBOSE)
@click.command(cls=SectionedCommand)
@click.argument("checkpoint", type=click.Path(path_type=Path))
def export(
    checkpoint: Path, output: Path, step: bool, float16: bool, force: bool, **_: object
) -> None:
    """Write a network for others, in the format that the file's name ends in.

    CHECKPOINT is a file such as runs/classify/1/best.h5, a run folder, or the name of an
    experiment, for the network that comes with nnlab.

    \b
    .h5      a checkpoint for nnlab, without the state of the training
    .onnx    for ONNX Runtime and many other programs, in any language
    .keras   for Keras, which loads it without nnlab (needs TensorFlow to write)
    .tflite  for LiteRT on phones and small devices (needs TensorFlow to write)
    """
    from nnlab.exporting import export as write
    from nnlab.runs.answering import load

    write(load(checkpoint), output, step=step, float16=float16, force=force)
