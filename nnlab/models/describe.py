"""Converting a Keras model to a plain description and named weights, and loading weights back."""

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.errors import CheckpointError, NnlabError, nearest
from nnlab.inference import checked_graph
from nnlab.models.counterparts import CALL_FLAGS, Counterpart, counterparts, variable_name

if TYPE_CHECKING:
    import keras

Description = dict[str, Any]
_Call = tuple[str, int]  # name of a layer, number of the call
_Tensor = tuple[str, int, int]  # a call, number of the output

_MASKS = ("mask", "query_mask", "value_mask")

OPEN_LENGTH = 8
"""The length in the description of an axis of any length."""


def describe(model: "keras.Model") -> Description:
    """Describe a functional model in plain JSON that `nnlab.inference` can run.

    Args:
        model: Built with the functional API. Shared layers, several inputs and several outputs
            are allowed.

    Returns:
        The network description (docs/checkpoint-format.md). An axis of any length, `None` in
        Keras, is described with length 8.

    Raises:
        NnlabError: `nnlab.inference` does not support a layer or one of its settings.
    """
    config = model.get_config()
    if "output_layers" not in config:
        raise NnlabError(f"expected a functional model, got a {type(model).__name__}")
    layers = {operation.name: operation for operation in model.operations}
    inputs = [name for name, *_ in _tensors_in(config["input_layers"])]
    outputs = list(_tensors_in(config["output_layers"]))
    _check_masks(model)
    calls = _needed_calls(config, outputs)
    called = {name for name, _ in calls} - set(inputs)
    flags = _flags(config, called)
    made = {call: counterparts(layers[call[0]], flag) for call, flag in flags.items()}
    _check_arguments(config, called)
    names: dict[_Call, str] = {(name, 0): name for name in inputs}
    nodes: list[dict[str, Any]] = []
    for name, index, tensors in _ordered(calls):
        nodes += _nodes(made[name, index], name, index, tensors, names, layers)
    description = {
        "inputs": [{"name": name, "shape": _input_shape(layers[name])} for name in inputs],
        "nodes": nodes,
        "outputs": [_reference(tensor, names) for tensor in outputs],
    }
    expected = checked_graph(description).variable_shapes()
    shapes = {name: weights.shape for name, weights in weights_of(model).items()}
    if shapes != expected:
        raise NnlabError(f"expected the weights {expected}, got {shapes} from Keras")
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
    """Load weights into a model, which stays unchanged unless all of them fit.

    Args:
        model: The model that they belong to.
        weights: As `weights_of` returns them.

    Raises:
        CheckpointError: A variable is missing, unknown, or of another shape.
    """
    variables = _variables(model)
    for name in sorted(variables.keys() - weights.keys()):
        raise CheckpointError(f"expected weights {name!r}, found none")
    for name in sorted(weights.keys() - variables.keys()):
        raise CheckpointError(f"unexpected weights {name!r}; {nearest(name, variables)}")
    for name, variable in variables.items():
        if tuple(variable.shape) != weights[name].shape:
            expected, got = tuple(variable.shape), weights[name].shape
            raise CheckpointError(f"expected weights {name!r} of shape {expected}, got {got}")
    for name, variable in variables.items():
        variable.assign(weights[name])


def _variables(model: "keras.Model") -> dict[str, Any]:
    variables: dict[str, Any] = {}
    for layer in model.layers:
        for variable in layer.weights:  # the seeds of dropout are not among them
            name = variable_name(layer, variable)
            if name in variables:
                raise NnlabError(f"two variables are called {name!r}; expected unique names")
            variables[name] = variable
    return variables


def _nodes(
    made: Mapping[str, Counterpart],
    layer_name: str,
    index: int,
    tensors: list[_Tensor],
    names: dict[_Call, str],
    layers: Collection[str],
) -> Iterator[dict[str, Any]]:
    """Describe one call of a layer, and enter its name in `names`."""
    name = _node_name(layer_name, layers, names)
    inputs = [_reference(tensor, names) for tensor in tensors]
    names[layer_name, index] = name
    if any(settings.get("causal") for _, settings in made.values()) and len(set(inputs)) > 1:
        raise NnlabError(
            f"layer {layer_name!r} is called with a causal mask and two different sequences, which "
            "NumPy inference does not support"
        )
    for suffix, (kind, settings) in made.items():
        node = {"name": f"{name}{suffix}", "kind": kind, "settings": settings}
        sharing = {} if name == layer_name else {"layer": f"{layer_name}{suffix}"}
        if len(made) == 2:  # attention: queries, then what the keys and values are made of
            memory = f"{name}{next(iter(made))}"
            own = inputs[1:] if suffix else [inputs[0], memory, f"{memory}:1"]
        else:
            own = inputs
        yield node | sharing | {"inputs": own}


