"""Describing Keras models: what is refused, and weights by name."""

from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import pytest

from nnlab.errors import CheckpointError, NnlabError
from nnlab.models.describe import describe, load_weights, weights_of
from nnlab.models.mlp import mlp

if TYPE_CHECKING:
    import keras
    import tensorflow as tf


def model_of(make: Callable[[ModuleType], "keras.Layer"], *shape: int | None) -> "keras.Model":
    """Return a model of one layer, which `make` creates from `keras.layers`."""
    import keras

    x = keras.Input(shape, name="x")
    return keras.Model(x, make(keras.layers)(x))


REFUSED = {
    "a class without counterpart": (
        lambda layers: layers.UnitNormalization(name="norm"),
        (4,),
        "'norm' is a UnitNormalization",
    ),
    "blocks that overlap": (
        lambda layers: layers.Conv2DTranspose(2, 3, 2, name="y"),
        (9, 9, 1),
        r"'y': expected kernel_size=\(2, 2\), got \(3, 3\)",
    ),
    "blocks with more around them": (
        lambda layers: layers.Conv2DTranspose(2, 2, 2, output_padding=1, name="y"),
        (9, 9, 1),
        "expected output_padding=None",
    ),
    "dilation": (
        lambda layers: layers.Conv2D(2, 3, dilation_rate=2, name="y"),
        (9, 9, 1),
        r"'y': expected dilation_rate=\(1, 1\)",
    ),
    "groups": (
        lambda layers: layers.Conv2D(2, 3, groups=2, name="y"),
        (9, 9, 2),
        "expected groups=1",
    ),
    "channels first": (
        lambda layers: layers.MaxPooling2D(2, data_format="channels_first", name="y"),
        (1, 8, 8),
        "expected data_format='channels_last'",
    ),
    "an activation without counterpart": (
        lambda layers: layers.Dense(2, activation="gelu", name="y"),
        (4,),
        "one of linear, relu",
    ),
    "an activation of one's own": (
        lambda layers: layers.Dense(2, activation=lambda x: x, name="y"),
        (4,),
        "expected a Keras activation",
    ),
    "a scale for each channel": (
        lambda layers: layers.Rescaling([1.0, 2.0], name="y"),
        (4, 2),
        "'scale': expected a number within ±3e38",
    ),
    "an LSTM of other activations": (
        lambda layers: layers.LSTM(2, activation="relu", name="y"),
        (3, 2),
        "tanh and sigmoid, got relu and sigmoid",
    ),
    "an LSTM of other gates": (
        lambda layers: layers.LSTM(2, recurrent_activation="tanh", name="y"),
        (3, 2),
        "tanh and sigmoid, got tanh and tanh",
    ),
    "an LSTM backwards": (
        lambda layers: layers.LSTM(2, go_backwards=True, name="y"),
        (3, 2),
        "expected go_backwards=False",
    ),
    "an open shape": (lambda layers: layers.Reshape((-1,), name="y"), (4, 2), "whole numbers"),
    "a name with a blank": (
        lambda layers: layers.Dense(2, name="a name"),
        (4,),
        "expected a name",
    ),
}


@pytest.mark.filterwarnings("ignore:The object being serialized includes a `lambda`")
@pytest.mark.parametrize("case", REFUSED)
def test_what_inference_does_not_support_is_refused(case: str) -> None:
    make, shape, message = REFUSED[case]
    with pytest.raises(NnlabError, match=message):
        describe(model_of(make, *shape))


def test_a_derived_class_is_refused() -> None:
    import keras

    class Dense(keras.layers.Dense):  # type: ignore[misc]  # Keras has no types
        def call(self, inputs: "tf.Tensor") -> "tf.Tensor":
            return 2 * super().call(inputs)

    with pytest.raises(NnlabError, match="'y' is a Dense, which NumPy inference does not support"):
        describe(model_of(lambda _: Dense(2, name="y"), 4))


def test_an_operation_is_refused() -> None:
    import keras

    x = keras.Input((3,), name="x")
    with pytest.raises(NnlabError, match="is a Multiply"):
        describe(keras.Model(x, x * 2))


def test_dropout_that_is_always_on_is_refused() -> None:
    import keras

    x = keras.Input((3,), name="x")
    y = keras.layers.Dropout(0.5, name="y")(x, training=True)
    with pytest.raises(NnlabError, match="'y' is called with the argument True"):
        describe(keras.Model(x, y))


