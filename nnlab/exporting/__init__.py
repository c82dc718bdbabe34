"""Handing a trained network on: as a small checkpoint, or in the format of other programs."""

from pathlib import Path

from nnlab.errors import OutputExistsError, UsageError
from nnlab.exporting.card import NAME, model_card
from nnlab.exporting.formats import FORMATS
from nnlab.files import check_free, reason, replacing
from nnlab.runs.answering import Trained

__all__ = ["export"]


def export(
    trained: Trained,
    output: Path,
    *,
    step: bool = False,
    float16: bool = False,
    card: bool = False,
    force: bool = False,
) -> list[Path]:
    """Write a network in the format that the ending of `output` names.

    Args:
        trained: The network.
        output: A file that ends in `.onnx`, in `.keras`, or in `.h5` for a checkpoint.
        step: Write what computes one step of a sequence at a time, each part in a file of its
            own: `net.onnx` becomes `net.encoder.onnx` and `net.decoder.onnx`.
        float16: Store the weights in half the space.
        card: Write a model card, README.md, into the same folder.
        force: Replace files that exist.

    Returns:
        The files.

    Raises:
        UsageError: There is no format of this ending, or it or the network does not support `step`
            or `float16`, or a card cannot print the name.
        OutputExistsError: A file exists and `force` is not set, or it is the loaded checkpoint.
    """
    write = FORMATS.get(output.suffix.lower())
    if write is None:
        raise UsageError(f"{output}: expected a name that ends in {' or '.join(FORMATS)}")
    if card and not output.name.isprintable():
        raise UsageError(
            f"{str(output)!r}: a card names the file; choose a name that can be printed"
        )
    parts = write(trained, step, float16)
    files = {
        part: output.with_name(f"{output.stem}{part and f'.{part}'}{output.suffix}")
        for part in parts
    }
    contents = {files[part]: content for part, content in parts.items()}
    if card:
        contents[output.with_name(NAME)] = model_card(trained, output, files, step).encode()
    for file in contents:
        if _is_same(file, trained.path):
            raise OutputExistsError(f"{file} is the checkpoint itself; name another file")
        check_free(file, force)
    for file, content in contents.items():
        with replacing(file) as temporary:
            temporary.write_bytes(content)
    return list(contents)


def _is_same(file: Path, other: Path) -> bool:
    try:
        return file.exists() and file.samefile(other)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"cannot write {str(file)!r}: {reason(error)}; name another file"
        ) from None
