"""Each kind of layer gives what Keras gives, over random settings."""

from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.errors import CheckpointError
from nnlab.inference import Network, checked_graph
from nnlab.inference.activations import ACTIVATIONS
from nnlab.inference.images import Conv2D
from nnlab.models.describe import describe
from tests.inference.agreement import assert_agrees, normal

if TYPE_CHECKING:
    import keras

pytestmark = pytest.mark.filterwarnings("ignore:You are using a softmax over axis -1")

few = settings(max_examples=12)
more = settings(max_examples=30)

activations = st.sampled_from(["linear", "relu", "sigmoid", "softmax", "tanh"])
shapes = st.lists(st.integers(1, 5), min_size=1, max_size=3).map(tuple)
sides = st.integers(1, 9)
windows = st.tuples(st.integers(1, 5), st.integers(1, 5))
steps = st.tuples(st.integers(1, 3), st.integers(1, 3))
# Of one channel, TensorFlow 2.21 with oneDNN convolves at unequal strides wrongly.
equal_steps = st.integers(1, 3).map(lambda step: (step, step))
paddings = st.sampled_from(["same", "valid"])


@pytest.fixture(scope="module")
def layers() -> ModuleType:
    import keras

    layers: ModuleType = keras.layers
    return layers


def one_layer(layer: "keras.Layer", *shape: int) -> None:
    import keras

    x = keras.Input(shape, name="x")
    assert_agrees(keras.Model(x, layer(x)), normal(3, *shape))


@few
@given(shape=shapes, scale=st.floats(-3, 3), offset=st.floats(-3, 3))
def test_rescale(layers: ModuleType, shape: tuple[int, ...], scale: float, offset: float) -> None:
    one_layer(layers.Rescaling(scale, offset, name="y"), *shape)


@few
@given(shape=shapes)
def test_flatten(layers: ModuleType, shape: tuple[int, ...]) -> None:
    one_layer(layers.Flatten(name="y"), *shape)


@few
@given(shape=shapes, data=st.data())
def test_reshape(layers: ModuleType, shape: tuple[int, ...], data: st.DataObject) -> None:
    target = data.draw(st.permutations([*shape, 1]))
    one_layer(layers.Reshape(tuple(target), name="y"), *shape)


@more
@given(shape=shapes, units=st.integers(1, 6), activation=activations, use_bias=st.booleans())
def test_dense(
    layers: ModuleType, shape: tuple[int, ...], units: int, activation: str, use_bias: bool
) -> None:
    dense = layers.Dense(units, activation=activation, use_bias=use_bias, name="y")
    one_layer(dense, *shape)


@more
@given(
    height=sides,
    width=sides,
    channels=st.integers(1, 3),
    filters=st.integers(1, 4),
    kernel=windows,
    strides=equal_steps,
    padding=paddings,
    activation=activations,
    use_bias=st.booleans(),
)
def test_conv2d(
    layers: ModuleType,
    height: int,
    width: int,
    channels: int,
    filters: int,
    kernel: tuple[int, int],
    strides: tuple[int, int],
    padding: str,
    activation: str,
    use_bias: bool,
) -> None:
    if padding == "valid":
        kernel = min(kernel[0], height), min(kernel[1], width)
    convolution = layers.Conv2D(
        filters,
        kernel,
        strides,
        padding=padding,
        activation=activation,
        use_bias=use_bias,
        name="y",
    )
    one_layer(convolution, height, width, channels)


