"""The report's autoencoders: their shape, and equal answers from Keras and NumPy."""

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.inference import checked_graph
from nnlab.inference.activations import softsign
from nnlab.models.basket_autoencoder import basket_autoencoder
from nnlab.models.describe import describe
from nnlab.models.plane_autoencoder import plane_autoencoder
from tests.inference.agreement import assert_agrees, normal

if TYPE_CHECKING:
    import keras

few = settings(max_examples=6)


def activations_of(model: "keras.Model") -> list[str]:
    nodes = describe(model)["nodes"]
    return [node["settings"]["activation"] for node in nodes if node["kind"] == "dense"]


def kernels_of(model: "keras.Model") -> list[tuple[int, ...]]:
    variables = checked_graph(describe(model)).variable_shapes()
    return [shape for name, shape in variables.items() if name.endswith("/kernel")]


def test_the_plane_autoencoder_is_the_reports() -> None:
    model = plane_autoencoder((28, 28))
    assert kernels_of(model) == [(784, 256), (256, 2), (2, 256), (256, 784)]
    assert activations_of(model) == ["relu", "linear", "relu", "sigmoid"]
    assert model.get_layer("plane").output.shape == (None, 2)
    assert describe(model)["inputs"] == [{"name": "image", "shape": [28, 28]}]


def test_the_basket_autoencoder_is_the_reports() -> None:
    model = basket_autoencoder(169)
    sizes = [169, 128, 64, 32, 16, 32, 64, 128, 169]
    assert kernels_of(model) == list(pairwise(sizes))
    assert activations_of(model) == [*3 * ["softsign"], "sigmoid", *3 * ["softsign"], "sigmoid"]
    assert model.get_layer("hide").rate == 0.4
    assert model.layers[1].name == "hide"


@pytest.mark.parametrize(
    "build", [lambda: plane_autoencoder((5, 4)), lambda: basket_autoencoder(9)]
)
def test_layer_names_do_not_depend_on_earlier_models(build: Callable[[], "keras.Model"]) -> None:
    assert describe(build()) == describe(build())


@few
@given(height=st.integers(1, 9), width=st.integers(1, 9), units=st.integers(1, 30))
def test_numpy_and_keras_agree_on_the_plane_autoencoder(
    height: int, width: int, units: int
) -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (4, height, width)).astype(np.float32)
    drawn = assert_agrees(plane_autoencoder((height, width), units), pixels).predict(pixels)
    assert drawn.shape == (4, height * width)
    assert drawn.dtype == np.float32
    assert drawn.min() >= 0
    assert drawn.max() <= 1


@few
@given(items=st.integers(1, 40))
def test_numpy_and_keras_agree_on_the_basket_autoencoder(items: int) -> None:
    baskets = np.random.default_rng(3).integers(0, 2, (5, items)).astype(np.float32)
    scores = assert_agrees(basket_autoencoder(items), baskets).predict(baskets)
    assert scores.shape == (5, items)


def test_numpy_and_keras_agree_on_softsign() -> None:
    import keras
    from keras import layers

    basket = keras.Input((7,), name="x")
    assert_agrees(keras.Model(basket, layers.Dense(4, "softsign", name="y")(basket)), normal(3, 7))
    assert_agrees(
        keras.Model(basket, layers.Activation("softsign", name="y")(basket)), 1e6 * normal(3, 7)
    )


def test_softsign_by_hand() -> None:
    x = np.array([-3, -1, 0, 1, 3, 1e38], np.float32)
    assert softsign(x).tolist() == [-0.75, -0.5, 0, 0.5, 0.75, 1]
    assert softsign(x).dtype == np.float32
