"""Turn a network description, which may come from anyone, into a checked graph of layers."""

import math
import re
import reprlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from nnlab.errors import CheckpointError, nearest
from nnlab.inference.kinds import KINDS
from nnlab.inference.layer import Layer, Shape
from nnlab.inference.settings import MAX_RANK, MAX_SIZE, fields_of, is_shape

MAX_NODES = 1_000
MAX_VARIABLE_ELEMENTS = 2**29  # of all variables together: 2 GiB
MAX_TENSOR_ELEMENTS = 2**28  # of all outputs together, for one example: 1 GiB

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")


@dataclass(frozen=True)
class Node:
    """One call of a layer.

    Attributes:
        name: Name of the node, unique in its graph.
        layer: The layer, which knows how to compute.
        owner: Name of the layer whose variables it uses; another node's where they are shared.
        inputs: References to what it takes: graph inputs or outputs of nodes.
        outputs: References to its outputs: `name`, `name:1`, `name:2` and so on.
        variable_shapes: Shapes of its variables by the layer's own names.
    """

    name: str
    layer: Layer
    owner: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    variable_shapes: dict[str, Shape]


@dataclass
class Graph:
    """A checked network: its nodes come in an order in which they can be computed.

    Attributes:
        inputs: Shape of each input by name.
        nodes: Each node by name.
        outputs: References to the outputs of nodes that are the network's outputs.
        shapes: Shape of each tensor by reference: the inputs and every output of every node.
    """

    inputs: dict[str, Shape] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    outputs: list[str] = field(default_factory=list)
    shapes: dict[str, Shape] = field(default_factory=dict)

    def variable_shapes(self) -> dict[str, Shape]:
        """Shape of each variable by full name, such as `hidden_1/kernel`."""
        return {
            f"{node.owner}/{variable}": shape
            for node in self.nodes.values()
            for variable, shape in node.variable_shapes.items()
        }


def expected_variables(description: Mapping[str, Any]) -> dict[str, Shape]:
    """Check a network description and tell the variables that the network needs.

    Args:
        description: As `nnlab.models.describe` makes it, or as it came out of a checkpoint.

    Returns:
        Shape of each variable by name, such as `hidden_1/kernel`.

    Raises:
        CheckpointError: Anything in it is not as it should be.
    """
    return checked_graph(description).variable_shapes()


def weight_counts(description: Mapping[str, Any]) -> dict[str, int]:
    """Check a network description and count the weights of each layer that has any.

    Raises:
        CheckpointError: Anything in it is not as it should be.
    """
    counts: dict[str, int] = {}
    for name, shape in expected_variables(description).items():
        layer = name.rsplit("/", 1)[0]
        counts[layer] = counts.get(layer, 0) + math.prod(shape)
    return counts


def output_shapes(description: Mapping[str, Any]) -> dict[str, Shape]:
    """Check a network description and tell the shape of each input and each node's outputs.

    Returns:
        Shape by name; `name:1` and so on are the further outputs of a node.

    Raises:
        CheckpointError: Anything in it is not as it should be.
    """
    return checked_graph(description).shapes


def checked_graph(description: Any) -> Graph:
    """Check a network description completely.

    Raises:
        CheckpointError: An unknown kind, a bad setting, an unknown or repeated name, a node
            before its inputs (so that a cycle is impossible), shapes that do not fit, or sizes
            beyond the limits of this module.
    """
    try:
        record = fields_of("description", description, ("inputs", "nodes", "outputs"))
        graph = Graph()
        for value in _list("inputs", record["inputs"]):
            _add_input(graph, value)
        for value in _list("nodes", record["nodes"]):
            _add_node(graph, value)
        for value in _list("outputs", record["outputs"]):
            _add_output(graph, value)
        _check_sizes(graph)
    except CheckpointError as error:
        raise CheckpointError(f"network: {error}") from error
    return graph


def _list(what: str, value: Any) -> list[Any]:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_NODES:
        raise CheckpointError(
            f"{what}: expected a list of 1 to {MAX_NODES}, got {reprlib.repr(value)}"
        )
    return value


