"""The progress of a training: everything about a run that is neither a weight nor a setting."""

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, float | int | None]
"""One row of the history: epoch, loss, measures, the same on the validation set, seconds."""


@dataclass
class Progress:
    """The state of a training between two chunks of steps; kept in `last.h5` as JSON.

    Attributes:
        epoch: Completed epochs.
        step: Completed steps of the current epoch.
        sums: In the current epoch: total weight, then weighted sums of loss and measures.
        best: The best monitored value so far.
        best_epoch: The epoch that it came from.
        untrained_loss: The loss before the first step, which a diverging loss climbs back to.
        lowest_loss: The lowest training loss of an epoch so far.
        history: One row per completed epoch, after one for the untrained network (epoch 0).
        seconds: Time spent training, over all sessions.
        finished: Whether the training is complete.
        diverged: The first divergence: its `epoch` and `what` happened; None if there was none.
    """

    epoch: int = 0
    step: int = 0
    sums: list[float] = field(default_factory=list)
    best: float | None = None
    best_epoch: int = 0
    untrained_loss: float | None = None
    lowest_loss: float | None = None
    history: list[Row] = field(default_factory=list)
    seconds: float = 0.0
    finished: bool = False
    diverged: dict[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, state: Mapping[str, Any], measures: int) -> "Progress":
        """Rebuild from the JSON form.

        Args:
            state: The JSON form.
            measures: How many measures there are besides the loss.

        Raises:
            ValueError: A part is missing or not as expected.
        """
        progress = cls(**state)
        counts = (progress.epoch, progress.step, progress.best_epoch)
        if any(type(count) is not int or count < 0 for count in counts):
            raise ValueError(f"epochs and steps must be whole numbers, got {counts}")
        if progress.best_epoch > progress.epoch:
            raise ValueError("the best epoch lies beyond the last epoch")
        if type(progress.finished) is not bool:
            raise ValueError("finished must be true or false")
        optional = (progress.best, progress.untrained_loss, progress.lowest_loss)
        numbers = [*progress.sums, progress.seconds, *(n for n in optional if n is not None)]
        if not all(isinstance(n, int | float) and math.isfinite(n) for n in numbers):
            raise ValueError("sums and losses must be finite numbers")
        if len(progress.sums) not in (0, 2 + measures):
            raise ValueError(f"expected the sums of {measures} measures")
        if bool(progress.sums) != (progress.step > 0):
            raise ValueError("expected sums if, and only if, an epoch has begun")
        if not all(isinstance(row, dict) for row in progress.history):
            raise ValueError("the history must be a list of rows")
        if progress.diverged is not None:
            _check_divergence(progress.diverged)
        return progress

    def note_divergence(self, epoch: int, what: str) -> None:
        """Remember that the loss diverged; only the first time counts."""
        if self.diverged is None:
            self.diverged = {"epoch": epoch, "what": what}

    def improves(self, value: float, higher_is_better: bool) -> bool:
        """Return whether `value` beats the best so far; ties keep the earlier epoch."""
        if self.best is None:
            return True
        return value > self.best if higher_is_better else value < self.best


def _check_divergence(noted: Any) -> None:
    if not isinstance(noted, dict) or noted.keys() != {"epoch", "what"}:
        raise ValueError("the divergence must have the fields epoch and what")
    if type(noted["epoch"]) is not int or not isinstance(noted["what"], str):
        raise ValueError("the divergence must have a whole number as epoch, and a text as what")
