"""Turn a network description, which may come from anyone, into a checked graph of layers."""

import math
import re
import reprlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from nnlab.errors import CheckpointError, nearest
from nnlab.inference.kinds import KINDS
from nnlab.inference.layer import Layer, Shape
from nnlab.inference.settings import MAX_RANK, MAX_SIZE, fields_of, is_shape

MAX_NODES = 1_000
MAX_VARIABLE_ELEMENTS = 2**29  # of all variables together: 2 GiB
MAX_TENSOR_ELEMENTS = 2**28  # of all outputs together, for one example: 1 GiB

_KIND_NAMES = {kind: name for name, kind in KINDS.items()}
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

    @property
    def kind(self) -> str:
        """The name of its kind of layer."""
        return _KIND_NAMES[type(self.layer)]

    @property
    def settings(self) -> Mapping[str, Any]:
        """The settings of its layer by name."""
        return vars(self.layer)

    @property
    def weight_count(self) -> int:
        """How many weights it uses, its own or another node's."""
        return sum(map(math.prod, self.variable_shapes.values()))


@dataclass
class Graph:
    """A checked network: its nodes come in an order in which they can be computed.

    It is built from its inputs to its outputs, and changes no more then.

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

    def add_input(self, name: Any, shape: Any) -> None:
        """Add an input.

        Raises:
            CheckpointError: The name or the shape is none, or the name is taken.
        """
        name = self._new_name(name)
        if not is_shape(shape):
            raise CheckpointError(
                f"input {name!r}: expected a shape of at most {MAX_RANK} whole numbers from 1 to "
                f"{MAX_SIZE}, got {reprlib.repr(shape)}"
            )
        self.inputs[name] = self.shapes[name] = tuple(shape)

    def add_node(self, name: Any, layer: Layer, inputs: Iterable[Any], owner: Any = None) -> None:
        """Add a node behind those that it takes its inputs from.

        Args:
            name: Unique in the graph.
            layer: What it computes.
            inputs: References to tensors of the graph.
            owner: An earlier node whose variables it uses; None for its own.

        Raises:
            CheckpointError: A name is none, or is unknown, or the layer cannot take such inputs.
        """
        name = self._new_name(name)
        try:
            references = tuple(_reference(one, self.shapes) for one in inputs)
            if len(references) not in layer.input_counts:
                raise CheckpointError(f"expected {layer.input_words}, got {len(references)}")
            shapes = [self.shapes[one] for one in references]
            made = layer.output_shapes(*shapes)
            outputs = (name, *(f"{name}:{number}" for number in range(1, len(made))))
            node = Node(name, layer, name, references, outputs, layer.variable_shapes(*shapes))
            if owner is not None:
                node = self._sharing(node, _reference(owner, self.nodes))
        except CheckpointError as error:
            raise CheckpointError(f"node {name!r}: {error}") from error
        self.nodes[name] = node
        self.shapes.update(zip(outputs, made, strict=True))

    def add_output(self, reference: Any) -> None:
        """Make the output of a node an output of the network.

        Raises:
            CheckpointError: There is no such output, or it is one already.
        """
        name = _reference(reference, self.shapes.keys() - self.inputs.keys())
        if name in self.outputs:
            raise CheckpointError(f"expected each output once, but {name!r} comes twice")
        self.outputs.append(name)

    def check_sizes(self) -> None:
        """Refuse a network that is larger than this module allows.

        Raises:
            CheckpointError: Weights, or numbers between or inside layers, exceed its limits.
        """
        if self.weight_count > MAX_VARIABLE_ELEMENTS:
            raise CheckpointError(
                f"expected at most {MAX_VARIABLE_ELEMENTS:,} weights, "
                f"but it has {self.weight_count:,}"
            )
        scratch = max(
            node.layer.scratch(*(self.shapes[name] for name in node.inputs))
            for node in self.nodes.values()
        )
        elements = max(scratch, sum(math.prod(shape) for shape in self.shapes.values()))
        if elements > MAX_TENSOR_ELEMENTS:
            raise CheckpointError(
                f"expected at most {MAX_TENSOR_ELEMENTS:,} numbers between layers for one "
                f"example, but it has {elements:,}"
            )

    def needed(self) -> list[Node]:
        """Return the nodes that lead to an output, in order."""
        wanted, kept = set(self.outputs), []
        for node in reversed(self.nodes.values()):
            if wanted.intersection(node.outputs):
                wanted.update(node.inputs)
                kept.append(node)
        return kept[::-1]

    def variable_shapes(self) -> dict[str, Shape]:
        """Shape of each variable by full name, such as `hidden_1/kernel`."""
        return {
            f"{node.owner}/{variable}": shape
            for node in self.nodes.values()
            for variable, shape in node.variable_shapes.items()
        }

    @property
    def weight_count(self) -> int:
        """How many weights there are; shared ones count once."""
        return sum(map(math.prod, self.variable_shapes().values()))

    def kind(self, name: str) -> str:
        """Tell the kind of a node by its name; "input" for an input."""
        return "input" if name in self.inputs else self.nodes[name].kind

    def _new_name(self, name: Any) -> str:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise CheckpointError(
                "expected a name of letters, digits, '_', '-' and '.', "
                f"at most 100, got {reprlib.repr(name)}"
            )
        if name in self.inputs or name in self.nodes:
            raise CheckpointError(f"expected each name once, but {name!r} comes twice")
        return name

    def _sharing(self, node: Node, owner: str) -> Node:
        """Let a node use the variables of an earlier one, which must be the very same layer."""
        first = self.nodes[owner]
        if first.owner != owner:
            raise CheckpointError(f"layer {owner!r} shares those of {first.owner!r}; name that one")
        same_shapes = first.variable_shapes == node.variable_shapes
        if not same_shapes or not node.layer.shares_with(first.layer):
            raise CheckpointError(f"shares layer {owner!r}, but kind, settings or shapes differ")
        return replace(node, owner=owner)


def checked_graph(description: Any) -> Graph:
    """Check a network description completely.

    Args:
        description: As `nnlab.models.describe` makes it, or as it came out of a checkpoint.

    Raises:
        CheckpointError: An unknown kind, a bad setting, an unknown or repeated name, a node
            before its inputs (so that a cycle is impossible), shapes that do not fit, or sizes
            beyond the limits of this module.
    """
    try:
        record = fields_of("description", description, ("inputs", "nodes", "outputs"))
        graph = Graph()
        for value in _list("inputs", record["inputs"]):
            given = fields_of("an input", value, ("name", "shape"))
            graph.add_input(given["name"], given["shape"])
        for value in _list("nodes", record["nodes"]):
            _add_node(graph, value)
        for value in _list("outputs", record["outputs"]):
            graph.add_output(value)
        graph.check_sizes()
    except CheckpointError as error:
        raise CheckpointError(f"network: {error}") from error
    return graph


def _add_node(graph: Graph, value: Any) -> None:
    node = fields_of("a node", value, ("name", "kind", "settings", "inputs"), ("layer",))
    try:
        layer = _kind(node["kind"]).from_settings(node["settings"])
        inputs = _list("inputs", node["inputs"])
    except CheckpointError as error:
        raise CheckpointError(f"node {reprlib.repr(node['name'])}: {error}") from error
    if "layer" in node and node["layer"] is None:
        raise CheckpointError(f"node {reprlib.repr(node['name'])}: expected a layer, got None")
    graph.add_node(node["name"], layer, inputs, node.get("layer"))


def _list(what: str, value: Any) -> list[Any]:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_NODES:
        raise CheckpointError(
            f"{what}: expected a list of 1 to {MAX_NODES}, got {reprlib.repr(value)}"
        )
    return value


def _kind(name: Any) -> type[Layer]:
    if not isinstance(name, str) or name not in KINDS:
        hint = nearest(str(name)[:100], KINDS)
        raise CheckpointError(f"unknown kind of layer {reprlib.repr(name)}; {hint}")
    return KINDS[name]


def _reference(name: Any, known: Collection[str]) -> str:
    if not isinstance(name, str) or name not in known:
        shown = str(name)[:100]
        raise CheckpointError(
            f"expected an earlier node, got {reprlib.repr(name)}; {nearest(shown, known)}"
        )
    return name
