"""The training loop on a tiny problem: points in the plane, above or below a line."""

import dataclasses
import os
import signal
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np
import pytest

from nnlab.errors import DivergedError, InterruptedRun
from nnlab.training import backend, state
from nnlab.training.examples import Arrays, Batch, Examples
from nnlab.training.graph import Graph
from nnlab.training.loop import Observer, TrainingLoop, steps_per_epoch
from nnlab.training.optimizers import make_optimizer
from nnlab.training.progress import Progress, Row
from nnlab.training.settings import OPTIMIZERS, SCHEDULES, TrainingSettings

if TYPE_CHECKING:
    import tensorflow as tf

Snapshot = tuple[list[np.ndarray], dict[str, np.ndarray], dict[str, np.ndarray]]
"""The weights, the state of the optimizer, and the seeds."""
Kept = tuple[list[np.ndarray], dict[str, np.ndarray], dict[str, np.ndarray], Progress]
"""A snapshot and how far the training had come."""

SETTINGS = TrainingSettings(epochs=3, batch_size=16, learning_rate=0.01, seed=7)


@pytest.fixture(scope="module", autouse=True)
def tensorflow() -> None:
    backend.start()


def points(validation: int = 20, noise: float = 0.0) -> Examples:
    """Return 120 points; training examples may be moved at random by `noise`."""
    rng = np.random.default_rng(3)
    places = rng.normal(size=(120, 2)).astype(np.float32)
    labels = (places[:, 0] > places[:, 1]).astype(np.int64)

    def batch(arrays: Arrays, indices: "tf.Tensor", seed: "tf.Tensor | None") -> Batch:
        import tensorflow as tf

        inputs = tf.gather(arrays["places"], indices)
        if seed is not None and noise:
            inputs += noise * tf.random.stateless_normal(tf.shape(inputs), seed)
        return inputs, tf.one_hot(tf.gather(arrays["labels"], indices), 2), None

    def accuracy(targets: "tf.Tensor", outputs: "tf.Tensor") -> "tf.Tensor":
        import tensorflow as tf

        return tf.equal(tf.argmax(targets, -1), tf.argmax(outputs, -1))

    rows = np.arange(120)
    return Examples(
        arrays={"places": places, "labels": labels},
        training=rows[validation:],
        validation=rows[:validation],
        batch=batch,
        loss="categorical_crossentropy",
        measures={"accuracy": accuracy},
        monitor="accuracy",
        higher_is_better=True,
    )


class Memory(Observer):
    """Saves a training in memory, and watches it."""

    def __init__(self, interrupt_at: int | None = None) -> None:
        self.graph: Graph
        self.best: list[np.ndarray]
        self.last: Kept
        self.rows: list[Row] = []
        self.chunks: list[tuple[int, int, int]] = []
        self.interrupt_at = interrupt_at

    def keep_best(self) -> None:
        self.best = snapshot(self.graph)[0]

    def keep_last(self, progress: Progress) -> None:
        self.last = (*snapshot(self.graph), Progress.from_dict(progress.as_dict(), 1))

    def keep_history(self, history: list[Row]) -> None:
        self.history = [dict(row) for row in history]

    def chunk_done(self, epoch: int, step: int, steps: int, means: dict[str, float]) -> None:
        self.chunks.append((epoch, step, steps))
        if self.interrupt_at is not None and len(self.chunks) == self.interrupt_at:
            os.kill(os.getpid(), signal.SIGINT)

    def epoch_done(self, row: Row) -> None:
        self.rows.append(row)


def snapshot(graph: Graph) -> Snapshot:
    weights = [variable.numpy() for variable in graph.model.weights]
    optimizer = state.values(state.optimizer_variables(graph.optimizer))
    seeds = state.values(state.seed_variables(graph.model))
    return weights, optimizer, seeds


def make_graph(examples: Examples, settings: TrainingSettings) -> Graph:
    import keras

    keras.utils.set_random_seed(settings.seed)
    place = keras.Input((2,), name="place")
    hidden = keras.layers.Dense(16, activation="relu", name="hidden")(place)
    dropped = keras.layers.Dropout(0.3, name="dropout")(hidden)
    side = keras.layers.Dense(2, activation="softmax", name="side")(dropped)
    optimizer = make_optimizer(settings, settings.epochs * steps_per_epoch(examples, settings))
    return Graph(keras.Model(place, side), optimizer, examples, settings.batch_size)


