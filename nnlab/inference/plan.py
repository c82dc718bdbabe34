"""The order in which a checked graph is computed, ready to run."""

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from nnlab.inference.graph import Graph, Node
from nnlab.inference.layer import Arrays, Layer, Shape


class Step(NamedTuple):
    """One call; tensors are known by their places in a list.

    Attributes:
        call: Computes the outputs of the inputs.
        inputs: Places of the inputs.
        outputs: Places for the outputs.
        spent: Places of tensors that nobody needs after this step.
    """

    call: Callable[..., Arrays]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    spent: tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """How to run a network. The inputs are in the first places.

    Attributes:
        steps: What to compute, in order.
        places: Number of places for tensors.
        outputs: Places of the outputs.
        most_held: Numbers held at once for one example, at the step that holds most.
    """

    steps: tuple[Step, ...]
    places: int
    outputs: tuple[int, ...]
    most_held: int

    def run(self, inputs: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
        """Compute the outputs for one batch of float32 arrays."""
        tensors: list[Any] = [*inputs, *[None] * (self.places - len(inputs))]
        for call, places, outputs, spent in self.steps:
            result = call(*[tensors[place] for place in places])
            if len(outputs) == 1:
                tensors[outputs[0]] = result
            else:
                for place, array in zip(outputs, result, strict=True):
                    tensors[place] = array
            for place in spent:
                tensors[place] = None
        return tuple([tensors[place] for place in self.outputs])


class _Task(NamedTuple):
    """A step before it is known what is needed and when.

    Attributes:
        call: As in a step.
        inputs: Names of tensors; the mask of `x` is `x mask`, which is no name of a node.
        outputs: Names of the tensors it makes.
        scratch: Numbers that the call holds beside them, for one example.
    """

    call: Callable[..., Arrays]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    scratch: int


def plan(graph: Graph, weights: Mapping[str, np.ndarray]) -> Plan:
    """Plan how to compute the outputs of a graph, and nothing that they do not need."""
    tasks = _needed(_tasks(graph, weights), graph.outputs)
    names = list(graph.inputs)
    for task in tasks:
        names += task.outputs
    place = {name: number for number, name in enumerate(names)}
    last_use = {name: index for index, task in enumerate(tasks) for name in task.outputs}
    last_use |= {name: index for index, task in enumerate(tasks) for name in task.inputs}
    held = most = sum(math.prod(shape) for shape in graph.inputs.values())
    steps = []
    for index, task in enumerate(tasks):
        held += sum(_size(name, graph.shapes) for name in task.outputs)
        most = max(most, held + task.scratch)
        spent = {
            name
            for name in (*task.inputs, *task.outputs)
            if last_use[name] == index and name not in graph.outputs
        }
        held -= sum(_size(name, graph.shapes) for name in spent)
        places = [
            tuple(place[name] for name in some) for some in (task.inputs, task.outputs, spent)
        ]
        steps.append(Step(task.call, *places))
    outputs = tuple(place[name] for name in graph.outputs)
    return Plan(tuple(steps), len(names), outputs, most)


def _tasks(graph: Graph, weights: Mapping[str, np.ndarray]) -> list[_Task]:
    """One task per node, and one for each mask that there is."""
    tasks = []
    masked: set[str] = set()
    for node in graph.nodes.values():
        flags = [name in masked for name in node.inputs]
        tasks.append(_call(node, flags, graph, weights))
        if node.layer.makes_mask(flags):
            masked.add(node.name)
            masks = tuple(_mask_of(one) for one in node.inputs if one in masked)
            call = functools.partial(_mask, node.layer, flags)
            tasks.append(_Task(call, node.inputs + masks, (_mask_of(node.name),), 0))
    return tasks


def _call(
    node: Node, masked: Sequence[bool], graph: Graph, weights: Mapping[str, np.ndarray]
) -> _Task:
    own = {name: weights[f"{node.owner}/{name}"] for name in node.variable_shapes}
    call, inputs = node.layer.ready(own), node.inputs
    if node.layer.uses_mask(masked):
        call, inputs = (
            functools.partial(_masked, call),
            (*inputs, _mask_of(inputs[node.layer.mask_input])),
        )
    scratch = node.layer.scratch(*(graph.shapes[name] for name in node.inputs))
    return _Task(call, inputs, node.outputs, scratch)


def _masked(call: Callable[..., Arrays], *inputs: np.ndarray) -> Arrays:
    return call(*inputs[:-1], mask=inputs[-1])


def _mask(layer: Layer, masked: Sequence[bool], *tensors: np.ndarray) -> np.ndarray:
    """Call with the inputs, then the masks of those that have one."""
    masks = iter(tensors[len(masked) :])
    return layer.mask(tensors[: len(masked)], [next(masks) if one else None for one in masked])


def _mask_of(name: str) -> str:
    return f"{name} mask"


def _size(name: str, shapes: Mapping[str, Shape]) -> int:
    """Numbers in a tensor, of one example; masks are small beside what they go along with."""
    return math.prod(shapes[name]) if name in shapes else 0


def _needed(tasks: list[_Task], outputs: Sequence[str]) -> list[_Task]:
    """The tasks that lead to an output, in order."""
    wanted = set(outputs)
    kept = []
    for task in reversed(tasks):
        if wanted.intersection(task.outputs):
            wanted.update(task.inputs)
            kept.append(task)
    return kept[::-1]
