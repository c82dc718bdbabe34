"""A network as an ONNX model, which any runtime of ONNX can run."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from nnlab.errors import CheckpointError
from nnlab.inference.graph import Graph
from nnlab.inference.images import has_fixed_margins
from nnlab.inference.layer import Shape
from nnlab.inference.parts import assembled, free_name
from nnlab.inference.writer import FLOAT, Writer

if TYPE_CHECKING:
    import onnx

OPSET, IR_VERSION = 17, 8
"""Both from 2022, so that runtimes of recent years can read the files."""

Sizes = dict[str, list[str | int]]
"""Axes of each tensor, by name: a fixed length, or a label for an axis of any length."""


def onnx_model(
    graph: Graph,
    weights: Mapping[str, np.ndarray],
    metadata: Mapping[str, str] | None = None,
    *,
    float16: bool = False,
) -> "onnx.ModelProto":
    """Return a network as a model with float32 inputs and outputs of the same names.

    Colons in names become underscores: `encoder:1` is `encoder_1`. If that name is taken, a number
    is appended. The batch may have any size, and so may other axes of an input if the same weights
    fit every length.

    Args:
        graph: What it computes.
        weights: Array of each variable by name.
        metadata: Properties of the model, by name.
        float16: Store the weights in half the space; the computation stays float32.
    """
    from onnx import helper

    to = Writer(float16=float16)
    to.shapes |= graph.inputs
    masks: dict[str, str] = {}
    tensors = {name: name for name in graph.inputs}
    for node in graph.needed():
        to.begin(node.name)
        inputs = [tensors[name] for name in node.inputs]
        flags = [name in masks for name in node.inputs]
        given = [masks.get(name) for name in node.inputs]
        variables = {name: weights[f"{node.owner}/{name}"] for name in node.variable_shapes}
        if node.layer.uses_mask(flags):
            mask = masks[node.inputs[node.layer.mask_input]]
            outputs = node.layer.write_masked(to, inputs, mask, variables)
        else:
            outputs = node.layer.write(to, inputs, variables)
        tensors.update(zip(node.outputs, outputs, strict=True))
        to.shapes |= {tensors[name]: graph.shapes[name] for name in node.outputs}
        if node.layer.makes_mask(flags):
            masks[node.name] = node.layer.write_mask(to, inputs, given)
    sizes = open_sizes(graph)
    names = output_names(graph)
    made = to.graph(
        "nnlab",
        [_info(name, sizes[name]) for name in graph.inputs],
        {names[name]: tensors[name] for name in graph.outputs},
        [_info(names[name], sizes[name]) for name in graph.outputs],
    )
    opset = helper.make_opsetid("", OPSET)
    model = helper.make_model(made, opset_imports=[opset], ir_version=IR_VERSION)
    model.producer_name = "nnlab"
    helper.set_model_props(model, dict(metadata or {}))
    return model


def output_names(graph: Graph) -> dict[str, str]:
    """Return what each output is called in ONNX, without colons."""
    names = {name: name for name in graph.outputs if ":" not in name}
    for name in graph.outputs:
        if name not in names:
            names[name] = free_name(name.replace(":", "_"), {*graph.inputs, *names.values()})
    return names


def open_sizes(graph: Graph) -> Sizes:
    """Return the axes of inputs and outputs, with a label for each axis of any length.

    An axis of an input may have any length if twice its length needs weights of the same shapes,
    alone or together with the same axis of another input, such as keys and their values.
    """
    sizes: Sizes = {
        name: ["batch", *graph.shapes[name]] for name in (*graph.inputs, *graph.outputs)
    }
    for name, shape in graph.inputs.items():
        for axis, length in enumerate(shape):
            if sizes[name][axis + 1] != length:  # open already, with another one
                continue
            partners = [None, *(one for one in graph.inputs.items() if one[0] != name)]
            for partner in partners:
                together = [name]
                if partner is not None:
                    other_name, other_shape = partner
                    if axis >= len(other_shape) or other_shape[axis] != length:
                        continue
                    together.append(other_name)
                longer = {one: _doubled(graph.inputs[one], axis) for one in together}
                other = _rebuilt(graph, longer)
                if other is not None:
                    _label(sizes, graph, other, together, axis)
                    break
    return sizes


def _doubled(shape: Shape, axis: int) -> Shape:
    return (*shape[:axis], 2 * shape[axis], *shape[axis + 1 :])


def _label(sizes: Sizes, graph: Graph, other: Graph, inputs: Sequence[str], axis: int) -> None:
    """Label an axis of inputs, and those of the outputs that are longer in the other graph."""
    word, length = f"{inputs[0]}_axis_{axis + 1}", graph.inputs[inputs[0]][axis]
    for name in inputs:
        sizes[name][axis + 1] = word
    for output in graph.outputs:
        pairs = zip(graph.shapes[output], other.shapes[output], strict=True)
        for number, (before, after) in enumerate(pairs, start=1):
            if before != after:
                same = (before, after) == (length, 2 * length)
                sizes[output][number] = word if same else f"{output}_axis_{number}"


def _rebuilt(graph: Graph, changed: Mapping[str, Shape]) -> Graph | None:
    """Return the graph for inputs of other shapes; None if it or what is written does not fit."""
    try:
        other = assembled({**graph.inputs, **changed}, graph.nodes.values(), graph.outputs)
    except CheckpointError:
        return None
    margins_differ = any(
        has_fixed_margins(node.layer)
        and graph.shapes[node.inputs[0]] != other.shapes[node.inputs[0]]
        for node in graph.nodes.values()
    )
    same_weights = other.variable_shapes() == graph.variable_shapes()
    return other if same_weights and not margins_differ else None


def _info(name: str, sizes: list[str | int]) -> "onnx.ValueInfoProto":
    from onnx import helper

    return helper.make_tensor_value_info(name, FLOAT, sizes)
