"""The compiled part of training: many optimizer steps per graph call, without Python in between.

A small network spends most of its time in per-step Python. A chunk of steps inside one
`tf.function` spares it (benchmarks/training.py compares with `fit`).
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from nnlab.training.examples import Examples


class Graph:
    """A network, its optimizer and its data on the device.

    Uses the current `tf.distribute` strategy: each replica takes its own rows of a batch, and
    `compute_loss` divides by the number of replicas itself.

    Attributes:
        model: The network, compiled with loss and optimizer.
        optimizer: The optimizer, built, so that its variables exist and can be loaded.
    """

    def __init__(self, model: Any, optimizer: Any, examples: Examples, batch_size: int) -> None:
        import tensorflow as tf

        model.compile(optimizer=optimizer, loss=examples.loss, jit_compile=False)
        optimizer.build(model.trainable_variables)
        self.model = model
        self.optimizer = optimizer
        self._strategy = tf.distribute.get_strategy()
        self._examples = examples
        self._batch_size = batch_size
        self._whole = _with_inner_outputs(model, list(examples.inner_losses))
        self._arrays = {name: tf.constant(array) for name, array in examples.arrays.items()}
        # XLA made convolutions several times slower on CPU and did not help LSTMs. Autograph, which
        # nothing here needs, would spend 1.5 s on rewriting Keras functions.
        compiled = functools.partial(tf.function, jit_compile=False, autograph=False)
        self._train = compiled(self._train_steps)
        self._evaluate = compiled(self._evaluate_all)

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Put the moving averages in place of the weights, if there are any, for the time being."""
        import tensorflow as tf

        if not self.optimizer.use_ema or not int(self.optimizer.iterations.numpy()):
            yield
            return
        pairs = list(zip(self.model.trainable_variables, self._averages(), strict=True))
        kept = [tf.identity(variable.value) for variable, _ in pairs]
        for variable, average in pairs:
            variable.assign(average.value)
        try:
            yield
        finally:
            for (variable, _), value in zip(pairs, kept, strict=True):
                variable.assign(value)

    def _averages(self) -> list[Any]:
        averages: list[Any] = self.optimizer._model_variables_moving_average
        return averages

    def train(self, order: Any, seed: int, epoch: int, first: int, steps: int) -> tuple[float, ...]:
        """Take `steps` optimizer steps, starting with step `first` of the epoch.

        Args:
            order: The epoch's row numbers, int32 (count,), a tensor.
            seed: The run's seed, for augmentation.
            epoch: The epoch, counted from 0.
            first: The first step, counted from 0.
            steps: How many steps; the last batch of an epoch may be smaller than the others.

        Returns:
            Total weight of the examples seen, then the weighted sums of loss and measures.
        """
        import tensorflow as tf

        key = tf.constant([seed, epoch], tf.int32)
        sums = self._train(self._arrays, order, key, tf.constant(first), tf.constant(steps))
        return tuple(sums.numpy().tolist())

    def evaluate(self, indices: np.ndarray) -> tuple[float, ...]:
        """Run the network over rows without changing it; returns the same as `train`."""
        import tensorflow as tf

        rows = tf.constant(indices)
        return tuple(self._evaluate(self._arrays, rows).numpy().tolist())

    # The arrays are arguments of the graph functions because captured ones stay in memory when a
    # function is deleted: memory would grow by one data set per run of a group.

    def _train_steps(self, arrays: Any, order: Any, key: Any, first: Any, steps: Any) -> Any:
        def one(step: Any) -> Any:
            return self._on_replicas(self._train_step, arrays, order, step, key)

        return self._sum_over_steps(one, first, steps)

    def _evaluate_all(self, arrays: Any, indices: Any) -> Any:
        import tensorflow as tf

        def one(step: Any) -> Any:
            return self._on_replicas(self._evaluate_step, arrays, indices, step)

        return self._sum_over_steps(one, 0, -(-tf.size(indices) // self._batch_size))

    def _sum_over_steps(self, one: Callable[[Any], Any], first: Any, steps: Any) -> Any:
        import tensorflow as tf

        nothing = tf.zeros(2 + len(self._examples.measures), tf.float64)
        _, sums = tf.while_loop(
            lambda step, sums: step < first + steps,
            lambda step, sums: (step + 1, sums + one(step)),
            (tf.convert_to_tensor(first), nothing),
        )
        return sums

    def _on_replicas(self, run: Any, arrays: Any, order: Any, step: Any, *more: Any) -> Any:
        rows = order[step * self._batch_size : (step + 1) * self._batch_size]
        results = self._strategy.run(run, args=(arrays, rows, step, *more))
        return self._strategy.reduce("SUM", results, axis=None)

    def _train_step(self, arrays: Any, rows: Any, step: Any, key: Any) -> Any:
        import tensorflow as tf

        seed = tf.random.experimental.stateless_fold_in(key, step)
        own, present = self._replica_share(rows)
        inputs, targets, weights = self._examples.batch(arrays, own, seed)
        if self._examples.augment:
            inputs = self._examples.augment(inputs, seed, key[1])
        with tf.GradientTape() as tape:
            outputs, loss = self._forward(inputs, targets, weights, training=True)
            minimised = loss if present is None else loss * _share(own, weights, present)
        variables = self.model.trainable_variables
        self.optimizer.apply(tape.gradient(minimised, variables), variables)
        return self._sums(loss, targets, outputs, weights, present)

    def _evaluate_step(self, arrays: Any, rows: Any, step: Any) -> Any:
        own, present = self._replica_share(rows)
        inputs, targets, weights = self._examples.batch(arrays, own, None)
        outputs, loss = self._forward(inputs, targets, weights, training=False)
        return self._sums(loss, targets, outputs, weights, present)

    def _forward(
        self, inputs: Any, targets: Any, weights: Any, *, training: bool
    ) -> tuple[Any, Any]:
        """Return the outputs of the network, and the loss of the batch."""
        outputs, *inner = _in_float32(self._whole(inputs, training=training))
        loss = self.model.compute_loss(
            x=inputs, y=targets, y_pred=outputs, sample_weight=weights, training=training
        )
        for inner_loss, inner_output in zip(
            self._examples.inner_losses.values(), inner, strict=True
        ):
            loss += inner_loss(inner_output) / self._strategy.num_replicas_in_sync
        return outputs, loss

    def _replica_share(self, rows: Any) -> tuple[Any, Any]:
        """Return this replica's rows of a batch, and 1 if they are its own, else 0.

        Of a small batch, some replicas have no rows. They get one of another, because a mean of
        nothing is no number. For a single replica, None stands for 1.
        """
        import tensorflow as tf

        replica = tf.distribute.get_replica_context()
        replicas = replica.num_replicas_in_sync
        if replicas == 1:
            return rows, None
        own = rows[replica.replica_id_in_sync_group :: replicas]
        some = tf.shape(own)[0] > 0
        return tf.cond(some, lambda: own, lambda: rows[:1]), tf.cast(some, tf.float32)

    def _sums(self, loss: Any, targets: Any, outputs: Any, weights: Any, present: Any) -> Any:
        """Add up in float64, so that the results do not depend on where chunks are cut."""
        import tensorflow as tf

        measured = [
            tf.cast(measure(targets, outputs), tf.float64)
            for measure in self._examples.measures.values()
        ]
        if weights is None:
            count = tf.cast(tf.shape(tf.nest.flatten(targets)[0])[0], tf.float64)
            totals = [tf.reduce_sum(values) for values in measured]
        else:
            weights = tf.cast(weights, tf.float64)
            count = tf.reduce_sum(weights)
            totals = [tf.reduce_sum(values * weights) for values in measured]
        replicas = tf.distribute.get_replica_context().num_replicas_in_sync
        sums = tf.stack([count, tf.cast(loss, tf.float64) * replicas * count, *totals])
        return sums if present is None else sums * tf.cast(present, tf.float64)


def _share(rows: Any, weights: Any, present: Any) -> Any:
    """Return by what to multiply a replica's mean loss: replicas may have unequal parts of a batch.

    Args:
        rows: Of this replica.
        weights: Of its examples or positions, by which their losses are averaged; None for none.
        present: Whether the rows are its own, 1 or 0.
    """
    import tensorflow as tf

    replica = tf.distribute.get_replica_context()
    count = tf.cast(tf.shape(rows)[0], tf.float32) if weights is None else tf.reduce_sum(weights)
    count = tf.cast(count, tf.float32) * present
    return replica.num_replicas_in_sync * count / replica.all_reduce("SUM", count)


def _with_inner_outputs(model: Any, names: Sequence[str]) -> Any:
    """Return a function that gives the output of a model, then those of the layers named."""
    import keras

    if not names:
        return lambda inputs, training: (model(inputs, training=training),)
    inner = [model.get_layer(name).output for name in names]
    return keras.Model(model.inputs, (model.output, *inner))


def _in_float32(outputs: Any) -> Any:
    """Convert what a network computed in bfloat16, before losses and measures are taken of it."""
    import tensorflow as tf

    return tf.nest.map_structure(lambda one: tf.cast(one, tf.float32), outputs)
