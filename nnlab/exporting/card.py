"""The model card: a README.md for the people who receive an exported network."""

import dataclasses
import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from nnlab.experiments.contract import Table
from nnlab.exporting.formats import tensor_words
from nnlab.records import plain
from nnlab.runs.answering import Trained
from nnlab.runs.card import Card, card_of

NAME = "README.md"

_ANY_NETWORK = """\
import onnxruntime

session = onnxruntime.InferenceSession("network.onnx")
for tensor in (*session.get_inputs(), *session.get_outputs()):
    print(tensor.name, tensor.shape)
print(session.get_modelmeta().custom_metadata_map)
"""
_STORED = re.compile(r'"network((?:\.\w+)?)\.onnx"')  # what examples call the files


def model_card(trained: Trained, output: Path, files: Mapping[str, Path], step: bool) -> str:
    """Return the card in Markdown.

    Args:
        trained: The network.
        output: The requested file.
        files: The files of the export, by part of the network.
        step: Whether they are the parts for single steps.
    """
    card, kind = card_of(trained.header, trained.path), output.suffix.lower()
    tensors = {"": dict(card.interface.tensors)}
    if kind == ".onnx":
        parts = trained.experiment.parts(trained.model, step=step)
        tensors = {part: tensor_words(trained, network) for part, network in parts.items()}
    described = {files[part].name: words for part, words in tensors.items()}
    return "\n".join(_lines(trained, card, output, described)) + "\n"


def _lines(
    trained: Trained, card: Card, output: Path, files: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    """Yield the lines of a card; `files` has what the tensors of each file contain."""
    header, names = trained.header, list(files)
    yield from (f"# {', '.join(names)}: {header.experiment}", "", card.summary, "")
    yield from ("## How to run it", "", *_usage(trained, output, names), "")
    for file, tensors in files.items():
        if tensors:
            yield from (f"Inputs and outputs of {file}:", "")
            yield from (*(f"- `{name}`: {words}" for name, words in tensors.items()), "")
    if card.interface.lists and output.suffix.lower() == ".onnx":
        lists = ", ".join(f"`{name}`" for name in card.interface.lists)
        yield from (f"The metadata of the file contain, as lists in JSON: {lists}.", "")
    yield from ("## Data", "", f"- trained on: {card.source.name}")
    yield from (
        f"- licence of the data: {card.licence}",
        f"- SHA-256 of the data: {card.source.sha256}",
        "",
    )
    yield from ("## How well it does", "")
    if not card.tables:
        yield from ("It was never scored on test data.", "")
    for table in card.tables:
        yield from (*_table(table), "")
    if card.limits:
        yield from ("## What it cannot do", "", *(f"- {words}" for words in card.limits), "")
    weights = sum(array.size for array in trained.weights.values())
    yield from ("## How it was trained", "", f"- weights: {weights:,}")
    if card.training:
        yield from (f"- {name}: {words}" for name, words in _named(plain(card.training)))
        if card.training.diverged is not None:
            yield f"- diverged: {card.training.diverged.what}"
    yield from (f"- settings: {_settings(trained)}", f"- preset of nnlab: {header.preset}")
    yield f"- versions: {', '.join(' '.join(one) for one in header.versions.items())}"


def _usage(trained: Trained, output: Path, names: Sequence[str]) -> Iterator[str]:
    name = trained.experiment.name
    kind = output.suffix.lower()
    if kind == ".onnx":
        code = _example(trained, output, names).strip()
        yield from ("Without nnlab (`pip install numpy onnxruntime pillow`):", "")
        yield from ("```python", code, "```")
    elif kind == ".keras":
        yield from ("With Keras, without nnlab:", "", "```python", "import keras", "")
        yield f"model = keras.saving.load_model({output.name!r})"
        yield from ("model.summary()", "```")
    else:
        command = shlex.join(["nnlab", name, "INPUT", "--checkpoint", output.name])
        yield from ("With nnlab:", "", f"    {command}")


def _example(trained: Trained, output: Path, names: Sequence[str]) -> str:
    """Return Python code that runs these files."""
    file = trained.experiment.example(trained.header.facts)
    example = resources.files("nnlab.exporting") / "examples" / file
    if example.is_file():
        code = example.read_text(encoding="utf-8")
        wanted = {f"{output.stem}{part}{output.suffix}" for part in _STORED.findall(code)}
        if wanted == set(names):
            return _STORED.sub(lambda name: repr(f"{output.stem}{name[1]}{output.suffix}"), code)
    return _STORED.sub(lambda _: repr(names[0]), _ANY_NETWORK)


def _table(table: Table) -> Iterator[str]:
    yield from (f"### {table.title}", "")
    for row in (table.columns, ["---"] * len(table.columns), *table.rows):
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"
    if table.note:
        yield from ("", table.note)


def _named(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if value is not None and not isinstance(value, Mapping):
            words = "seconds of training" if name == "seconds" else name.replace("_", " ")
            yield words, f"{value:,}"


def _settings(trained: Trained) -> str:
    """Return the settings of the training, without the user's paths."""
    fields = {field.name: field for field in dataclasses.fields(trained.experiment.Config)}
    given = {
        name: value
        for name, value in trained.header.config.items()
        if value is not None and name in fields and not fields[name].metadata.get("path")
    }
    return ", ".join(f"`{name}` {json.dumps(value)}" for name, value in given.items())
