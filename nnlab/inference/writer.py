"""Builds ONNX graphs: operators, constants, and the axis order that ONNX expects of images.

Layers use a `Writer` to describe what they compute (`Layer.write`), without ONNX's classes. The
onnx package is imported when the first operator is added, so NumPy answers do not load it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import onnx

FLOAT, INT64, BOOL = 1, 7, 9
"""ONNX's codes for the types."""

CHANNELS_FIRST, CHANNELS_LAST = (0, 3, 1, 2), (0, 2, 3, 1)
"""Axis orders for `Transpose`: to (batch, channels, height, width), and back."""


class Writer:
    """A graph under construction; tensors are referred to by name.

    Attributes:
        shapes: Shape of each layer's inputs and outputs, by tensor name, without the batch axis.

    Args:
        prefix: What names of tensors begin with.
        outer: The writer that contains this one, the body of a loop; it gets the constants.
        float16: Whether float32 constants are stored in half the space.
    """

    def __init__(
        self, prefix: str = "", outer: "Writer | None" = None, *, float16: bool = False
    ) -> None:
        self.shapes: dict[str, Sequence[int]] = {}
        self._prefix = prefix
        self._outer = outer
        self._float16 = float16
        self._count = 0
        self._inputs: dict[str, int] = {}
        self._nodes: list[Any] = []
        self._constants: dict[tuple[Any, ...], Any] = {}
        self._first: dict[str, str] = {}  # the same images with their channels first
        self._to_move: set[str] = set()  # channels-last names whose transposition is pending

    def begin(self, prefix: str) -> None:
        """Set the prefix of the names that follow: the name of the node being written."""
        self._prefix = prefix

    def op(self, kind: str, *inputs: "str | np.ndarray", **attributes: Any) -> str:
        """Add an operator of one output.

        Args:
            kind: ONNX' name of it.
            inputs: Names of tensors, or constants; an empty name stands for an input left out.
            attributes: Its attributes; a body is what `finish` returns.

        Returns:
            The name of the output.
        """
        return self.ops(kind, 1, *inputs, **attributes)[0]

    def ops(
        self, kind: str, count: int, *inputs: "str | np.ndarray", **attributes: Any
    ) -> list[str]:
        """Add an operator of several outputs, and return their names."""
        from onnx import helper

        names = [
            self.constant(one) if isinstance(one, np.ndarray) else self._there(one)
            for one in inputs
        ]
        outputs = [self._new(kind) for _ in range(count)]
        self._nodes.append(helper.make_node(kind, names, outputs, outputs[0], **attributes))
        return outputs

    def constant(self, array: np.ndarray) -> str:
        """Return the name of a constant; equal constants are stored once."""
        if self._outer is not None:
            return self._outer.constant(array)
        content = hashlib.sha256(np.ascontiguousarray(array).data).digest()
        key = (array.dtype.str, array.shape, content)
        if key not in self._constants:
            self._constants[key] = (f"/constant_{len(self._constants)}", array)
        name: str = self._constants[key][0]
        return name

    def channels_first(self, images: str) -> str:
        """Return images (batch, height, width, channels) as (batch, channels, height, width)."""
        if images not in self._first:
            self._first[images] = self.op("Transpose", images, perm=CHANNELS_FIRST)
        return self._first[images]

    def channels_last(self, images: str) -> str:
        """Name the channels-last form of images (batch, channels, height, width).

        The transposition is added only if an operator uses that name.
        """
        name = self._new("channels_last")
        self._first[name] = images
        self._to_move.add(name)
        return name

    def are_channels_first(self, tensors: Sequence[str]) -> bool:
        """Return whether all of these are images that exist with their channels first."""
        return all(name in self._first for name in tensors)

    def value(self, number: float) -> "onnx.TensorProto":
        """Return a float32 for an attribute, such as what an operator fills its output with."""
        from onnx import numpy_helper

        return numpy_helper.from_array(np.array([number], np.float32))

    def take(self, **types: int) -> list[str]:
        """Name the inputs of a body, each with its type, and return the tensors."""
        self._inputs = {f"{self._prefix}/{name}": kind for name, kind in types.items()}
        return list(self._inputs)

    def finish(self, **outputs: str) -> "onnx.GraphProto":
        """Return the body, with float32 outputs by name."""
        from onnx import helper

        given = [helper.make_tensor_value_info(*one, None) for one in self._inputs.items()]
        named = {f"{self._prefix}/{name}": tensor for name, tensor in outputs.items()}
        made = [helper.make_tensor_value_info(name, FLOAT, None) for name in named]
        return self.graph(self._prefix, given, named, made)

    def graph(
        self,
        name: str,
        inputs: Sequence["onnx.ValueInfoProto"],
        outputs: Mapping[str, str],
        types: Sequence["onnx.ValueInfoProto"],
    ) -> "onnx.GraphProto":
        """Finish the graph.

        Args:
            name: Of the graph.
            inputs: Names, types and shapes of its inputs.
            outputs: The tensor behind each output, by the name of the output.
            types: Names, types and shapes of the outputs.
        """
        from onnx import helper, numpy_helper

        for output, tensor in outputs.items():
            there = self._there(tensor)
            self._nodes.append(helper.make_node("Identity", [there], [output], output))
        constants, larger = [], []
        for stored, array in self._constants.values():
            halved = _halved(array) if self._float16 else None
            if halved is not None:
                half = numpy_helper.from_array(halved, f"{stored}_half")
                constants.append(half)
                larger.append(helper.make_node("Cast", [half.name], [stored], stored, to=FLOAT))
            else:
                constants.append(numpy_helper.from_array(array, stored))
        return helper.make_graph([*larger, *self._nodes], name, inputs, types, constants)

    def body(self, prefix: str) -> "Writer":
        """Return a writer of a graph inside this one, such as the body of a loop."""
        return Writer(f"{self._prefix}/{prefix}", self._outer or self)

    def _there(self, name: str) -> str:
        """Add the pending transposition of a tensor, if it has one, and return its name."""
        if name in self._to_move:
            from onnx import helper

            self._to_move.remove(name)
            first = self._first[name]
            node = helper.make_node("Transpose", [first], [name], name, perm=CHANNELS_LAST)
            self._nodes.append(node)
        return name

    def _new(self, kind: str) -> str:
        self._count += 1
        return f"{self._prefix}/{self._count}_{kind}"


def _halved(array: np.ndarray) -> np.ndarray | None:
    """Return weights as float16; None for single numbers, and where one would become infinite."""
    if array.dtype != np.float32 or not array.ndim:
        return None
    with np.errstate(over="ignore"):
        halved = array.astype(np.float16)
    return halved if np.isfinite(halved).all() else None
