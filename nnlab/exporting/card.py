"""The model card: a README.md beside an exported network, for those who get it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from nnlab.experiments.contract import Table
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


def model_card(trained: Trained, output: Path, files: Sequence[Path]) -> str:
    """Return the card in Markdown.

    Args:
        trained: The network.
        output: The name that the files were asked for by.
        files: What was written.
    """
    card = card_of(trained.header, trained.path)
    return "\n".join(_lines(trained, card, output, files)) + "\n"


def _lines(trained: Trained, card: Card, output: Path, files: Sequence[Path]) -> Iterator[str]:
    header = trained.header
    yield from (f"# {files[0].name}: {header.experiment}", "", card.summary, "")
    yield from ("## How to run it", "", *_usage(trained, output, files), "")
    if card.interface.tensors:
        yield from ("Inputs and outputs:", "")
        yield from (f"- `{name}`: {words}" for name, words in card.interface.tensors.items())
        lists = {name: len(words) for name, words in card.interface.lists.items()}
        yield from (f"- `{name}`: {count:,} texts" for name, count in lists.items())
        yield ""
    yield from ("## Data", "", f"- trained on: {card.source.name}")
    yield from (f"- licence of the data: {card.licence}", f"- SHA-256: {card.source.sha256}", "")
    yield from ("## How well it does", "")
    if not card.tables:
        yield from ("It was not scored.", "")
    for table in card.tables:
        yield from (*_table(table), "")
    if card.limits:
        yield from ("## What it cannot do", "", *(f"- {words}" for words in card.limits), "")
    weights = sum(array.size for array in trained.weights.values())
    yield from ("## How it was trained", "", f"- weights: {weights:,}")
    yield from (f"- {name}: {words}" for name, words in _named(card.training))
    yield from (f"- settings: {_settings(header.config)}", f"- preset: {header.preset}")
    yield f"- versions: {', '.join(' '.join(one) for one in header.versions.items())}"


def _usage(trained: Trained, output: Path, files: Sequence[Path]) -> Iterator[str]:
    name = trained.experiment.name
    kind = files[0].suffix.lower()
    if kind == ".onnx":
        code = _example(name, output, files).strip()
        yield from ("With ONNX Runtime alone:", "", "```python", code, "```")
    elif kind == ".keras":
        yield from ("With Keras alone:", "", "```python", "import keras", "")
        yield from (f'model = keras.saving.load_model("{files[0].name}")', "model.summary()", "```")
    else:
        yield from ("With nnlab:", "", f"    nnlab {name} INPUT --checkpoint {files[0].name}")


def _example(experiment: str, output: Path, files: Sequence[Path]) -> str:
    """Return Python code that runs these files."""
    names = {file.name for file in files}
    example = resources.files("nnlab.exporting") / "examples" / f"{experiment}.py"
    if example.is_file():
        code = example.read_text(encoding="utf-8")
        wanted = {f"{output.stem}{part}{output.suffix}" for part in _STORED.findall(code)}
        if wanted == names:
            return _STORED.sub(lambda name: f'"{output.stem}{name[1]}{output.suffix}"', code)
    return _STORED.sub(f'"{files[0].name}"', _ANY_NETWORK)


def _table(table: Table) -> Iterator[str]:
    yield from (f"### {table.title}", "")
    for row in (table.columns, ["---"] * len(table.columns), *table.rows):
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"
    if table.note:
        yield from ("", table.note)


def _named(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if value is not None and not isinstance(value, Mapping):
            yield name.replace("_", " "), f"{value:,}"


def _settings(config: Mapping[str, Any]) -> str:
    given = {name: value for name, value in config.items() if value is not None}
    return ", ".join(f"`{name}` {json.dumps(value)}" for name, value in given.items())