@few
@given(height=sides, width=sides, kernel=windows, strides=steps)
def test_conv2d_at_unequal_strides_is_as_defined(
    height: int, width: int, kernel: tuple[int, int], strides: tuple[int, int]
) -> None:
    height, width = height + kernel[0], width + kernel[1]
    x, weights = normal(2, height, width, 3), normal(*kernel, 3, 4)
    convolution = Conv2D(4, kernel, strides, "valid", "linear", use_bias=False)
    y = convolution(x, weights)
    for row, column in np.ndindex(y.shape[1:3]):
        top, left = row * strides[0], column * strides[1]
        window = x[:, top : top + kernel[0], left : left + kernel[1]]
        expected = np.tensordot(window, weights, 3)
        np.testing.assert_allclose(y[:, row, column], expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("shape", [(40, 700, 12), (3, 12_000, 3)])
def test_conv2d_of_long_images(layers: ModuleType, shape: tuple[int, int, int]) -> None:
    one_layer(layers.Conv2D(2, 3, padding="same", name="y"), *shape)


@more
@given(
    height=sides,
    width=sides,
    channels=st.integers(1, 3),
    pool=windows,
    strides=steps,
    padding=paddings,
)
def test_max_pooling2d(
    layers: ModuleType,
    height: int,
    width: int,
    channels: int,
    pool: tuple[int, int],
    strides: tuple[int, int],
    padding: str,
) -> None:
    if padding == "valid":
        pool = min(pool[0], height), min(pool[1], width)
    one_layer(layers.MaxPooling2D(pool, strides, padding, name="y"), height, width, channels)


@more
@given(height=sides, width=sides, channels=st.integers(1, 3), size=steps)
def test_up_sampling2d(
    layers: ModuleType, height: int, width: int, channels: int, size: tuple[int, int]
) -> None:
    one_layer(layers.UpSampling2D(size, name="y"), height, width, channels)


@more
@given(
    height=sides,
    width=sides,
    channels=st.integers(1, 9),
    size=steps,
    filters=st.integers(1, 4),
    activation=activations,
    use_bias=st.booleans(),
)
def test_conv2d_transpose_of_blocks(
    layers: ModuleType,
    height: int,
    width: int,
    channels: int,
    size: tuple[int, int],
    filters: int,
    activation: str,
    use_bias: bool,
) -> None:
    layer = layers.Conv2DTranspose(
        filters, size, size, activation=activation, use_bias=use_bias, name="y"
    )
    one_layer(layer, height, width, channels)


@more
@given(
    height=sides,
    width=sides,
    channels=st.integers(1, 40),
    size=steps,
    kernel=windows,
    padding=paddings,
    stride=st.integers(1, 2),
    activation=activations,
    use_bias=st.booleans(),
)
def test_conv2d_of_what_was_enlarged(
    layers: ModuleType,
    height: int,
    width: int,
    channels: int,
    size: tuple[int, int],
    kernel: tuple[int, int],
    padding: str,
    stride: int,
    activation: str,
    use_bias: bool,
) -> None:
    import keras

    x = keras.Input((height + 4, width + 4, channels), name="x")
    enlarged = layers.UpSampling2D(size, name="enlarged")(x)
    y = layers.Conv2D(
        3, kernel, stride, padding, activation=activation, use_bias=use_bias, name="y"
    )(enlarged)
    images = normal(3, *x.shape[1:])
    model = keras.Model(x, y)
    network = assert_agrees(model, images)
    both = Network(
        checked_graph({**describe(model), "outputs": ["y", "enlarged"]}), network.weights
    )
    outputs = both.outputs(images)
    np.testing.assert_array_equal(outputs["y"], network(images))
    np.testing.assert_array_equal(outputs["enlarged"][:, :: size[0], :: size[1]], images)


@few
@given(shape=shapes, rate=st.floats(0, 0.9))
def test_dropout_passes_everything_on(
    layers: ModuleType, shape: tuple[int, ...], rate: float
) -> None:
    one_layer(layers.Dropout(rate, name="y"), *shape)


@few
@given(shape=shapes, activation=activations)
def test_activation(layers: ModuleType, shape: tuple[int, ...], activation: str) -> None:
    one_layer(layers.Activation(activation, name="y"), *shape)


@few
@given(shape=shapes, lengths=st.lists(st.integers(1, 4), min_size=2, max_size=4), data=st.data())
def test_concatenate(
    layers: ModuleType, shape: tuple[int, ...], lengths: list[int], data: st.DataObject
) -> None:
    import keras

    along = data.draw(st.integers(0, len(shape) - 1))
    axis = data.draw(st.sampled_from([along + 1, along - len(shape)]))
    inputs = [
        keras.Input((*shape[:along], length, *shape[along + 1 :]), name=f"x_{number}")
        for number, length in enumerate(lengths)
    ]
    model = keras.Model(inputs, layers.Concatenate(axis, name="y")(inputs))
    assert_agrees(model, *(normal(3, *one.shape[1:], seed=n) for n, one in enumerate(inputs)))


@few
@given(kind=st.sampled_from(["Add", "Multiply"]), shape=shapes, count=st.integers(2, 4))
def test_element_by_element(
    layers: ModuleType, kind: str, shape: tuple[int, ...], count: int
) -> None:
    import keras

    inputs = [keras.Input(shape, name=f"x_{number}") for number in range(count)]
    model = keras.Model(inputs, getattr(layers, kind)(name="y")(inputs))
    assert_agrees(model, *(normal(3, *shape, seed=n) for n in range(count)))


def test_multiply_refuses_masked_inputs(layers: ModuleType) -> None:
    import keras

    x = keras.Input((4, 2), name="x")
    masked = layers.Masking(name="masked")(x)
    model = keras.Model(x, layers.Multiply(name="y")([masked, x]))
    with pytest.raises(CheckpointError, match="'multiply' takes no masked input"):
        assert_agrees(model, normal(3, 4, 2))


@pytest.mark.parametrize("activation", ["sigmoid", "softmax", "tanh"])
@pytest.mark.filterwarnings("error")
def test_activations_of_huge_numbers_do_not_overflow(activation: str) -> None:
    y = ACTIVATIONS[activation](np.array([[-1e30, 0, 1e30]], np.float32))
    lowest = -1 if activation == "tanh" else 0
    assert y[0, 0] == lowest
    assert y[0, 2] == 1


def test_small_probabilities_of_a_sigmoid_stay_apart() -> None:
    x = np.arange(-80, 10, dtype=np.float32)
    expected = 1 / (1 + np.exp(-x.astype(np.float64)))
    np.testing.assert_allclose(ACTIVATIONS["sigmoid"](x), expected, rtol=1e-5)
