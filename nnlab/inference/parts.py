"""Networks that are cut out of another, or changed to run step by step."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from nnlab.errors import CheckpointError, nearest
from nnlab.inference.attention import Attention, AttentionMemory
from nnlab.inference.graph import Graph, Node
from nnlab.inference.gru import GRU
from nnlab.inference.layer import Shape
from nnlab.inference.lstm import LSTM
from nnlab.inference.merges import Concatenate
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
        names[name] = free_name(name.replace(":", "_"), {*taken, *names.values()})
    given = {names[name]: shape for name, shape in inputs.items()}
    nodes = [replace(node, inputs=tuple(names.get(n, n) for n in node.inputs)) for node in needed]
    return assembled(given, nodes, outputs)


def stepwise(graph: Graph, sequences: Collection[str] | None = None) -> Graph:
    """Return the network for one time step of its sequences, with the states on the outside.

    Args:
        graph: A network whose recurrent layers begin at zero, and whose attention within the
            sequences looks back only.
        sequences: The inputs that are sequences (time, ...), step by step side by side; others are
            the same in every step. By default there must be one input, a sequence.

    Returns:
        A network that takes the sequences' one step (1, ...) and what else it took, then the states
        of each recurrent layer: `<name>_hidden`, and of an LSTM also `<name>_cell`. Of attention
        it takes the keys and values of the steps before, `<name>_past` and `<name>_past_1`, which
        may be none. It puts out what it did, then the states after the step (`<name>:1` and
        `<name>:2`, or `<name>_all` and `<name>_all_1`), in the same order. No step is padding.

    Raises:
        CheckpointError: The network is not such a one, or cannot be run step by step because
            other layers look at several time steps, or because of masks.
    """
    if sequences is None:
        sequences = list(graph.inputs)
        if len(sequences) != 1:
            names = ", ".join(graph.inputs)
            raise CheckpointError(
                f"expected a network of one input, a sequence, but it has {names}"
            )
    for name in sequences:
        if not graph.shapes[name]:
            raise CheckpointError(f"expected a sequence as input {name!r}, but it has no axes")
    growing = _check_each_step(graph, sequences)
    inputs = {
        name: (1, *shape[1:]) if name in sequences else shape
        for name, shape in graph.inputs.items()
    }
    nodes, outputs = [], list(graph.outputs)
    remembered: dict[str, str] = {}
    for node in _between(graph, (), graph.outputs)[0]:
        if isinstance(node.layer, GRU | LSTM):
            states = tuple(f"{node.name}_{name}" for name in node.layer.state_names)
            inputs |= dict.fromkeys(states, (node.layer.units,))
            outputs += [f"{node.name}:{number}" for number, _ in enumerate(states, start=1)]
            layer = replace(node.layer, return_state=True)
            node = replace(node, layer=layer, inputs=(*node.inputs, *states))
        elif isinstance(node.layer, Embedding) and node.inputs[0] in growing:
            node = replace(node, layer=replace(node.layer, mask_zero=False))
        node = replace(node, inputs=tuple(remembered.get(name, name) for name in node.inputs))
        nodes.append(node)
        if isinstance(node.layer, AttentionMemory) and node.inputs[0] in growing:
            for number, output in enumerate(node.outputs):
                past, whole = (
                    f"{node.name}_{word}{(number and f'_{number}') or ''}"
                    for word in ("past", "all")
                )
                inputs[past] = graph.shapes[output]
                joined = replace(
                    node,
                    name=whole,
                    layer=Concatenate(axis=1),
                    owner=whole,
                    inputs=(past, output),
                    variable_shapes={},
                )
                nodes.append(joined)
                outputs.append(whole)
                remembered[output] = whole
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


def free_name(name: str, taken: Collection[str]) -> str:
    """Return a name, with a number behind it if it is taken."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _check_each_step(graph: Graph, given: Collection[str]) -> set[str]:
    """Check that time steps meet only in layers that remember the earlier ones, or end them.

    Returns:
        The tensors that grow step by step.
    """
    sequences, names = set(given), ", ".join(map(repr, given))
    needed = _between(graph, (), graph.outputs)[0]
    recurrent = any(isinstance(node.layer, GRU | LSTM) for node in needed)
    for node in needed:
        masks = node.layer.makes_mask([False] * len(node.inputs))
        if masks and (recurrent or not isinstance(node.layer, Embedding)):
            raise CheckpointError(f"expected no masks step by step, but {node.name!r} makes one")
        over_time = sequences.intersection(node.inputs)
        if isinstance(node.layer, GRU | LSTM):
            if len(node.inputs) > 1 or not over_time:
                raise CheckpointError(
                    f"expected recurrent layers over the sequence {names} that begin at "
                    f"zero, but {node.name!r} takes {', '.join(node.inputs)}"
                )
            if node.layer.return_sequences:
                sequences.add(node.name)
        elif over_time:
            if not _treats_each_step(node, graph, sequences):
                raise CheckpointError(
                    f"expected layers that can be run step by step, but {node.name!r} "
                    "looks at the whole sequence"
                )
            sequences.update(node.outputs)
    return sequences


def _treats_each_step(node: Node, graph: Graph, sequences: Collection[str]) -> bool:
    if isinstance(node.layer, Embedding):
        return True
    if isinstance(node.layer, Attention):
        query, keys, _ = (name in sequences for name in node.inputs)
        return query and node.layer.causal == keys
    rank = len(graph.shapes[node.inputs[0]])
    if isinstance(node.layer, Concatenate) and node.layer.axis in (1, -rank):
        return False
    return node.layer.each_position and rank > 1  # else the time is what it takes as features


def _expect(what: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise CheckpointError(f"expected {what}, got {name!r}; {nearest(name, known)}")
