"""The loop under a tf.distribute strategy."""

import subprocess
import sys

import pytest

PROGRAM = """
import dataclasses, sys
import numpy as np
import tensorflow as tf
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
)
from tests.training.test_loop import SETTINGS, Memory, make_graph, points, train
import tests.training.test_loop as tiny
from nnlab.training.loop import TrainingLoop
from nnlab.training.progress import Progress

# SGD, because Adam hides a loss divided once too often; no dropout, because its draws differ.
# Of 100 points, the last batch has a single one: the second replica has none of it.
settings = dataclasses.replace(SETTINGS, optimizer="sgd", learning_rate=0.5, batch_size=33)
plain = dataclasses.replace(
    points(), inner_losses={"hidden": lambda hidden: 0.1 * tf.reduce_mean(hidden ** 2)}
)

def weighted_batch(arrays, indices, seed):
    inputs, targets, _ = plain.batch(arrays, indices, seed)
    return inputs, targets, tf.abs(inputs[:, 0])

import keras
weighted = dataclasses.replace(
    points(),
    batch=weighted_batch,
    loss=keras.losses.CategoricalCrossentropy(reduction="mean_with_sample_weight"),
)
examples = {"plain": plain, "weighted": weighted}[sys.argv[1]]
results = []
for strategy in (tf.distribute.get_strategy(), tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])):
    with strategy.scope():
        import keras
        keras.layers.Dropout.call = lambda self, inputs, training=False: inputs
        memory = Memory()
        memory.graph = make_graph(examples, settings)
        progress = Progress()
        TrainingLoop(memory.graph, examples, settings, memory, memory).run(progress)
    results.append((progress.history[-1], [value.numpy() for value in memory.graph.model.weights]))
(row, weights), (other_row, others) = results
for one, other in zip(weights, others):
    np.testing.assert_allclose(one, other, atol=1e-5)
for key in ("loss", "accuracy", "validation_loss", "validation_accuracy"):
    np.testing.assert_allclose(row[key], other_row[key], atol=1e-5)
print("same")
"""


@pytest.mark.parametrize("kind", ["plain", "weighted"])
def test_two_replicas_give_the_same_weights_as_one(kind: str, pytestconfig: pytest.Config) -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, kind],
        cwd=pytestconfig.rootpath,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.stdout.strip().endswith("same"), result.stderr[-3000:]