def train(
    settings: TrainingSettings = SETTINGS,
    examples: Examples | None = None,
    memory: Memory | None = None,
    resumed: Kept | None = None,
) -> tuple[Memory, Progress]:
    examples = examples or points()
    memory = memory or Memory()
    memory.graph = make_graph(examples, settings)
    progress = Progress()
    if resumed is not None:
        weights, optimizer, seeds, progress = resumed
        for variable, value in zip(memory.graph.model.weights, weights, strict=True):
            variable.assign(value)
        state.assign(state.optimizer_variables(memory.graph.optimizer), optimizer)
        state.assign(state.seed_variables(memory.graph.model), seeds)
    TrainingLoop(memory.graph, examples, settings, memory, memory).run(progress)
    return memory, progress


def same(one: Iterable[np.ndarray], other: Iterable[np.ndarray]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_training_learns() -> None:
    _, progress = train(dataclasses.replace(SETTINGS, epochs=10))
    assert progress.finished
    last = progress.history[-1]
    assert progress.untrained_loss is not None
    assert (last["validation_accuracy"] or 0) >= 0.9
    assert (last["loss"] or np.inf) < progress.untrained_loss


def test_the_seed_determines_the_weights() -> None:
    one, two = train()[0], train()[0]
    assert same(one.last[0], two.last[0])
    other = train(dataclasses.replace(SETTINGS, seed=8))[0]
    assert not same(one.last[0], other.last[0])


@pytest.mark.parametrize(
    ("optimizer", "step"), [*((name, 9) for name in OPTIMIZERS), ("adam", 1), ("adam", 7)]
)
def test_a_stopped_and_resumed_training_gives_the_same_weights(
    monkeypatch: pytest.MonkeyPatch, optimizer: str, step: int
) -> None:
    monkeypatch.setattr("nnlab.training.loop.CHUNK_SECONDS", 0)  # one step per chunk
    settings = dataclasses.replace(SETTINGS, optimizer=optimizer, schedule="cosine")
    examples = points(noise=0.1)
    whole, whole_progress = train(settings, examples)
    stopped = Memory(interrupt_at=step)
    with pytest.raises(InterruptedRun, match="saved"):
        train(settings, examples, stopped)
    resumed, progress = train(settings, examples, resumed=stopped.last)
    for one, other in zip(whole.last[1:3], resumed.last[1:3], strict=True):
        assert same(one.values(), other.values())
    assert same(whole.last[0], resumed.last[0])
    for row, again in zip(whole_progress.history, progress.history, strict=True):
        assert {**row, "seconds": 0} == pytest.approx({**again, "seconds": 0}, nan_ok=True)


def test_the_history_starts_with_the_untrained_network() -> None:
    memory, progress = train()
    assert [row["epoch"] for row in progress.history] == [0, 1, 2, 3]
    assert progress.history[0]["loss"] is None
    assert progress.history[0]["validation_loss"] == progress.untrained_loss
    assert memory.rows == progress.history[1:]


def test_every_example_is_used_once_per_epoch_in_a_new_order() -> None:
    examples = points()
    orders = [examples.order(1, epoch, 8) for epoch in range(3)]
    for order in orders:
        assert sorted(order) == sorted(examples.training)
    assert not np.array_equal(orders[0], orders[1])
    assert np.array_equal(orders[2], examples.order(1, 2, 8))


def test_the_last_batch_of_an_epoch_may_be_smaller() -> None:
    memory, _ = train(dataclasses.replace(SETTINGS, epochs=1, batch_size=64))
    assert memory.chunks[-1] == (1, 2, 2)


def test_patience_stops_a_training_that_no_longer_improves() -> None:
    settings = dataclasses.replace(SETTINGS, epochs=200, patience=3)
    _, progress = train(settings)
    assert progress.epoch == progress.best_epoch + 3 < 200


def test_without_held_out_examples_the_last_epoch_is_kept() -> None:
    memory, progress = train(examples=points(validation=0))
    assert progress.best_epoch == SETTINGS.epochs
    assert same(memory.best, memory.last[0])
    assert "validation_loss" not in progress.history[-1]


def test_the_best_epoch_is_kept_rather_than_the_last() -> None:
    _, progress = train(dataclasses.replace(SETTINGS, epochs=12, learning_rate=0.1))
    scores = [row["validation_accuracy"] or 0 for row in progress.history[1:]]
    assert progress.best == max(scores)
    assert progress.best_epoch == 1 + scores.index(max(scores))


def test_a_loss_that_is_not_finite_stops_the_run() -> None:
    examples = dataclasses.replace(points(), loss=lambda _, outputs: outputs[:, 0] * np.nan)
    with pytest.raises(DivergedError, match="nan in epoch 1"):
        train(examples=examples)


def test_a_loss_that_climbs_back_stops_the_run_and_keeps_the_best() -> None:
    settings = dataclasses.replace(SETTINGS, epochs=50, optimizer="sgd", learning_rate=0.2)
    memory = Memory()
    examples = points()
    graph_before = dataclasses.replace(settings, epochs=10)
    _, progress = train(graph_before, examples, memory)
    best = memory.best
    # Swap the labels, so that what was learned is now wrong.
    examples.arrays["labels"][:] = 1 - examples.arrays["labels"]
    weights, optimizer, seeds, progress = memory.last
    progress.finished = False
    with pytest.raises(DivergedError, match="climbed from .* --learning-rate"):
        train(settings, examples, memory, (weights, optimizer, seeds, progress))
    assert same(memory.best, best)


def climb_in(*epochs: int) -> Callable[[float, int, Progress], None]:
    """Return a check that finds a climb in these epochs."""

    def check(loss: float, epoch: int, progress: Progress) -> None:
        if epoch in epochs:
            raise DivergedError(f"the loss climbed in epoch {epoch}")

    return check


def test_only_the_first_climb_is_noted_and_the_training_continues(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("nnlab.training.loop.check_climb", climb_in(2, 3))
    settings = dataclasses.replace(SETTINGS, epochs=5, stop=False)
    memory, progress = train(settings)
    assert progress.diverged == {"epoch": 2, "what": "the loss climbed in epoch 2"}
    assert progress.finished
    assert [row["epoch"] for row in memory.history] == [0, 1, 2, 3, 4, 5]
    monkeypatch.undo()
    assert same(memory.last[0], train(dataclasses.replace(settings, stop=True))[0].last[0])


def test_a_noted_climb_survives_an_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnlab.training.loop.CHUNK_SECONDS", 0)
    monkeypatch.setattr("nnlab.training.loop.check_climb", climb_in(1, 3))
    settings = dataclasses.replace(SETTINGS, stop=False)
    whole, _ = train(settings)
    stopped = Memory(interrupt_at=9)  # in epoch 2
    with pytest.raises(InterruptedRun):
        train(settings, memory=stopped)
    resumed, progress = train(settings, resumed=stopped.last)
    assert progress.diverged == {"epoch": 1, "what": "the loss climbed in epoch 1"}
    assert same(whole.last[0], resumed.last[0])


@pytest.mark.parametrize("stop", [True, False])
def test_an_epoch_whose_loss_is_not_finite_is_in_the_history(stop: bool) -> None:
    import tensorflow as tf

    done = tf.Variable(0)

    def loss(targets: "tf.Tensor", outputs: "tf.Tensor") -> "tf.Tensor":
        return tf.reduce_mean((targets - outputs) ** 2, -1) / tf.cast(done < 2, tf.float32)

    class Counting(Memory):
        def epoch_done(self, row: Row) -> None:
            done.assign_add(1)

    memory = Counting()
    settings = dataclasses.replace(SETTINGS, epochs=9, stop=stop)
    with pytest.raises(DivergedError, match="in epoch 3"):
        train(settings, dataclasses.replace(points(), loss=loss), memory)
    assert [row["epoch"] for row in memory.history] == [0, 1, 2, 3]
    assert not np.isfinite(memory.history[-1]["loss"] or 0)


@pytest.mark.parametrize(
    ("rows", "seed", "epoch", "first"),
    [
        (np.arange(12), 1, 0, [8, 11, 4, 7, 5, 0, 1, 9, 2, 10, 6, 3]),
        (np.arange(12), 2**31 - 1, 99, [8, 9, 6, 1, 0, 4, 10, 11, 7, 2, 3, 5]),
        (np.arange(1000)[::-1], 7, 3, [80, 774, 978, 921, 929, 959]),
        (np.arange(5, 60000, 7), 1, 0, [24603, 16448, 46807, 46660, 52757, 9196]),
        (np.arange(5, 60000, 7), 7, 3, [22643, 16161, 50608, 48109, 5878, 31449]),
    ],
)
def test_the_order_of_an_epoch_never_changes(
    rows: np.ndarray, seed: int, epoch: int, first: list[int]
) -> None:
    """The values are older than int32 rows: runs from before that resume exactly."""
    order = dataclasses.replace(points(), training=rows).order(seed, epoch, 8)
    assert order.dtype == np.int32
    assert order[: len(first)].tolist() == first
    assert np.array_equal(order, np.random.default_rng([seed, epoch]).permutation(rows))


def test_rows_too_large_for_int32_are_kept_as_int64() -> None:
    rows = np.array([5, 2**31, 2**40])
    order = dataclasses.replace(points(), training=rows).order(1, 0, 8)
    assert sorted(order.tolist()) == rows.tolist()


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_schedules_end_at_the_documented_rate(schedule: str) -> None:
    settings = dataclasses.replace(SETTINGS, schedule=schedule)
    memory, _ = train(settings)
    end = {"constant": 1.0, "cosine": 0.0, "exponential": 0.01}[schedule]
    rate = float(memory.graph.optimizer.learning_rate)
    assert rate == pytest.approx(end * settings.learning_rate, abs=1e-8)


def test_clipping_limits_the_step() -> None:
    settings = dataclasses.replace(SETTINGS, epochs=1, optimizer="sgd", learning_rate=1.0)
    examples = points()
    steps = steps_per_epoch(examples, settings)
    before = [value.numpy() for value in make_graph(examples, settings).model.weights]
    memory, _ = train(dataclasses.replace(settings, clip_norm=0.001), examples)
    moved = np.sqrt(sum(((a - b) ** 2).sum() for a, b in zip(before, memory.last[0], strict=True)))
    assert 0 < moved <= 0.001 * steps * 1.01


class Pressing(Memory):
    """Presses Ctrl-C several times in the middle of an epoch."""

    def chunk_done(self, epoch: int, step: int, steps: int, means: dict[str, float]) -> None:
        super().chunk_done(epoch, step, steps, means)
        if (epoch, step) == (2, 1):
            for _ in range(5):
                os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture
def one_step_per_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnlab.training.loop.CHUNK_SECONDS", 0)


def test_five_interrupts_at_once_count_as_one(one_step_per_chunk: None) -> None:
    memory = Pressing()
    with pytest.raises(InterruptedRun, match="interrupted in epoch 2 after step 1 of .*; saved"):
        train(memory=memory)
    resumed, _ = train(resumed=memory.last)
    assert same(resumed.last[0], train()[0].last[0])


@pytest.mark.parametrize(
    ("save_every", "kept"),
    [(3600, "nothing was saved yet"), (0, "in epoch 1 after step [0-9]+ is kept")],
)
def test_a_late_second_interrupt_stops_at_once_and_reports_what_is_kept(
    monkeypatch: pytest.MonkeyPatch, one_step_per_chunk: None, save_every: int, kept: str
) -> None:
    monkeypatch.setattr("nnlab.interrupts.PATIENCE", 0)
    with pytest.raises(InterruptedRun, match=f"a second time; .*{kept}"):
        train(dataclasses.replace(SETTINGS, save_every=save_every), memory=Pressing())


@pytest.mark.parametrize(
    ("call", "said"),
    [(1, "nothing was saved yet"), (3, "during the validation of epoch 1; saved")],
    ids=["untrained", "epoch 1"],
)
@pytest.mark.parametrize("average", [0.0, 0.2])
def test_an_interrupt_during_validation_takes_effect(
    monkeypatch: pytest.MonkeyPatch, call: int, said: str, average: float
) -> None:
    monkeypatch.setattr("nnlab.training.loop.EVALUATED_BATCHES", 1)  # two pieces of 20 examples
    settings = dataclasses.replace(SETTINGS, average=average)
    whole, whole_progress = train(settings)
    evaluate, calls = Graph.evaluate, []

    def interrupted(graph: Graph, indices: np.ndarray) -> tuple[float, ...]:
        calls.append(len(indices))
        if len(calls) == call:
            os.kill(os.getpid(), signal.SIGINT)
        return evaluate(graph, indices)

    monkeypatch.setattr(Graph, "evaluate", interrupted)
    stopped = Memory()
    with pytest.raises(InterruptedRun, match=said):
        train(settings, memory=stopped)
    assert calls == [16, 4, 16][:call]
    kept = stopped.last if call > 1 else None  # before the first epoch, nothing
    resumed, progress = train(settings, resumed=kept)
    assert same(whole.last[0], resumed.last[0])
    assert progress.best_epoch == whole_progress.best_epoch
