"""Reading the pictures given to a command, in the form of a data set."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from nnlab.datasets.images.digit_form import Character, Form, in_parts, resized
from nnlab.datasets.images.picture_files import read_picture, valid_pictures
from nnlab.errors import DataError, NnlabError, UsageError


def in_form(
    inputs: Iterable[str], shape: tuple[int, int], characters: bool
) -> Iterator[tuple[Path, Form] | NnlabError]:
    """Yield the pictures in the inputs in a data set's form, or an error for an unreadable one.

    Args:
        inputs: Names of files and folders.
        shape: Height and width of the set's images.
        characters: Whether the set's images are light ink on black, as in MNIST.
    """
    to_form = in_parts if characters else _scaled
    for given in inputs:
        for path in valid_pictures([given]):
            try:
                if isinstance(path, NnlabError):
                    raise path
                picture = read_picture(path)
                try:
                    yield path, to_form(picture, shape)
                except DataError as error:
                    raise DataError(f"{path}: {error}") from error
            except NnlabError as error:
                yield error.of(given)


def one_in_form(given: str, shape: tuple[int, int], characters: bool) -> tuple[Path, Form]:
    """Return the one picture that a name stands for in a data set's form.

    Args:
        given: Name of a file, or of a folder with one picture.
        shape: As of `in_form`.
        characters: Likewise.

    Raises:
        NnlabError: It cannot be read, or is a folder of several.
    """
    first, *others = islice(in_form([given], shape, characters), 2)
    if isinstance(first, NnlabError):
        raise first
    if others:
        raise UsageError(f"{given}: expected one picture, found several")
    return first


def _scaled(picture: np.ndarray, shape: tuple[int, int]) -> Form:
    image = resized(picture, shape)
    height, width = picture.shape
    return Form(image, [Character(image, (0, 0, width, height))])


def several(path: Path, form: Form, advice: str) -> str:
    """Return a remark that a picture has several characters, with advice."""
    return f"{path}: {len(form.characters)} characters found side by side; {advice}"
