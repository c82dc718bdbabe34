"""Handing a trained network on: as a small checkpoint, or in the format of other programs."""

from pathlib import Path

from nnlab.errors import OutputExistsError, UsageError
from nnlab.exporting.formats import FORMATS
from nnlab.files import replacing
from nnlab.runs.answering import Trained

__all__ = ["export"]


def export(
    trained: Trained,
    output: Path,
    *,
    step: bool = False,
    float16: bool = False,
    force: bool = False,
) -> list[Path]:
    """Write a network in the format that the suffix of `output` names.

    Args:
        trained: The network.
        output: A file that ends in `.h5`, `.onnx`, `.keras` or `.tflite`.
        step: Write what runs the network one step of its sequence at a time, each part in a file
            of its own: `net.onnx` becomes `net.encoder.onnx` and `net.decoder.onnx`.
        float16: Store the weights in half the space.
        force: Replace files that exist.

    Returns:
        The files.

    Raises:
        UsageError: The format is unknown, or does not have what is asked for.
        OutputExistsError: A file exists.
    """
    suffix = output.suffix.lower()
    if suffix not in FORMATS:
        raise UsageError(f"{output}: expected a file that ends in {', '.join(FORMATS)}")
    contents = {
        output.with_name(f"{output.stem}{f'.{part}' if part else ''}{output.suffix}"): content
        for part, content in FORMATS[suffix](trained, step, float16).items()
    }
    for file in contents:
        if file.exists() and (not force or file.samefile(trained.path)):
            raise OutputExistsError(f"{file} exists; name another file or give --force")
    for file, content in contents.items():
        with replacing(file) as temporary:
            temporary.write_bytes(content)
    return list(contents)
