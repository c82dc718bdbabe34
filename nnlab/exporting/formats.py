"""The formats of an exported network, by the suffix of its file."""

import dataclasses
import fnmatch
import json
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from nnlab import checkpoint, versions
from nnlab.datasets.store.provenance import Source
from nnlab.errors import UsageError
from nnlab.inference import Network
from nnlab.inference.onnx_model import output_names
from nnlab.runs.answering import Trained
from nnlab.runs.card import licence

Contents = dict[str, bytes]
"""The content of each file, by part of the network; the name of a single part is empty."""


def checkpoint_content(trained: Trained, step: bool, float16: bool) -> Contents:
    """Return a checkpoint without the state of the training."""
    _refuse("a checkpoint", step=step)
    header = dataclasses.replace(trained.header, state={})
    return {"": checkpoint.content(header, {"model": trained.weights}, float16=float16)}


def onnx_content(trained: Trained, step: bool, float16: bool) -> Contents:
    """Return ONNX models whose metadata describe them."""
    from onnx import checker

    from nnlab.inference.onnx_model import onnx_model

    contents = {}
    for part, network in trained.experiment.parts(trained.model, step=step).items():
        properties = metadata(trained, tensor_words(trained, network))
        model = onnx_model(network.graph, network.weights, properties, float16=float16)
        checker.check_model(model, full_check=True)
        contents[part] = model.SerializeToString()
    return contents


def keras_content(trained: Trained, step: bool, float16: bool) -> Contents:
    """Return Keras' own file, which it loads without nnlab."""
    _refuse("a Keras file", step=step, float16=float16)
    model = _keras_model(trained)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "network.keras"
        model.save(file)
        return {"": file.read_bytes()}


FORMATS: dict[str, Callable[[Trained, bool, bool], Contents]] = {
    ".h5": checkpoint_content,
    ".keras": keras_content,
    ".onnx": onnx_content,
}


def metadata(trained: Trained, tensors: Mapping[str, str]) -> dict[str, str]:
    """Return what users without nnlab need to know, by name; lists are JSON.

    Args:
        trained: The network.
        tensors: What each input and output contains, by name.
    """
    header, interface = trained.header, trained.experiment.interface(trained.header.facts)
    source = Source.from_dict(header.dataset)
    scores: Mapping[str, Any] = header.metrics.get("scores", {})
    return {
        "experiment": header.experiment,
        "preset": header.preset,
        "nnlab": header.versions.get("nnlab", versions.own()),
        "data": source.name,
        "licence of the data": licence(source, header.experiment),
        "scores": json.dumps(scores),
        **{f"tensor {name}": words for name, words in tensors.items()},
        **{name: json.dumps(list(words)) for name, words in interface.lists.items()},
    }


def tensor_words(trained: Trained, network: Network) -> dict[str, str]:
    """Return what each input and output of a part of a network contains, by name."""
    interface = trained.experiment.interface(trained.header.facts)
    words = {**interface.tensors, **interface.steps}
    names = [*network.input_shapes, *output_names(network.graph).values()]
    return {
        name: words[pattern]
        for name in names
        for pattern in [name if name in words else _pattern(name, interface.steps)]
        if pattern
    }


def _pattern(name: str, patterns: Iterable[str]) -> str | None:
    return next((one for one in patterns if fnmatch.fnmatchcase(name, one)), None)


def _refuse(what: str, **asked: bool) -> None:
    for option, given in asked.items():
        if given:
            raise UsageError(f"{what} does not take --{option}; name a file that ends in .onnx")


def _keras_model(trained: Trained) -> Any:
    """Return the network in Keras, with its weights."""
    from nnlab.models.describe import load_weights
    from nnlab.training import backend

    backend.start()
    model = trained.experiment.build(trained.config(), trained.header.facts)
    load_weights(model, trained.weights)
    return model