def test_a_stateful_lstm_is_refused() -> None:
    import keras

    x = keras.Input(batch_shape=(4, 3, 2), name="x")
    y = keras.layers.LSTM(2, stateful=True, name="y")(x)
    with pytest.raises(NnlabError, match="expected stateful=False"):
        describe(keras.Model(x, y))


@pytest.mark.parametrize("begun", [False, True])
def test_an_explicit_mask_is_refused(begun: bool) -> None:
    import keras
    from keras import layers

    x = keras.Input((3, 2), name="x")
    masked = layers.Masking(name="mask")(x)
    states = [layers.LSTM(2, name="state")(masked)] * 2 if begun else None
    own = masked._keras_mask if begun else x[:, :, 0] > 0
    y = layers.LSTM(2, name="y")(masked, mask=own, initial_state=states)
    with pytest.raises(NnlabError, match="'y' is called with an explicit mask"):
        describe(keras.Model(x, y))


def test_outputs_of_a_layer_are_numbered() -> None:
    import keras
    from keras import layers

    x = keras.Input((3, 2), name="x")
    masked = layers.Masking(name="mask")(x)
    output, hidden, cell = layers.LSTM(2, return_state=True, name="encoder")(masked)
    y = layers.LSTM(2, name="decoder")(x, initial_state=[hidden, cell])
    description = describe(keras.Model(x, [y, output, cell]))
    assert [(node["name"], node["inputs"]) for node in description["nodes"]] == [
        ("mask", ["x"]),
        ("encoder", ["mask"]),
        ("decoder", ["x", "encoder:1", "encoder:2"]),
    ]
    assert description["outputs"] == ["decoder", "encoder", "encoder:2"]


def test_a_model_inside_a_model_is_refused() -> None:
    import keras

    x = keras.Input((4, 4), name="x")
    with pytest.raises(NnlabError, match="'mlp' is a Functional"):
        describe(keras.Model(x, mlp((4, 4), 2)(x)))


def test_a_sequential_model_is_refused() -> None:
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    with pytest.raises(NnlabError, match="functional model, got a Sequential"):
        describe(model)


def test_a_later_call_of_a_shared_layer_never_takes_the_name_of_another_layer() -> None:
    import keras
    from keras import layers

    x = keras.Input((3,), name="x")
    shared = layers.Dense(3, name="dense")
    y = layers.Dense(3, name="dense_2")(shared(shared(x)))
    nodes = describe(keras.Model(x, y))["nodes"]
    assert [(node["name"], node.get("layer")) for node in nodes] == [
        ("dense", None),
        ("dense_3", "dense"),
        ("dense_2", None),
    ]


def test_weights_are_copied_and_loaded_back() -> None:
    source, target = mlp((5, 5), 3, (4,)), mlp((5, 5), 3, (4,))
    load_weights(target, weights_of(source))
    came = weights_of(target)
    assert list(came) == [
        "hidden_1/kernel",
        "hidden_1/bias",
        "probabilities/kernel",
        "probabilities/bias",
    ]
    for name, weights in weights_of(source).items():
        np.testing.assert_array_equal(came[name], weights)


def test_weights_are_copies() -> None:
    model = mlp((5, 5), 3, (4,))
    before = weights_of(model)
    model.get_layer("hidden_1").kernel.assign_add(np.ones((25, 4)))
    assert not np.array_equal(before["hidden_1/kernel"], weights_of(model)["hidden_1/kernel"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hidden_1/kernel": None}, "expected weights 'hidden_1/kernel'"),
        ({"hidden_1/biass": np.zeros(4)}, "did you mean 'hidden_1/bias'"),
        ({"probabilities/bias": np.zeros(4)}, r"shape \(3,\), got \(4,\)"),
    ],
)
def test_weights_that_do_not_fit_leave_the_model_unchanged(
    changes: dict[str, np.ndarray | None], message: str
) -> None:
    model = mlp((5, 5), 3, (4,))
    before = weights_of(model)
    weights = {name: values + 1 for name, values in before.items()} | changes
    with pytest.raises(CheckpointError, match=message):
        load_weights(model, {name: value for name, value in weights.items() if value is not None})
    for name, values in weights_of(model).items():
        np.testing.assert_array_equal(values, before[name])
