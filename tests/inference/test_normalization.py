"""Layers that normalise give what Keras gives."""

from types import ModuleType

import numpy as np
import pytest

from tests.inference.agreement import assert_agrees, normal


@pytest.fixture(scope="module")
def layers() -> ModuleType:
    import keras

    layers: ModuleType = keras.layers
    return layers


@pytest.mark.parametrize("shape", [(4,), (3, 4), (2, 3, 4)])
def test_layer_normalization(layers: ModuleType, shape: tuple[int, ...]) -> None:
    import keras

    x = keras.Input(shape, name="x")
    y = layers.LayerNormalization(epsilon=1e-5, name="y")(x)
    assert_agrees(keras.Model(x, y), 3 * normal(5, *shape) + 1)


@pytest.mark.parametrize("shape", [(4,), (3, 4), (2, 3, 4)])
def test_batch_normalization(layers: ModuleType, shape: tuple[int, ...]) -> None:
    import keras

    x = keras.Input(shape, name="x")
    y = layers.BatchNormalization(epsilon=0.1, name="y")(x)
    assert_agrees(keras.Model(x, y), 3 * normal(5, *shape) + 1)


def test_statistics_of_training_are_part_of_the_weights(layers: ModuleType) -> None:
    import keras

    from nnlab.models.describe import weights_of

    x = keras.Input((4,), name="x")
    model = keras.Model(x, layers.BatchNormalization(momentum=0.0, name="y")(x))
    batch = 3 * normal(50, 4) + 1
    model(batch, training=True)
    np.testing.assert_allclose(weights_of(model)["y/moving_mean"], batch.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(weights_of(model)["y/moving_variance"], batch.var(axis=0), rtol=1e-5)


@pytest.mark.parametrize("options", [{"axis": 1}, {"center": False}, {"scale": False}])
def test_what_is_computed_in_keras_only_is_refused(
    layers: ModuleType, options: dict[str, object]
) -> None:
    import keras

    from nnlab.errors import NnlabError
    from nnlab.models.describe import describe

    x = keras.Input((3, 4), name="x")
    model = keras.Model(x, layers.BatchNormalization(name="y", **options)(x))
    with pytest.raises(NnlabError, match="which NumPy inference does not support"):
        describe(model)
