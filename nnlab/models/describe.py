"""Between Keras and the rest of the house: a model's plain description, and its weights by name."""

import itertools
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.errors import CheckpointError, NnlabError, nearest
from nnlab.inference import expected_variables
from nnlab.models.counterparts import kind_and_settings

if TYPE_CHECKING:
    import keras

Description = dict[str, Any]
_Call = tuple[str, int]  # name of a layer, and which of its calls


def describe(model: "keras.Model") -> Description:
    """Describe a functional model in plain JSON that `nnlab.inference` can run.

    Args:
        model: Built by the functional API, with `None` for the batch axis only. Shared layers,
            several inputs and several outputs are fine.

    Returns:
        The network description (docs/checkpoint-format.md).

    Raises:
        NnlabError: A layer or one of its settings has no counterpart in `nnlab.inference`.
    """
    config = model.get_config()
    if "output_layers" not in config:
        raise NnlabError(f"expected a functional model, but came a {type(model).__name__}")
    layers = {operation.name: operation for operation in model.operations}
    inputs = [name for name, _ in _calls_in(config["input_layers"])]
    kinds = {name: kind_and_settings(layers[name]) for name in layers if name not in inputs}
    names: dict[_Call, str] = {(name, 0): name for name in inputs}
    description = {
        "inputs": [{"name": name, "shape": _input_shape(layers[name])} for name in inputs],
        "nodes": [_node(kinds, *call, names) for call in _ordered_calls(config)],
        "outputs": [names[call] for call in _calls_in(config["output_layers"])],
    }
    expected = expected_variables(description)
    came = {name: weights.shape for name, weights in weights_of(model).items()}
    if came != expected:
        raise NnlabError(f"expected the weights {expected}, but Keras has {came}")
    return description


def weights_of(model: "keras.Model") -> dict[str, np.ndarray]:
    """Copy all weights out of a model.

    Returns:
        Array of each variable by `<layer>/<variable>`, such as `hidden_1/kernel`.

    Raises:
        NnlabError: Two variables have the same name.
    """
    return {name: variable.numpy() for name, variable in _variables(model).items()}


def load_weights(model: "keras.Model", weights: Mapping[str, np.ndarray]) -> None:
    """Put weights back into a model; nothing is changed unless all of them fit.

    Args:
        model: The model that they belong to.
        weights: As `weights_of` gave them.

    Raises:
        CheckpointError: A variable is missing, unknown, or of another shape.
    """
    variables = _variables(model)
    for name in sorted(variables.keys() - weights.keys()):
        raise CheckpointError(f"expected weights {name!r}, but there are none of that name")
    for name in sorted(weights.keys() - variables.keys()):
        raise CheckpointError(f"unexpected weights {name!r}; {nearest(name, variables)}")
    for name, variable in variables.items():
        if tuple(variable.shape) != weights[name].shape:
            expected, came = tuple(variable.shape), weights[name].shape
            raise CheckpointError(f"expected weights {name!r} of shape {expected}, but came {came}")
    for name, variable in variables.items():
        variable.assign(weights[name])


def _variables(model: "keras.Model") -> dict[str, Any]:
    variables: dict[str, Any] = {}
    for layer in model.layers:
        for variable in layer.weights:  # without the seeds of dropout, which are no weights
            name = f"{layer.name}/{variable.name}"
            if name in variables:
                raise NnlabError(f"expected each variable once, but {name!r} comes twice")
            variables[name] = variable
    return variables


def _node(
    kinds: Mapping[str, tuple[str, dict[str, Any]]],
    layer_name: str,
    index: int,
    inputs: list[_Call],
    names: dict[_Call, str],
) -> dict[str, Any]:
    """Describe one call of a layer, and enter its name in `names`."""
    kind, settings = kinds[layer_name]
    name = _node_name(layer_name, kinds, names)
    names[layer_name, index] = name
    node = {"name": name, "kind": kind, "settings": settings}
    sharing = {} if name == layer_name else {"layer": layer_name}
    return node | sharing | {"inputs": [names[call] for call in inputs]}


def _node_name(layer_name: str, layers: Collection[str], names: Mapping[_Call, str]) -> str:
    """Name the first call of a layer as the layer, a later one with a number."""
    taken = set(names.values())
    if layer_name not in taken:
        return layer_name
    numbered = (f"{layer_name}_{number}" for number in itertools.count(2))
    return next(name for name in numbered if name not in taken and name not in layers)


def _ordered_calls(config: Mapping[str, Any]) -> Iterator[tuple[str, int, list[_Call]]]:
    """Yield each call (layer, index, inputs) after those that it takes its inputs from."""
    waiting = [
        (layer["name"], index, list(_inputs_of(layer["name"], call)))
        for layer in config["layers"]
        for index, call in enumerate(layer["inbound_nodes"])
    ]
    made = {(layer["name"], 0) for layer in config["layers"] if not layer["inbound_nodes"]}
    while waiting:
        ready = next(call for call in waiting if made.issuperset(call[2]))
        waiting.remove(ready)
        made.add(ready[:2])
        yield ready


def _inputs_of(layer_name: str, call: Mapping[str, Any]) -> Iterator[_Call]:
    for value in _leaves([call["args"], call["kwargs"]]):
        if isinstance(value, dict):
            name, index, tensor = value["config"]["keras_history"]
            if tensor != 0:
                raise NnlabError(f"layer {layer_name!r} takes output {tensor} of {name!r}, not 0")
            yield name, index
        elif value not in (None, False):  # such as Dropout called with training=True
            raise NnlabError(f"layer {layer_name!r} is called with {value!r} beside its inputs")


def _leaves(value: Any) -> Iterator[Any]:
    """Yield tensors (as dicts) and plain values out of the arguments of a call."""
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, dict) and value.get("class_name") != "__keras_tensor__":
        yield from _leaves(list(value.values()))
    else:
        yield value


def _calls_in(value: Any) -> Iterator[_Call]:
    """Yield (layer, call) out of `input_layers` or `output_layers`, however they are nested."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value[0], str):
        yield value[0], value[1]
    else:
        for item in value:
            yield from _calls_in(item)


def _input_shape(layer: Any) -> list[int]:
    shape = list(layer.batch_shape[1:])
    if None in shape:
        raise NnlabError(f"expected input {layer.name!r} of a fixed shape, but it is {shape}")
    return shape