def _add_input(graph: Graph, value: Any) -> None:
    record = fields_of("an input", value, ("name", "shape"))
    name = _new_name(graph, record["name"])
    if not is_shape(record["shape"]):
        raise CheckpointError(
            f"input {name!r}: expected a shape of at most {MAX_RANK} whole numbers from 1 to "
            f"{MAX_SIZE}, got {reprlib.repr(record['shape'])}"
        )
    graph.inputs[name] = graph.shapes[name] = tuple(record["shape"])


def _add_node(graph: Graph, value: Any) -> None:
    record = fields_of("a node", value, ("name", "kind", "settings", "inputs"), ("layer",))
    name = _new_name(graph, record["name"])
    try:
        layer = _kind(record["kind"]).from_settings(record["settings"])
        inputs = tuple(_reference(one, graph.shapes) for one in _list("inputs", record["inputs"]))
        if len(inputs) not in layer.input_counts:
            raise CheckpointError(f"expected {layer.input_words}, got {len(inputs)}")
        shapes = [graph.shapes[one] for one in inputs]
        made = layer.output_shapes(*shapes)
        outputs = (name, *(f"{name}:{number}" for number in range(1, len(made))))
        node = Node(name, layer, name, inputs, outputs, layer.variable_shapes(*shapes))
        if "layer" in record:
            node = _sharing(node, _reference(record["layer"], graph.nodes.keys()), graph)
    except CheckpointError as error:
        raise CheckpointError(f"node {name!r}: {error}") from error
    graph.nodes[name] = node
    graph.shapes.update(zip(outputs, made, strict=True))


def _add_output(graph: Graph, value: Any) -> None:
    name = _reference(value, graph.shapes.keys() - graph.inputs.keys())
    if name in graph.outputs:
        raise CheckpointError(f"expected each output once, but {name!r} comes twice")
    graph.outputs.append(name)


def _sharing(node: Node, owner: str, graph: Graph) -> Node:
    """Let a node use the variables of an earlier one, which must be the very same layer."""
    first = graph.nodes[owner]
    if first.owner != owner:
        raise CheckpointError(f"layer {owner!r} shares those of {first.owner!r}; name that one")
    if (first.layer, first.variable_shapes) != (node.layer, node.variable_shapes):
        raise CheckpointError(f"shares layer {owner!r}, but kind, settings or shapes differ")
    return replace(node, owner=owner)


def _kind(name: Any) -> type[Layer]:
    if not isinstance(name, str) or name not in KINDS:
        hint = nearest(str(name)[:100], KINDS)
        raise CheckpointError(f"unknown kind of layer {reprlib.repr(name)}; {hint}")
    return KINDS[name]


def _new_name(graph: Graph, name: Any) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise CheckpointError(
            "expected a name of letters, digits, '_', '-' and '.', "
            f"at most 100, got {reprlib.repr(name)}"
        )
    if name in graph.inputs or name in graph.nodes:
        raise CheckpointError(f"expected each name once, but {name!r} comes twice")
    return name


def _reference(name: Any, known: Collection[str]) -> str:
    if not isinstance(name, str) or name not in known:
        shown = str(name)[:100]
        raise CheckpointError(
            f"expected an earlier node, got {reprlib.repr(name)}; {nearest(shown, known)}"
        )
    return name


def _check_sizes(graph: Graph) -> None:
    variables = sum(math.prod(shape) for shape in graph.variable_shapes().values())
    if variables > MAX_VARIABLE_ELEMENTS:
        raise CheckpointError(
            f"expected at most {MAX_VARIABLE_ELEMENTS:,} weights, but it has {variables:,}"
        )
    scratch = sum(
        node.layer.scratch(*(graph.shapes[name] for name in node.inputs))
        for node in graph.nodes.values()
    )
    elements = sum(math.prod(shape) for shape in graph.shapes.values()) + scratch
    if elements > MAX_TENSOR_ELEMENTS:
        raise CheckpointError(
            f"expected at most {MAX_TENSOR_ELEMENTS:,} numbers between layers for one example, "
            f"but it has {elements:,}"
        )
