"""Reading the classes of pictures."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.datasets.blocks import blocks
from nnlab.datasets.images.digit_form import Form
from nnlab.datasets.images.formed_pictures import in_form, several
from nnlab.errors import NnlabError
from nnlab.experiments.classify.config import ClassifyQuery
from nnlab.experiments.classify.reading import Reader, Reading
from nnlab.experiments.contract import Answer, Model, Note, Remark

TOGETHER = 256
"""Pictures of a folder that the network gets at a time."""

Prepare = Callable[[np.ndarray, Mapping[str, Any]], np.ndarray]
"""Images in the set's form, and the facts, to images as the network wants them."""


def answers(
    model: Model[Any], query: ClassifyQuery, inputs: Iterable[str], prepare: Prepare
) -> Iterator[Answer | Remark]:
    """Read the class of each image; a folder stands for the images inside."""
    facts, reader = model.facts, Reader(model)
    height, width = facts["image_shape"]

    def read(images: np.ndarray) -> Reading:
        return reader.read(prepare(images, facts))

    for given in inputs:  # one by one: whoever writes lines to stdin may wait for answers
        pictures = in_form([given], (height, width), facts["characters"])
        for block in blocks(pictures, TOGETHER):
            yield from _answers(block, query, facts["class_names"], read)


def _answers(
    block: Sequence[tuple[Path, Form] | NnlabError],
    query: ClassifyQuery,
    names: list[str],
    read: Callable[[np.ndarray], Reading],
) -> Iterator[Answer | Remark]:
    """Answer some pictures, which the network gets together."""
    images = [image for found in block for image in _images(found, query.split)]
    if images:
        reading = read(np.stack(images))
    row = 0
    for found in block:
        if isinstance(found, NnlabError):
            yield found
            continue
        path, form = found
        count = len(form.characters)
        if count > 1 and not query.split:
            yield Note(several(path, form, "read as one; --split reads each of them"))
        for position, _ in enumerate(_images(found, query.split), start=1):
            if doubt := reading.doubt(row):
                which = f"character {position} of {path}" if query.split else path
                yield Note(f"{which} {doubt}")
            answer = _answer(str(path), reading.probabilities[row], names, query.top)
            place = {"position": position, "box": list(form.characters[position - 1].box)}
            rest = {"characters": count} | (place if query.split else {})
            yield answer | reading.typical(row) | rest
            row += 1


def _images(found: tuple[Path, Form] | NnlabError, split: bool) -> list[np.ndarray]:
    """Return the images of a picture that are to be read; none of what is no picture."""
    if isinstance(found, NnlabError):
        return []
    _, form = found
    return [one.image for one in form.characters] if split else [form.image]


def _answer(path: str, probabilities: np.ndarray, names: list[str], top: int) -> Answer:
    ranking = (-probabilities).argsort(kind="stable")[:top]
    best = [{"label": names[k], "probability": round(float(probabilities[k]), 6)} for k in ranking]
    answer: Answer = {"input": path, **best[0]}
    if best[0]["label"].isdecimal():
        answer["digit"] = int(best[0]["label"])
    return answer | {"top": best}
