"""The training loop: epochs, validation, checkpoints, and reasons to stop.

The compiled steps are in `graph.py`; the loop here regains control a few times per second.
"""

import math
import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from nnlab.errors import DivergedError, InterruptedRun
from nnlab.interrupts import Interrupt
from nnlab.training.divergence import check_climb, check_loss
from nnlab.training.examples import Examples
from nnlab.training.graph import Graph
from nnlab.training.progress import Progress, Row
from nnlab.training.settings import TrainingSettings

CHUNK_SECONDS = 0.25
"""About how long one graph call takes, and so how late a Ctrl-C or a progress bar may be."""


EVALUATED_BATCHES = 8
"""Batches per graph call in validation: fixed, because sums would otherwise depend on timing."""


class Keeper(Protocol):
    """Saves what must outlive the process."""

    def keep_best(self) -> None:
        """Save the weights as the best so far."""

    def keep_last(self, progress: Progress) -> None:
        """Save everything that resuming needs."""

    def keep_history(self, history: list[Row]) -> None:
        """Save the rows of all completed epochs."""


class Observer:
    """Watches a training, such as a progress bar; this one does nothing."""

    def chunk_done(self, epoch: int, step: int, steps: int, means: dict[str, float]) -> None:
        """Called a few times per second: `step` of `steps` in `epoch` (from 1), means so far."""

    def epoch_done(self, row: Row) -> None:
        """Called after each epoch with its row of the history."""


