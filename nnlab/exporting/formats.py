"""The formats of an exported network, by the suffix of its file."""

import dataclasses
import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nnlab import checkpoint, versions
from nnlab.datasets.store.provenance import Source
from nnlab.datasets.store.registry import all_sets
from nnlab.errors import UsageError
from nnlab.runs.answering import Trained

Contents = dict[str, bytes]
"""What goes into each file, by the part of the network; one file has no part."""


def write_checkpoint(trained: Trained, step: bool, float16: bool) -> Contents:
    """Return a checkpoint without the state of the training."""
    _refuse(".h5", step=step)
    header = dataclasses.replace(trained.header, state={})
    return {"": checkpoint.content(header, {"model": trained.weights}, float16=float16)}


def write_onnx(trained: Trained, step: bool, float16: bool) -> Contents:
    """Return ONNX models that tell in their metadata what they are."""
    from nnlab.inference.onnx_model import onnx_model

    properties = metadata(trained)
    return {
        part: onnx_model(network, properties, float16=float16).SerializeToString()
        for part, network in trained.experiment.parts(trained.model, step=step).items()
    }


def write_keras(trained: Trained, step: bool, float16: bool) -> Contents:
    """Return Keras' own file, which it loads without nnlab."""
    _refuse(".keras", step=step, float16=float16)
    model = _keras_model(trained)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "network.keras"
        model.save(file)
        return {"": file.read_bytes()}


def write_lite(trained: Trained, step: bool, float16: bool) -> Contents:
    """Return a model for LiteRT, once called TensorFlow Lite."""
    _refuse(".tflite", step=step)
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_keras_model(_keras_model(trained))
    if float16:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
    return {"": converter.convert()}


FORMATS: dict[str, Callable[[Trained, bool, bool], Contents]] = {
    ".h5": write_checkpoint,
    ".onnx": write_onnx,
    ".keras": write_keras,
    ".tflite": write_lite,
}


def metadata(trained: Trained) -> dict[str, str]:
    """Return what a stranger has to know of a network, as texts by name; lists are JSON."""
    header, interface = trained.header, trained.experiment.interface(trained.header.facts)
    source = Source.from_dict(header.dataset)
    scores: Mapping[str, Any] = header.metrics.get("scores", {})
    return {
        "experiment": header.experiment,
        "preset": header.preset,
        "nnlab": header.versions.get("nnlab", versions.own()),
        "data": source.name,
        "licence of the data": licence(source),
        "scores": json.dumps(scores),
        **{f"tensor {name}": words for name, words in interface.tensors.items()},
        **{name: json.dumps(list(words)) for name, words in interface.lists.items()},
    }


def licence(source: Source) -> str:
    """Return the terms of the data that a network was trained on, as far as they are known."""
    if source.sample or not source.files:
        return "made by nnlab itself, MIT"
    known = all_sets().get(source.name)
    return known.licence if known else "unknown: the user's own files"


def _refuse(suffix: str, **asked: bool) -> None:
    for option, given in asked.items():
        if given:
            raise UsageError(f"--{option} does not go with {suffix}; export to .onnx instead")


def _keras_model(trained: Trained) -> Any:
    """Return the network in Keras, with its weights."""
    from nnlab.models.describe import load_weights
    from nnlab.training import backend

    backend.start()
    model = trained.experiment.build(trained.config(), trained.header.facts)
    load_weights(model, trained.weights)
    return model
