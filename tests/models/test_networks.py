"""The report's networks: their shape, and equal answers from Keras and NumPy."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.errors import UsageError
from nnlab.inference import Network, checked_graph
from nnlab.models.adder import adder
from nnlab.models.character_lstm import character_lstm
from nnlab.models.cnn import cnn
from nnlab.models.describe import OPEN_LENGTH, describe
from nnlab.models.digit_transformer import digit_transformer
from nnlab.models.mlp import mlp
from nnlab.models.normalized import normalized_cnn, normalized_mlp
from nnlab.models.page_cleaner import page_cleaner
from nnlab.models.page_corrector import page_corrector
from nnlab.models.translator import translator
from tests.inference.agreement import assert_agrees
from tests.inference.tiled import run_tiled

if TYPE_CHECKING:
    import keras

few = settings(max_examples=6)


def pixels(*shape: int) -> np.ndarray:
    return np.random.default_rng(2).integers(0, 256, shape).astype(np.float32)


def test_the_mlp_is_the_reports() -> None:
    description = describe(mlp((28, 28), 10))
    assert checked_graph(description).variable_shapes() == {
        "hidden_1/kernel": (784, 512),
        "hidden_1/bias": (512,),
        "hidden_2/kernel": (512, 512),
        "hidden_2/bias": (512,),
        "probabilities/kernel": (512, 10),
        "probabilities/bias": (10,),
    }
    kinds = [node["kind"] for node in description["nodes"]]
    assert kinds == ["rescale", "flatten", "dense", "dropout", "dense", "dropout", "dense"]


def test_the_cnn_is_the_reports() -> None:
    description = describe(cnn((28, 28), 10))
    assert checked_graph(description).variable_shapes() == {
        "convolution_1/kernel": (3, 3, 1, 32),
        "convolution_1/bias": (32,),
        "convolution_2/kernel": (3, 3, 32, 64),
        "convolution_2/bias": (64,),
        "hidden/kernel": (12 * 12 * 64, 128),
        "hidden/bias": (128,),
        "probabilities/kernel": (128, 10),
        "probabilities/bias": (10,),
    }


@pytest.mark.parametrize("build", [mlp, cnn])
def test_layer_names_do_not_depend_on_earlier_models(build: Callable[..., "keras.Model"]) -> None:
    first, second = describe(build((12, 12), 3)), describe(build((12, 12), 3))
    assert first == second
    assert first["inputs"] == [{"name": "image", "shape": [12, 12]}]
    assert first["outputs"] == ["probabilities"]


@few
@given(
    height=st.integers(1, 12),
    width=st.integers(1, 12),
    classes=st.integers(2, 12),
    hidden_units=st.lists(st.integers(1, 40), max_size=3),
)
def test_numpy_and_keras_agree_on_the_mlp(
    height: int, width: int, classes: int, hidden_units: list[int]
) -> None:
    model = mlp((height, width), classes, hidden_units)
    network = assert_agrees(model, pixels(4, height, width))
    probabilities = network.predict(pixels(4, height, width))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


@few
@given(
    height=st.integers(8, 14),
    width=st.integers(8, 14),
    classes=st.integers(2, 12),
    dense_units=st.integers(1, 20),
)
def test_numpy_and_keras_agree_on_the_cnn(
    height: int, width: int, classes: int, dense_units: int
) -> None:
    model = cnn((height, width), classes, dense_units)
    assert_agrees(model, pixels(3, height, width))


@few
@given(base=st.integers(2, 12), blocks=st.integers(1, 3), heads=st.sampled_from([1, 2, 4]))
def test_numpy_and_keras_agree_on_the_digit_transformer(base: int, blocks: int, heads: int) -> None:
    model = digit_transformer(base, 8, blocks=blocks, heads=heads)
    digits = np.random.default_rng(base).integers(0, base, (3, OPEN_LENGTH, 2))
    columns = np.eye(base, dtype=np.float32)[digits].reshape(3, OPEN_LENGTH, 2 * base)
    network = assert_agrees(model, columns)
    step = network.stepwise()
    size = [shape[-1] for shape in step.input_shapes.values()][1:]
    state = [np.zeros((3, 0, one), np.float32) for one in size]
    written = []
    for place in range(OPEN_LENGTH):  # a column never looks at later ones
        probabilities, *state = step.run(columns[:, place : place + 1], *state)
        written.append(probabilities)
    np.testing.assert_allclose(np.concatenate(written, axis=1), network.predict(columns), atol=1e-5)


@few
@given(height=st.integers(1, 12), width=st.integers(1, 12), classes=st.integers(2, 12))
def test_numpy_and_keras_agree_on_normalized_networks(
    height: int, width: int, classes: int
) -> None:
    convolutional = normalized_cnn((height, width), classes, dense_units=7, filters=(3, 4))
    assert_agrees(convolutional, pixels(3, height, width))
    assert_agrees(normalized_mlp((height, width), classes, [5, 6]), pixels(3, height, width))


@pytest.mark.parametrize("build", [mlp, cnn, normalized_cnn])
def test_numpy_and_keras_agree_at_the_report_sizes(build: Callable[..., "keras.Model"]) -> None:
    assert_agrees(build((28, 28), 10), pixels(5, 28, 28))


def test_the_cnn_takes_the_smallest_images_it_can() -> None:
    assert cnn((6, 6), 2).output_shape == (None, 2)


@pytest.mark.parametrize("shape", [(5, 6), (6, 5), (1, 1)])
def test_the_cnn_refuses_smaller_images(shape: tuple[int, int]) -> None:
    with pytest.raises(UsageError, match="at least 6x6 pixels.*use larger images or the MLP"):
        cnn(shape, 2)


def one_hot(*shape: int) -> np.ndarray:
    """Encode random characters; the last axis is the alphabet."""
    codes = np.random.default_rng(3).integers(0, shape[-1], shape[:-1])
    return np.eye(shape[-1], dtype=np.float32)[codes]


def test_the_character_lstm_is_the_reports() -> None:
    assert checked_graph(describe(character_lstm(40, 57))).variable_shapes() == {
        "memory/kernel": (57, 720),
        "memory/recurrent_kernel": (180, 720),
        "memory/bias": (720,),
        "probabilities/kernel": (180, 57),
        "probabilities/bias": (57,),
    }


def test_the_adder_is_the_reports() -> None:
    description = describe(adder(7, 4, 12))
    assert checked_graph(description).variable_shapes() == {
        "encoder/kernel": (12, 512),
        "encoder/recurrent_kernel": (128, 512),
        "encoder/bias": (512,),
        "decoder/kernel": (128, 512),
        "decoder/recurrent_kernel": (128, 512),
        "decoder/bias": (512,),
        "probabilities/kernel": (128, 12),
        "probabilities/bias": (12,),
    }


def test_the_translator_is_the_reports() -> None:
    shapes = checked_graph(describe(translator((16, 70), (59, 80)))).variable_shapes()
    assert shapes["encoder/kernel"] == (70, 1024)
    assert shapes["decoder/kernel"] == (80, 1024)
    assert shapes["encoder/recurrent_kernel"] == shapes["decoder/recurrent_kernel"] == (256, 1024)
    assert shapes["probabilities/kernel"] == (256, 80)
    assert len(shapes) == 8


@few
@given(length=st.integers(1, 9), characters=st.integers(2, 8), units=st.integers(1, 9))
def test_numpy_and_keras_agree_on_the_recurrent_networks(
    length: int, characters: int, units: int
) -> None:
    assert_agrees(character_lstm(length, characters, units), one_hot(3, length, characters))
    assert_agrees(adder(length, length + 1, characters, units), one_hot(3, length, characters))
    source, target = one_hot(3, length, characters), one_hot(3, length + 2, characters + 1)
    source[1, length // 2 :] = 0  # padding
    assert_agrees(translator(source.shape[1:], target.shape[1:], units), source, target)


def test_padding_does_not_change_a_translation() -> None:
    source, target = one_hot(2, 9, 5), one_hot(2, 4, 6)
    source[:, 5:] = 0
    long = assert_agrees(translator((9, 5), (4, 6), 7), source, target)
    short = assert_agrees(translator((5, 5), (4, 6), 7), source[:, :5], target)
    np.testing.assert_array_equal(long(source, target), short(source[:, :5], target))


def test_the_page_cleaner_is_the_reports() -> None:
    description = describe(page_cleaner((64, 48)))
    assert description["inputs"] == [{"name": "page", "shape": [64, 48, 1]}]
    assert description["outputs"] == ["clean"]
    kinds = [node["kind"] for node in description["nodes"]]
    smaller, larger = ["conv2d", "max_pooling2d"], ["up_sampling2d", "conv2d"]
    assert kinds == ["rescale", *smaller, *smaller, "conv2d", *larger, *larger, "conv2d"]
    kernels = {
        name: shape
        for name, shape in checked_graph(description).variable_shapes().items()
        if len(shape) > 1
    }
    assert kernels == {
        "encoder_1/kernel": (3, 3, 1, 32),
        "encoder_2/kernel": (3, 3, 32, 64),
        "centre/kernel": (3, 3, 64, 64),
        "decoder_1/kernel": (3, 3, 64, 64),
        "decoder_2/kernel": (3, 3, 64, 32),
        "clean/kernel": (3, 3, 32, 1),
    }


@few
@given(
    blocks=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    filters=st.lists(st.integers(1, 5), min_size=1, max_size=3),
)
def test_numpy_and_keras_agree_on_the_page_corrector(
    blocks: tuple[int, int], filters: list[int]
) -> None:
    height, width = (2 ** len(filters) * count for count in blocks)
    network = assert_agrees(page_corrector((height, width), filters), pixels(2, height, width, 1))
    tiled = run_tiled(network, pixels(45, 37), 8)
    whole = run_tiled(network, pixels(45, 37), 64)
    np.testing.assert_allclose(tiled, whole, rtol=0, atol=1e-5)


def test_an_untrained_page_corrector_returns_the_page() -> None:
    page = pixels(1, 16, 32, 1)
    clean = page_corrector((16, 32))(page, training=False)
    np.testing.assert_allclose(clean, page / 255, atol=1e-6)


@few
@given(
    blocks=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    filters=st.lists(st.integers(1, 8), min_size=1, max_size=3),
)
def test_numpy_and_keras_agree_on_the_page_cleaner(
    blocks: tuple[int, int], filters: Sequence[int]
) -> None:
    height, width = (2 ** len(filters) * count for count in blocks)
    network = assert_agrees(page_cleaner((height, width), filters), pixels(3, height, width, 1))
    clean = network.predict(pixels(3, height, width, 1))
    assert clean.min() >= 0
    assert clean.max() <= 1


def test_the_page_cleaner_runs_on_pages_of_other_sizes_than_its_patches() -> None:
    small, large = page_cleaner((16, 16)), page_cleaner((52, 40))
    network = assert_agrees(large, pixels(1, 52, 40, 1))
    network = Network(checked_graph(describe(small)), network.weights)
    came = network.part({"page": (52, 40, 1)}, ["clean"]).predict(pixels(1, 52, 40, 1))
    expected = large(pixels(1, 52, 40, 1), training=False)
    np.testing.assert_allclose(came, expected, rtol=0, atol=1e-5)
    tiled = run_tiled(network, pixels(52, 40), 8)
    np.testing.assert_allclose(tiled, came[0, :, :, 0], rtol=0, atol=1e-5)


@pytest.mark.parametrize("build", [page_cleaner, page_corrector])
@pytest.mark.parametrize(("shape", "filters"), [((30, 32), (8, 8)), ((32, 0), (8,)), ((4, 4), ())])
def test_page_cleaners_refuse_patches_that_they_cannot_halve(
    shape: tuple[int, int], filters: Sequence[int], build: Callable[..., "keras.Model"]
) -> None:
    with pytest.raises(UsageError, match="multiples"):
        build(shape, filters)
