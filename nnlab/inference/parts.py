"""Networks that are cut out of another, or changed to run step by step."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from nnlab.errors import CheckpointError, nearest
from nnlab.inference.graph import Graph, Node
from nnlab.inference.layer import Shape
from nnlab.inference.layers import Concatenate
from nnlab.inference.recurrent import LSTM
from nnlab.inference.sequences import Embedding


def part(graph: Graph, inputs: Mapping[str, Shape], outputs: Sequence[str]) -> Graph:
    """Return the part of a network between some of its tensors.

    Nodes keep their names, and with them their weights, except that the first of those that share
    the weights of a node which is left out owns these from now on.

    Args:
        graph: The whole network.
        inputs: What is given from outside: graph inputs and outputs of nodes, such as
            `encoder:1`, with their shape without the batch axis. They become the inputs, in this
            order and by this name, with `_` for `:` (`encoder_1`) and a number where that is
            taken. They come without masks.
        outputs: Outputs of nodes that become the outputs, in this order.

    Raises:
        CheckpointError: The network has no such tensors, they are not its ends, or the layers
            cannot work with these shapes.
    """
    for name in inputs:
        _expect("an input or an output of a node", name, graph.shapes)
    for name in outputs:
        _expect("an output of a node", name, graph.shapes.keys() - graph.inputs.keys())
    if not outputs:
        raise CheckpointError("expected outputs of nodes as outputs, got none")
    needed, used = _between(graph, inputs, outputs)
    if unused := [name for name in inputs if name not in used]:
        raise CheckpointError(f"{', '.join(outputs)}: computed without {', '.join(unused)}")
    if missing := [name for name in used if name in graph.inputs and name not in inputs]:
        raise CheckpointError(
            f"{', '.join(outputs)}: expected also {', '.join(missing)} among the inputs, "
            f"got {', '.join(inputs)}"
        )
    taken = {node.name for node in needed}
    names: dict[str, str] = {}
    for name in inputs:
        names[name] = _free_name(name.replace(":", "_"), {*taken, *names.values()})
    given = {names[name]: shape for name, shape in inputs.items()}
    nodes = [replace(node, inputs=tuple(names.get(n, n) for n in node.inputs)) for node in needed]
    return assembled(given, nodes, outputs)


def stepwise(graph: Graph) -> Graph:
    """Return the network for one time step of its sequence, with the states on the outside.

    Args:
        graph: A network of one input, a sequence (time, ...), whose LSTMs begin at zero.

    Returns:
        A network that takes the sequence's one step (1, ...), then the states `<name>_hidden` and
        `<name>_cell` of each LSTM, and puts out what it did, then the states of each LSTM after
        the step (`<name>:1` and `<name>:2`), in the same order.

    Raises:
        CheckpointError: The network is not such a one, or cannot be run step by step because
            a layer other than an LSTM looks at several time steps, or because of masks.
    """
    if len(graph.inputs) != 1:
        names = ", ".join(graph.inputs)
        raise CheckpointError(f"expected a network of one input, a sequence, but it has {names}")
    ((name, shape),) = graph.inputs.items()
    if not shape:
        raise CheckpointError(f"expected a sequence as input {name!r}, but it has no axes")
    _check_each_step(graph, name)
    inputs, nodes, outputs = {name: (1, *shape[1:])}, [], list(graph.outputs)
    for node in _between(graph, (), graph.outputs)[0]:
        if isinstance(node.layer, LSTM):
            states = (f"{node.name}_hidden", f"{node.name}_cell")
            inputs |= dict.fromkeys(states, (node.layer.units,))
            outputs += [f"{node.name}:1", f"{node.name}:2"]
            layer = replace(node.layer, return_state=True)
            node = replace(node, layer=layer, inputs=(*node.inputs, *states))
        nodes.append(node)
    return assembled(inputs, nodes, outputs)


def assembled(inputs: Mapping[str, Shape], nodes: Iterable[Node], outputs: Iterable[str]) -> Graph:
    """Build a network of nodes of another, for other shapes; all is checked anew."""
    graph, owners = Graph(), dict[str, str]()
    for name, shape in inputs.items():
        graph.add_input(name, shape)
    for node in nodes:
        owner = owners.setdefault(node.owner, node.name)
        graph.add_node(node.name, node.layer, node.inputs, None if owner == node.name else owner)
    for name in outputs:
        graph.add_output(name)
    graph.check_sizes()
    return graph


def _between(
    graph: Graph, inputs: Collection[str], outputs: Iterable[str]
) -> tuple[list[Node], dict[str, None]]:
    """Find the nodes that lead from inputs to outputs, and all the tensors that these take."""
    wanted = {name.partition(":")[0] for name in outputs}
    used: dict[str, None] = {}
    for node in reversed(graph.nodes.values()):
        if node.name in wanted:
            used |= dict.fromkeys(node.inputs)
            wanted.update(name.partition(":")[0] for name in node.inputs if name not in inputs)
    return [node for node in graph.nodes.values() if node.name in wanted], used


def _free_name(name: str, taken: Collection[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _check_each_step(graph: Graph, sequence: str) -> None:
    """Check that time steps meet in LSTMs only, which pass them on or end the sequence."""
    sequences = {sequence}
    for node in _between(graph, (), graph.outputs)[0]:
        if node.layer.makes_mask([False] * len(node.inputs)):
            raise CheckpointError(f"expected no masks step by step, but {node.name!r} makes one")
        over_time = sequences.intersection(node.inputs)
        if isinstance(node.layer, LSTM):
            if len(node.inputs) > 1 or not over_time:
                raise CheckpointError(
                    f"expected LSTMs over the sequence {sequence!r} that begin at zero, "
                    f"but {node.name!r} takes {', '.join(node.inputs)}"
                )
            if node.layer.return_sequences:
                sequences.add(node.name)
        elif over_time:
            if not _treats_each_step(node, graph):
                raise CheckpointError(
                    f"expected layers that can be run step by step, but {node.name!r} "
                    "looks at the whole sequence"
                )
            sequences.add(node.name)


def _treats_each_step(node: Node, graph: Graph) -> bool:
    if isinstance(node.layer, Embedding):
        return True
    rank = len(graph.shapes[node.inputs[0]])
    if isinstance(node.layer, Concatenate) and node.layer.axis in (1, -rank):
        return False
    return node.layer.each_position and rank > 1  # else the time is what it takes as features


def _expect(what: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise CheckpointError(f"expected {what}, got {name!r}; {nearest(name, known)}")