class TrainingLoop:
    """Trains the network of a `Graph`, from the state in `progress` to the end."""

    def __init__(
        self,
        graph: Graph,
        examples: Examples,
        settings: TrainingSettings,
        keeper: Keeper,
        observer: Observer,
        warn: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._graph = graph
        self._examples = examples
        self._settings = settings
        self._keeper = keeper
        self._observer = observer
        self._warn = warn
        self._names = ["loss", *examples.measures]
        self._steps = steps_per_epoch(examples, settings)
        self._chunk = 1
        self._saved = "nothing was saved yet; the training will start again from the beginning"

    def run(self, progress: Progress) -> None:
        """Train to the end; `progress` is updated in place.

        Raises:
            DivergedError: The loss is not finite, or has climbed back and the settings say to stop
                then. The best weights are kept; `progress.diverged` has the first divergence.
            InterruptedRun: Ctrl-C or SIGTERM; everything is saved for resuming, once training has
                begun. After a second one, unless it comes within a moment of the first, the last
                saved state is kept.
        """
        if progress.finished:  # the process was killed during scoring
            return
        if progress.untrained_loss is not None:  # resumed
            self._saved = _saved_state(progress)
        try:
            self._run(progress)
        except KeyboardInterrupt as error:
            raise InterruptedRun(f"interrupted a second time; {self._saved}") from error

    def _run(self, progress: Progress) -> None:
        with Interrupt() as interrupt:
            if progress.untrained_loss is None:
                self._measure_untrained(progress, interrupt)
            self._saved_at = self._resumed_at = time.monotonic()
            while not self._is_over(progress):
                self._do_epoch(progress, interrupt)
            progress.finished = True
            self._save(progress)
            if interrupt.requested:
                raise InterruptedRun("interrupted after the last epoch; saved")

    def _is_over(self, progress: Progress) -> bool:
        settings = self._settings
        waited = progress.epoch - progress.best_epoch
        out_of_patience = bool(settings.patience) and waited >= settings.patience
        return progress.epoch >= settings.epochs or out_of_patience

    def _measure_untrained(self, progress: Progress, interrupt: Interrupt) -> None:
        """Measure the network before the first step: the level that divergence climbs back to."""
        held_out = self._examples.validation
        rows = held_out if len(held_out) else self._examples.training[:1000]
        means = self._measure(rows, interrupt)
        progress.untrained_loss = means["loss"]
        row: Row = {"epoch": 0, **dict.fromkeys(self._names)}
        if len(held_out):
            row |= {f"validation_{name}": value for name, value in means.items()}
        progress.history.append(row | {"seconds": 0.0})

    def _do_epoch(self, progress: Progress, interrupt: Interrupt) -> None:
        epoch = progress.epoch + 1
        try:
            self._train_epoch(progress, interrupt)
            self._finish_epoch(progress, interrupt)
        except DivergedError as error:
            progress.note_divergence(epoch, str(error))
            if progress.history[-1]["epoch"] != epoch:  # the epoch was not completed
                loss = self._means(progress.sums)["loss"]
                self._keep_row({"epoch": epoch, "loss": loss}, progress)
            raise

    def _train_epoch(self, progress: Progress, interrupt: Interrupt) -> None:
        import tensorflow as tf

        settings = self._settings
        order = tf.constant(
            self._examples.order(settings.seed, progress.epoch, settings.batch_size)
        )
        while progress.step < self._steps:
            self._train_chunk(progress, order)
            if interrupt.requested:
                self._save(progress)
                raise InterruptedRun(
                    f"interrupted in epoch {progress.epoch + 1} after step {progress.step} "
                    f"of {self._steps}; saved"
                )
            if time.monotonic() - self._saved_at >= self._settings.save_every:
                self._save(progress)

    def _train_chunk(self, progress: Progress, order: Any) -> None:
        steps = min(self._chunk, self._steps - progress.step)
        started = time.monotonic()
        sums = self._graph.train(order, self._settings.seed, progress.epoch, progress.step, steps)
        per_step = max(time.monotonic() - started, 1e-6) / steps
        self._chunk = max(1, min(round(CHUNK_SECONDS / per_step), 2 * self._chunk))
        progress.step += steps
        before = progress.sums or [0.0] * len(sums)
        progress.sums = [total + more for total, more in zip(before, sums, strict=True)]
        means = self._means(progress.sums)
        check_loss(means["loss"], progress.epoch + 1)
        self._observer.chunk_done(progress.epoch + 1, progress.step, self._steps, means)

    def _finish_epoch(self, progress: Progress, interrupt: Interrupt) -> None:
        try:
            with self._graph.averaged():
                self._judge_epoch(progress, interrupt)
        except InterruptedRun as error:
            self._save(progress)
            where = f"during the validation of epoch {progress.epoch + 1}"
            raise InterruptedRun(f"interrupted {where}; saved") from error

    def _judge_epoch(self, progress: Progress, interrupt: Interrupt) -> None:
        """Measure the weights that the epoch came to, and keep them if they are the best."""
        epoch = progress.epoch + 1
        means = self._means(progress.sums)
        row: Row = {"epoch": epoch, **means}
        if len(self._examples.validation):
            validation = self._measure(self._examples.validation, interrupt)
            row |= {f"validation_{name}": value for name, value in validation.items()}
        self._keep_row(row, progress)
        self._observer.epoch_done(progress.history[-1])
        check_loss(row.get("validation_loss"), epoch)
        self._watch_climb(means["loss"], epoch, progress)
        progress.epoch, progress.step, progress.sums = epoch, 0, []
        lowest = progress.lowest_loss
        progress.lowest_loss = means["loss"] if lowest is None else min(means["loss"], lowest)
        self._keep_if_best(progress, row)

    def _measure(self, rows: np.ndarray, interrupt: Interrupt) -> dict[str, float]:
        """Run the network over rows, piece by piece, so that Ctrl-C takes effect."""
        piece = EVALUATED_BATCHES * self._settings.batch_size
        sums: Any = self._graph.evaluate(rows[:piece])
        for first in range(piece, len(rows), piece):
            if interrupt.requested:
                raise InterruptedRun(f"interrupted during validation; {self._saved}")
            sums = np.add(sums, self._graph.evaluate(rows[first : first + piece]))
        return self._means(sums)

    def _keep_row(self, row: Row, progress: Progress) -> None:
        self._count_seconds(progress)
        progress.history.append(row | {"seconds": round(progress.seconds, 3)})
        self._keeper.keep_history(progress.history)

    def _watch_climb(self, loss: float, epoch: int, progress: Progress) -> None:
        """Stop if the loss climbs back, or with `--no-stop` note the first climb and continue."""
        if progress.diverged is not None:
            return
        try:
            check_climb(loss, epoch, progress)
        except DivergedError as error:
            if self._settings.stop:
                raise
            progress.note_divergence(epoch, str(error))
            self._warn(f"{error}; training continues (--no-stop)")

    def _keep_if_best(self, progress: Progress, row: Row) -> None:
        """Save the weights if they are the best; without held-out examples the last always are."""
        monitor = f"validation_{self._examples.monitor}"
        value = row.get(monitor)
        if value is not None and not progress.improves(value, self._examples.higher_is_better):
            return
        self._keeper.keep_best()  # refuses weights that are not finite
        progress.best, progress.best_epoch = value, progress.epoch

    def _save(self, progress: Progress) -> None:
        self._count_seconds(progress)
        self._keeper.keep_last(progress)
        self._saved = _saved_state(progress)
        self._saved_at = time.monotonic()

    def _count_seconds(self, progress: Progress) -> None:
        now = time.monotonic()
        progress.seconds += now - self._resumed_at
        self._resumed_at = now

    def _means(self, sums: Any) -> dict[str, float]:
        weight, *totals = sums
        return {
            name: total / weight if weight else math.nan
            for name, total in zip(self._names, totals, strict=True)
        }


def _saved_state(progress: Progress) -> str:
    return f"the state saved in epoch {progress.epoch + 1} after step {progress.step} is kept"


def steps_per_epoch(examples: Examples, settings: TrainingSettings) -> int:
    """Return the optimizer steps per epoch, including the smaller last batch."""
    return math.ceil(np.size(examples.training) / settings.batch_size)
