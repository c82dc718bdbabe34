"""The training loop: epochs, validation, checkpoints, and reasons to stop.

The compiled steps are `graph.py`'s; here Python looks in a few times a second.
"""

import math
import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from nnlab.errors import DivergedError, InterruptedRun
from nnlab.interrupts import Interrupt
from nnlab.training.divergence import check_climb, check_finite
from nnlab.training.examples import Examples
from nnlab.training.graph import Graph
from nnlab.training.progress import Progress, Row
from nnlab.training.settings import TrainingSettings

CHUNK_SECONDS = 0.25
"""About how long one graph call may take: how late a Ctrl-C or a progress bar may be."""


EVALUATED_BATCHES = 128
"""Batches of one look at held-out examples: a fixed number, or sums would depend on the clock."""


class Keeper(Protocol):
    """Where a training puts what must outlive the process."""

    def keep_best(self, progress: Progress) -> None:
        """Store the weights as the best so far."""

    def keep_last(self, progress: Progress) -> None:
        """Store everything that resuming needs."""

    def keep_history(self, history: list[Row]) -> None:
        """Store the rows of all completed epochs."""


class Observer(Protocol):
    """Who watches a training, such as a progress bar."""

    def chunk_done(self, epoch: int, step: int, steps: int, means: dict[str, float]) -> None:
        """Called a few times a second: `step` of `steps` in `epoch` (from 1), means so far."""

    def epoch_done(self, row: Row) -> None:
        """Called after each epoch with its line of the history."""


class TrainingLoop:
    """Trains the network of a `Graph` from wherever `progress` stands to the end."""

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
        self._kept = "nothing was saved yet, and the training will begin again"

    def run(self, progress: Progress) -> None:
        """Train to the end; `progress` is updated in place.

        Raises:
            DivergedError: The loss is not finite, or it has climbed back and the settings say to
                stop then; the best weights are kept, and `progress.diverged` has the first time.
            InterruptedRun: Ctrl-C or SIGTERM; everything is kept for resuming. At a second one
                that does not come within a moment, what was saved last is kept.
        """
        if progress.finished:  # killed while it was scored
            return
        if progress.untrained_loss is not None:  # resumed
            self._kept = _place(progress)
        try:
            self._run(progress)
        except KeyboardInterrupt as error:
            raise InterruptedRun(f"interrupted a second time; {self._kept}") from error

    def _run(self, progress: Progress) -> None:
        with Interrupt() as interrupt:
            if progress.untrained_loss is None:
                self._look_at_untrained(progress, interrupt)
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
        return progress.epoch >= settings.epochs or (progress.epoch > 0 and out_of_patience)

    def _look_at_untrained(self, progress: Progress, interrupt: Interrupt) -> None:
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
            if progress.history[-1]["epoch"] != epoch:  # it did not come to its end
                loss = self._means(progress.sums)["loss"]
                self._keep_row({"epoch": epoch, "loss": loss}, progress)
            raise

    def _train_epoch(self, progress: Progress, interrupt: Interrupt) -> None:
        import tensorflow as tf

        order = tf.constant(self._examples.order(self._settings.seed, progress.epoch))
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
        check_finite(means["loss"], progress.epoch + 1)
        self._observer.chunk_done(progress.epoch + 1, progress.step, self._steps, means)

    def _finish_epoch(self, progress: Progress, interrupt: Interrupt) -> None:
        epoch = progress.epoch + 1
        means = self._means(progress.sums)
        row: Row = {"epoch": epoch, **means}
        if len(self._examples.validation):
            try:
                validation = self._measure(self._examples.validation, interrupt)
            except InterruptedRun:
                self._save(progress)
                raise
            row |= {f"validation_{name}": value for name, value in validation.items()}
        self._keep_row(row, progress)
        self._observer.epoch_done(progress.history[-1])
        check_finite(row.get("validation_loss"), epoch)
        self._watch_climb(means["loss"], epoch, progress)
        progress.epoch, progress.step, progress.sums = epoch, 0, []
        lowest = progress.lowest_loss
        progress.lowest_loss = means["loss"] if lowest is None else min(means["loss"], lowest)
        self._keep_if_best(progress, row)

    def _measure(self, rows: np.ndarray, interrupt: Interrupt) -> dict[str, float]:
        """Run the network over rows, piece by piece, so that a Ctrl-C is heard."""
        piece = EVALUATED_BATCHES * self._settings.batch_size
        sums: Any = self._graph.evaluate(rows[:piece])
        for first in range(piece, len(rows), piece):
            if interrupt.requested:
                raise InterruptedRun("interrupted in the validation")
            sums = np.add(sums, self._graph.evaluate(rows[first : first + piece]))
        return self._means(sums)

    def _keep_row(self, row: Row, progress: Progress) -> None:
        self._clock(progress)
        progress.history.append(row | {"seconds": round(progress.seconds, 3)})
        self._keeper.keep_history(progress.history)

    def _watch_climb(self, loss: float, epoch: int, progress: Progress) -> None:
        """Stop at a loss that climbs back, or note the first time and go on."""
        if progress.diverged is not None:
            return
        try:
            check_climb(loss, epoch, progress)
        except DivergedError as error:
            if self._settings.stop:
                raise
            progress.note_divergence(epoch, str(error))
            self._warn(f"{error}; the training goes on (--no-stop)")

    def _keep_if_best(self, progress: Progress, row: Row) -> None:
        """Without held-out examples nothing can choose, and the last epoch is the best."""
        monitor = f"validation_{self._examples.monitor}"
        value = row.get(monitor)
        if value is not None and not progress.improves(value, self._examples.higher_is_better):
            return
        self._keeper.keep_best(progress)  # refuses weights that are not finite
        progress.best, progress.best_epoch = value, progress.epoch

    def _save(self, progress: Progress) -> None:
        self._clock(progress)
        self._keeper.keep_last(progress)
        self._kept = _place(progress)
        self._saved_at = time.monotonic()

    def _clock(self, progress: Progress) -> None:
        now = time.monotonic()
        progress.seconds += now - self._resumed_at
        self._resumed_at = now

    def _means(self, sums: Any) -> dict[str, float]:
        weight, *totals = sums
        return {
            name: total / weight if weight else math.nan
            for name, total in zip(self._names, totals, strict=True)
        }


def _place(progress: Progress) -> str:
    return f"what was saved in epoch {progress.epoch + 1} after step {progress.step} is kept"


def steps_per_epoch(examples: Examples, settings: TrainingSettings) -> int:
    """Return the optimizer steps of one epoch, the smaller last batch included."""
    return math.ceil(np.size(examples.training) / settings.batch_size)
