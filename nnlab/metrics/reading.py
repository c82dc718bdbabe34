"""How well a page can be read: text recognition by another program, and its errors."""

import os
import subprocess
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab import programs
from nnlab.errors import NnlabError

PROGRAM = "tesseract"
SECONDS = 300  # that a page may take


def character_error_rate(text: str, reference: str) -> float:
    """Characters to insert, delete or replace, divided by those of the reference; 0 and up.

    The edit distance is Levenshtein's ("Binary codes capable of correcting deletions, insertions,
    and reversals", 1966), row by row (Wagner and Fischer, 1974). Blanks and line ends count.

    Args:
        text: what was read.
        reference: what is written there.

    Raises:
        ValueError: if the reference has no character.
    """
    if not reference:
        raise ValueError("expected a reference text, got none")
    columns, places = _codes(reference), np.arange(len(reference) + 1)
    row = places
    for letter in _codes(text):
        reached = row + 1
        np.minimum(reached[1:], row[:-1] + (columns != letter), out=reached[1:])
        # what is inserted costs one each: the least so far along the row, taken without its places
        row = np.minimum.accumulate(reached - places) + places
    return int(row[-1]) / len(reference)


def ocr(image: npt.NDArray[Any], language: str = "eng") -> str | None:
    """Read a page with the program `tesseract`.

    Args:
        image: (height, width), uint8 or floats from 0 (black) to 1 (white).
        language: as tesseract names it.

    Returns:
        The text, or None where the program is not installed.

    Raises:
        NnlabError: The program failed, or took too long.
    """
    program = programs.path_of(PROGRAM)
    if program is None:
        return None
    command = [program, "stdin", "stdout", "-l", language]
    try:
        done = subprocess.run(
            command,
            input=_png(image),
            capture_output=True,
            check=False,
            timeout=SECONDS,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},  # its threads wait for each other
        )
    except subprocess.TimeoutExpired as error:
        raise NnlabError(f"{PROGRAM} took more than {SECONDS} seconds for a page") from error
    if done.returncode:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())[:300]
        raise NnlabError(f"{PROGRAM} failed with exit code {done.returncode}: {said}")
    return done.stdout.decode("utf-8", "replace")


def _png(image: npt.NDArray[Any]) -> bytes:
    from PIL import Image

    if not np.issubdtype(image.dtype, np.integer):
        image = np.rint(255 * np.clip(image, 0, 1))
    file = BytesIO()
    Image.fromarray(image.astype(np.uint8)).save(file, "png")
    return file.getvalue()


def _codes(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
