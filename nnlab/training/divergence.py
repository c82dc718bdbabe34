"""Detecting that a training diverges.

There are three signs, all checked on losses that are measured anyway: a loss that is not finite;
one that is a multiple of that of the untrained network; and one that has climbed more than half
way back from the lowest to that of the untrained network, if that way was not just chance. The
lowest loss alone would not do as a yardstick: near zero, a loss may double without harm.

With `--no-stop` a training continues after a climb. It cannot continue after a loss that is not
finite, because the weights are then lost.
"""

import math

from nnlab.errors import DivergedError
from nnlab.training.progress import Progress

EXPLODED = 10.0
"""Times the untrained network's loss, above which a training will hardly come back."""
LEARNED = 0.1
"""Share of the untrained network's loss; what is learned below that may be chance."""
REMEDY = "a lower --learning-rate or --clip-norm 1 usually helps"


def check_loss(loss: float | None, epoch: int) -> None:
    """Refuse a loss that is NaN or infinite; None (no held-out examples) passes.

    Raises:
        DivergedError: The loss is not finite.
    """
    if loss is not None and not math.isfinite(loss):
        raise DivergedError(f"the loss became {loss} in epoch {epoch}; {REMEDY}")


def check_climb(loss: float, epoch: int, progress: Progress) -> None:
    """Refuse a loss that is far above that of the untrained network, or on its way back to it.

    Raises:
        DivergedError: The loss has climbed that far.
    """
    untrained = progress.untrained_loss
    if untrained is None:
        return
    if loss > EXPLODED * untrained > 0:
        raise DivergedError(
            f"the loss rose to {loss:.4g} in epoch {epoch} (untrained: {untrained:.4g}); {REMEDY}"
        )
    if progress.lowest_loss is None:
        return
    learned = untrained - progress.lowest_loss
    if learned > LEARNED * abs(untrained) and loss > progress.lowest_loss + learned / 2:
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
