"""Noticing that a training has gone wrong.

Two signs, both checked on what is measured anyway: a loss that is not finite, and an epoch that
has lost more than half of everything learned so far. The second is relative to the untrained
network, not to the best loss alone: a healthy loss near zero may double and mean nothing.

A climb may be watched to its end (`--no-stop`); a loss that is not finite has taken the weights
with it, and nothing can come back from there.
"""

import math

from nnlab.errors import DivergedError
from nnlab.training.progress import Progress

REMEDY = "a lower --learning-rate or --clip-norm 1 usually helps"


def check_finite(loss: float | None, epoch: int) -> None:
    """Raise when the loss is NaN or infinite; None (no held-out examples) passes.

    Raises:
        DivergedError: It is.
    """
    if loss is not None and not math.isfinite(loss):
        raise DivergedError(f"the loss became {loss} in epoch {epoch}; {REMEDY}")


def check_climb(loss: float, epoch: int, progress: Progress) -> None:
    """Raise when an epoch's loss is more than half way back to the untrained network's.

    Raises:
        DivergedError: It is.
    """
    if progress.lowest_loss is None or progress.untrained_loss is None:
        return
    learned = progress.untrained_loss - progress.lowest_loss
    if learned > 0 and loss > progress.lowest_loss + learned / 2:
        raise DivergedError(
            f"the loss climbed from {progress.lowest_loss:.4g} back to {loss:.4g} in epoch "
            f"{epoch} (untrained: {progress.untrained_loss:.4g}); {REMEDY}"
        )


def in_words(progress: Progress, end: DivergedError | None, stop: bool) -> str:
    """Say what went wrong first, and with `--no-stop` how far the training went on after it.

    Args:
        progress: A training that has diverged.
        end: What ended it; None if it came to its last epoch.
        stop: Whether the settings end a training that diverges.
    """
    first = str(progress.diverged and progress.diverged["what"])
    if stop:
        return first
    if end is None:
        return f"{first}; the training went on to epoch {progress.epoch} (--no-stop)"
    lost = f"{end}; weights that are lost end a training with --no-stop as well"
    if first == str(end):
        return lost
    return f"{first.removesuffix(f'; {REMEDY}')}; the training went on (--no-stop), until {lost}"
