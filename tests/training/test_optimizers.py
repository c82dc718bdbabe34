"""Weight decay, warm-up and moving averages, each by hand on one step or a few."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from nnlab.errors import UsageError
from nnlab.training import backend
from nnlab.training.examples import Examples
from nnlab.training.graph import Graph
from nnlab.training.optimizers import make_optimizer
from nnlab.training.settings import TrainingSettings

SETTINGS = TrainingSettings(optimizer="sgd", learning_rate=0.5, schedule="cosine")


@pytest.fixture(scope="module", autouse=True)
def tensorflow() -> None:
    backend.start()


def rates(settings: TrainingSettings, steps: int) -> list[float]:
    optimizer = make_optimizer(settings, steps)
    return [float(optimizer._learning_rate(step)) for step in range(steps + 1)]


@pytest.mark.parametrize(("share", "rising"), [(0.1, 2), (0.5, 10), (0.01, 1), (0.9, 18)])
def test_warm_up_rises_to_the_rate_and_the_cosine_falls_to_zero(share: float, rising: int) -> None:
    came = rates(dataclasses.replace(SETTINGS, warmup=share), 20)
    assert came[0] == 0
    np.testing.assert_allclose(np.diff(came[: rising + 1]), 0.5 / rising, rtol=1e-5)
    assert came[rising] == pytest.approx(0.5)
    assert (np.diff(came[rising:]) < 0).all()
    assert came[20] == pytest.approx(0, abs=1e-7)


def test_a_run_of_one_step_has_no_warm_up() -> None:
    assert rates(dataclasses.replace(SETTINGS, warmup=0.9), 1) == pytest.approx([0.5, 0])


@pytest.mark.parametrize("schedule", ["constant", "exponential"])
def test_other_schedules_have_no_warm_up(schedule: str) -> None:
    settings = dataclasses.replace(SETTINGS, warmup=0.1, schedule=schedule)
    with pytest.raises(UsageError, match="use --schedule cosine or --warmup 0"):
        make_optimizer(settings, 10)


def network() -> Any:
    import keras
    from keras import layers

    x = keras.Input((3,), name="x")
    y = layers.LayerNormalization(name="norm")(layers.Dense(4, name="hidden")(x))
    return keras.Model(x, layers.Dense(1, name="y")(y))


def test_decay_shrinks_kernels_and_nothing_else() -> None:
    import keras

    model = network()
    for variable in model.trainable_variables:
        variable.assign(keras.ops.ones_like(variable))
    settings = dataclasses.replace(SETTINGS, schedule="constant", weight_decay=0.1)
    optimizer = make_optimizer(settings, 10)
    gradients = [keras.ops.zeros_like(variable) for variable in model.trainable_variables]
    optimizer.apply(gradients, model.trainable_variables)
    for variable in model.trainable_variables:
        expected = 1 - 0.5 * 0.1 if variable.name == "kernel" else 1
        np.testing.assert_allclose(variable.numpy(), expected, rtol=1e-6)


def graph(settings: TrainingSettings, steps: int) -> Graph:
    rng = np.random.default_rng(0)
    arrays = {"x": rng.normal(size=(40, 3)), "y": rng.normal(size=(40, 1))}
    arrays = {name: array.astype(np.float32) for name, array in arrays.items()}

    def batch(arrays: Any, indices: Any, seed: Any) -> Any:
        import tensorflow as tf

        return tf.gather(arrays["x"], indices), tf.gather(arrays["y"], indices), None

    examples = Examples(arrays, np.arange(40), np.arange(0), batch, "mean_squared_error")
    return Graph(network(), make_optimizer(settings, steps), examples, batch_size=4)


def test_averages_stand_in_for_the_weights_only_for_the_time_being() -> None:
    import tensorflow as tf

    steps, order = 10, tf.range(40)
    settings = dataclasses.replace(SETTINGS, schedule="constant", learning_rate=0.1, average=0.5)
    made = graph(settings, steps)
    momentum = 1 - 1 / (0.5 * steps)
    average: list[np.ndarray] = []
    for step in range(steps):
        made.train(order, 1, 0, step, 1)
        now = [variable.numpy() for variable in made.model.trainable_variables]
        before = average or now  # Keras begins with the weights after the first step
        average = [momentum * a + (1 - momentum) * b for a, b in zip(before, now, strict=True)]
    with made.averaged():
        inside = [variable.numpy() for variable in made.model.trainable_variables]
    for came, expected in zip(inside, average, strict=True):
        np.testing.assert_allclose(came, expected, rtol=1e-4, atol=1e-6)
    assert not np.allclose(inside[0], now[0])
    for variable, value in zip(made.model.trainable_variables, now, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)


def test_without_averages_the_weights_stay() -> None:
    import tensorflow as tf

    made = graph(dataclasses.replace(SETTINGS, schedule="constant", learning_rate=0.1), 10)
    made.train(tf.range(40), 1, 0, 0, 2)
    outside = made.model.trainable_variables[0].numpy()
    with made.averaged():
        np.testing.assert_array_equal(made.model.trainable_variables[0].numpy(), outside)