def _reference(tensor: _Tensor, names: Mapping[_Call, str]) -> str:
    """Refer to an output of a call by the call's name and, except for output 0, the number."""
    layer_name, index, output = tensor
    name = names[layer_name, index]
    return f"{name}:{output}" if output else name


def _node_name(layer_name: str, layers: Collection[str], names: Mapping[_Call, str]) -> str:
    """Name the first call of a layer after the layer, and append a number to later ones."""
    taken = set(names.values())
    if layer_name not in taken:
        return layer_name
    numbered = (f"{layer_name}_{number}" for number in itertools.count(2))
    return next(name for name in numbered if name not in taken and name not in layers)


def _needed_calls(
    config: Mapping[str, Any], outputs: Iterable[_Tensor]
) -> dict[_Call, list[_Tensor]]:
    """Find the calls that an output depends on, and the inputs of each.

    Keras also lists calls that compute masks, which are no call's inputs.
    """
    inputs = {
        (layer["name"], index): list(_inputs_of(call))
        for layer in config["layers"]
        for index, call in enumerate(layer["inbound_nodes"])
    }
    needed: set[_Call] = set()
    found = [tensor[:2] for tensor in outputs]
    while found:
        call = found.pop()
        if call not in needed:
            needed.add(call)
            found += [tensor[:2] for tensor in inputs.get(call, ())]
    return {call: inputs[call] for call in inputs if call in needed} | {
        call: [] for call in needed if call not in inputs
    }


def _ordered(calls: Mapping[_Call, list[_Tensor]]) -> Iterator[tuple[str, int, list[_Tensor]]]:
    """Yield each call (layer, index, inputs) after the calls that produce its inputs."""
    waiting = [call for call, inputs in calls.items() if inputs]
    made = calls.keys() - set(waiting)
    while waiting:
        ready = next(call for call in waiting if all(tensor[:2] in made for tensor in calls[call]))
        waiting.remove(ready)
        made.add(ready)
        yield *ready, calls[ready]


def _inputs_of(call: Mapping[str, Any]) -> Iterator[_Tensor]:
    for value in _arguments(call):
        if isinstance(value, dict):
            name, index, output = value["config"]["keras_history"]
            yield name, index, output


def _flags(config: Mapping[str, Any], called: Collection[str]) -> dict[_Call, bool]:
    """Read of each call the argument that `CALL_FLAGS` names."""
    return {
        (layer["name"], index): bool(call["kwargs"].get(CALL_FLAGS.get(layer["class_name"], "")))
        for layer in config["layers"]
        if layer["name"] in called
        for index, call in enumerate(layer["inbound_nodes"])
    }


def _check_arguments(config: Mapping[str, Any], called: Collection[str]) -> None:
    """Refuse other arguments of calls that are not tensors, such as training=True for Dropout."""
    for layer in config["layers"]:
        for call in layer["inbound_nodes"] if layer["name"] in called else ():
            kwargs = dict(call["kwargs"])
            kwargs.pop(CALL_FLAGS.get(layer["class_name"], ""), None)
            for value in _arguments({"args": call["args"], "kwargs": kwargs}):
                if not isinstance(value, dict) and value not in (None, False):
                    raise NnlabError(
                        f"layer {layer['name']!r} is called with the argument {value!r}, which "
                        "NumPy inference does not support"
                    )


def _arguments(call: Mapping[str, Any]) -> Iterator[Any]:
    """Yield tensors (as dicts) and plain values, except masks, which `_check_masks` checks."""
    arguments = {name: value for name, value in call["kwargs"].items() if name not in _MASKS}
    return _leaves([call["args"], arguments])


def _check_masks(model: "keras.Model") -> None:
    """Refuse explicit masks; those that Keras propagates itself, inference propagates too."""
    for operation in model.operations:
        for node in operation._inbound_nodes:
            given = node.arguments.kwargs
            if given.get("attention_mask") is not None or given.get("key") is not None:
                raise NnlabError(
                    f"layer {operation.name!r} is called with keys or a mask of its own, which "
                    "NumPy inference does not support"
                )
            mask = given.get("mask")
            if mask is None:
                continue
            own = getattr(node.input_tensors[0], "_keras_mask", None)
            if mask is not own or given.get("initial_state") is not None:
                raise NnlabError(
                    f"layer {operation.name!r} is called with an explicit mask, which NumPy "
                    "inference does not support"
                )


def _leaves(value: Any) -> Iterator[Any]:
    """Yield tensors (as dicts) and plain values from the arguments of a call."""
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, dict) and value.get("class_name") != "__keras_tensor__":
        yield from _leaves(list(value.values()))
    else:
        yield value


def _tensors_in(value: Any) -> Iterator[_Tensor]:
    """Yield the tensors of `input_layers` or `output_layers`, however nested."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value[0], str):
        yield value[0], value[1], value[2]
    else:
        for item in value:
            yield from _tensors_in(item)


def _input_shape(layer: Any) -> list[int]:
    return [OPEN_LENGTH if length is None else length for length in layer.batch_shape[1:]]
