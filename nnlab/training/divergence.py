"""Detecting that a training diverges.

There are two signs, both checked on losses that are measured anyway: a loss that is not finite, and
a loss that has climbed more than half way back from the lowest to that of the untrained network.
The lowest loss alone would not do as a yardstick: near zero, a loss may double without harm.

With `--no-stop` a training continues after a climb. It cannot continue after a loss that is not
finite, because the weights are then lost.
"""

import math

from nnlab.errors import DivergedError
from nnlab.training.progress import Progress

REMEDY = "a lower --learning-rate or --clip-norm 1 usually helps"


def check_loss(loss: float | None, epoch: int) -> None:
    """Refuse a loss that is NaN or infinite; None (no held-out examples) passes.

    Raises:
        DivergedError: The loss is not finite.
    """
    if loss is not None and not math.isfinite(loss):
        raise DivergedError(f"the loss became {loss} in epoch {epoch}; {REMEDY}")


def check_climb(loss: float, epoch: int, progress: Progress) -> None:
    """Refuse a loss that is more than half way back to that of the untrained network.

    Raises:
        DivergedError: The loss has climbed that far.
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
    """Describe the first divergence, and with `--no-stop` how the training continued.

    Args:
        progress: A training that has diverged.
        end: What ended it; None if it reached its last epoch.
        stop: Whether the settings stop a training that diverges.
    """
    first = str(progress.diverged and progress.diverged["what"])
    if stop:
        return first
    if end is None:
        return f"{first}; training continued to epoch {progress.epoch} (--no-stop)"
    lost = f"{end}; even --no-stop cannot continue, because the weights are lost"
    if first == str(end):
        return lost
    return f"{first.removesuffix(f'; {REMEDY}')}; training continued (--no-stop) until {lost}"
