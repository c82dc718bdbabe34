"""How far around a pixel a network looks, and by what its pages have to be divisible."""

import math
from dataclasses import dataclass
from fractions import Fraction

from nnlab.errors import CheckpointError
from nnlab.inference.graph import Graph, Node
from nnlab.inference.images import Conv2D, Conv2DTranspose, MaxPooling2D, UpSampling2D
from nnlab.inference.merges import Concatenate

_CHANNELS = (-1, 3)  # the axis of the channels, as Keras counts
_NOTHING = Fraction(0)


@dataclass(frozen=True)
class Field:
    """What a pixel of the output depends on, down and across.

    Attributes:
        grid: Height and width of a page are to be multiples of these, and so are the corners of
            tiles: then every window stands in a tile where it stands in the page.
        reach: Pixels above and below, and left and right, that a pixel's value depends on.
    """

    grid: tuple[int, int]
    reach: tuple[int, int]


@dataclass(frozen=True)
class _Side:
    """The same along one axis for some tensor, in pixels of the page.

    Attributes:
        step: From one of its pixels to the next.
        reach: How far a pixel looks beyond the stretch of `step` pixels that it stands for.
        grid: Least common multiple of the steps up to here, as far as they are whole.
    """

    step: Fraction
    reach: Fraction
    grid: int


def receptive_field(graph: Graph) -> Field:
    """Tell how far a network looks that makes a page of a page of the same size.

    A window of length k that moves by s looks at k - s pixels beyond its own s, half of them on
    either side; a pixel made by enlarging looks at all that its block stands for (Araujo, Norris
    and Sim, "Computing receptive fields of convolutional neural networks", Distill 2019).

    Args:
        graph: A network from one page (height, width, 1) to one, of convolutions and pools
            with padding "same", enlargements, and layers that treat each pixel by itself.

    Raises:
        CheckpointError: The network is not such a one.
    """
    pages = [*graph.inputs.values(), *(graph.shapes[name] for name in graph.outputs)]
    if len(graph.inputs) != 1 or len(pages) != 2 or {shape[2:] for shape in pages} != {(1,)}:
        raise CheckpointError(
            "expected a network from one page (height, width, 1) to one, "
            f"but it has inputs and outputs of {', '.join(map(str, pages))}"
        )
    name = next(iter(graph.inputs))
    down, across = (_along(axis, graph, name) for axis in (0, 1))
    return Field((down.grid, across.grid), (math.ceil(down.reach), math.ceil(across.reach)))


def _along(axis: int, graph: Graph, page: str) -> _Side:
    """Follow one axis through all layers."""
    sides = {page: _Side(Fraction(1), _NOTHING, 1)}
    for node in graph.nodes.values():
        before = [sides[name] for name in node.inputs]
        reach = max(side.reach for side in before)
        grid = math.lcm(*(side.grid for side in before))
        sides[node.name] = _after(node, axis, _Side(before[0].step, reach, grid))
    side = sides[graph.outputs[0]]
    if side.step != 1:
        raise CheckpointError("expected a network that makes pages of the same size at any size")
    return side


def _after(node: Node, axis: int, side: _Side) -> _Side:
    layer = node.layer
    if isinstance(layer, (Conv2D, MaxPooling2D)):
        window = layer.kernel_size if isinstance(layer, Conv2D) else layer.pool_size
        length, stride = window[axis], layer.strides[axis]
        if layer.padding == "same" or length <= stride:
            reach = side.reach + math.ceil(max(length - stride, 0) / 2) * side.step
            step = side.step * stride
            return _Side(step, reach, math.lcm(side.grid, step.numerator))
    if isinstance(layer, (UpSampling2D, Conv2DTranspose)):
        step = side.step / layer.size[axis]
        return _Side(step, side.reach + side.step - step, side.grid)
    if isinstance(layer, Concatenate) and layer.axis not in _CHANNELS:
        raise CheckpointError(f"expected pages side by side in channels, not as {node.name!r} does")
    if layer.each_position:
        return side
    raise CheckpointError(
        "expected convolutions and pools with padding 'same' that run at any size, "
        f"but the layer {node.name!r} does not"
    )
