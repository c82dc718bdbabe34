"""How well a page can be read: text recognition by an external program, and its error rate."""

import os
import subprocess
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab import programs
from nnlab.errors import NnlabError

PROGRAM = "tesseract"
SECONDS = 300  # time limit for one page


def character_error_rate(text: str, reference: str) -> float:
    """Characters to insert, delete or replace, divided by the length of the reference; at least 0.

    The edit distance is Levenshtein's ("Binary codes capable of correcting deletions, insertions,
    and reversals", 1966), row by row (Wagner and Fischer, 1974). Spaces and line ends count.

    Args:
        text: the recognised text.
        reference: the true text.

    Raises:
        ValueError: if the reference is empty.
    """
    if not reference:
        raise ValueError("expected a reference text, got none")
    columns, places = _codes(reference), np.arange(len(reference) + 1)
    row = places
    for letter in _codes(text):
        reached = row + 1
        np.minimum(reached[1:], row[:-1] + (columns != letter), out=reached[1:])
        # each insertion costs 1: a running minimum along the row, less the position
        row = np.minimum.accumulate(reached - places) + places
    return int(row[-1]) / len(reference)


def ocr(image: npt.NDArray[Any]) -> str | None:
    """Read an English page with the program `tesseract`.

    Args:
        image: (height, width), uint8 or floats from 0 (black) to 1 (white).

    Returns:
        The text, or None if the program is not installed.

    Raises:
        NnlabError: The program failed, or took too long.
    """
    program = programs.path_of(PROGRAM)
    if program is None:
        return None
    command = [program, "stdin", "stdout", "-l", "eng"]
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
        raise NnlabError(f"{PROGRAM} took more than {SECONDS} seconds for one page") from error
    if done.returncode:
        reason = " ".join(done.stderr.decode("utf-8", "replace").split())[:300]
        raise NnlabError(f"{PROGRAM} failed with exit code {done.returncode}: {reason}")
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
