"""What an ONNX model is called inside, and which of its axes are open."""

import numpy as np
import pytest

from nnlab.inference import Network
from nnlab.inference.engines import ONNX
from nnlab.inference.onnx_model import open_sizes, output_names
from tests.inference.test_parts import dense, lstm, network_of, node


def test_an_output_of_a_step_never_takes_the_name_of_another() -> None:
    network = network_of(
        {"x": (4, 3)}, [lstm("a", "x", state=True), dense("a_1", "a")], "a:1", "a_1"
    )
    x = np.random.default_rng(0).normal(size=(2, 4, 3)).astype(np.float32)
    onnx = Network(network.graph, network.weights, engine=ONNX).outputs(x)
    for name, expected in network.outputs(x).items():
        np.testing.assert_allclose(onnx[name], expected, atol=1e-6)
    assert output_names(network.graph) == {"a:1": "a_1_2", "a_1": "a_1"}


@pytest.mark.parametrize("kernel", [2, 3])
def test_an_axis_is_open_only_if_every_length_has_the_same_margins(kernel: int) -> None:
    layer = node("y", "max_pooling2d", "x", pool_size=[kernel] * 2, strides=[3, 3], padding="same")
    graph = network_of({"x": (6, 6, 1)}, [layer], "y").graph
    down = open_sizes(graph)["x"][1]
    assert (down == 6) == (kernel < 3)
