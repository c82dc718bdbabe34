"""Keras optimizers from settings."""

import math
from typing import Any

from nnlab.errors import UsageError
from nnlab.training.settings import TrainingSettings

EXPONENTIAL_END = 0.01
"""Share of the learning rate left at the end of the exponential schedule."""

UNDECAYED = ["bias", "gamma", "beta"]
"""Variables that weight decay leaves alone: offsets, and the scales of normalisation."""


def make_optimizer(settings: TrainingSettings, total_steps: int) -> Any:
    """Return the optimizer that `settings` name, with clipping and schedule.

    Args:
        settings: Optimizer, learning rate, schedule, clipping, decay and average.
        total_steps: Steps of the whole run, which the schedule covers.

    Raises:
        UsageError: The settings do not fit together.
    """
    import keras

    kinds = {
        "adadelta": keras.optimizers.Adadelta,
        "adam": keras.optimizers.Adam,
        "rmsprop": keras.optimizers.RMSprop,
        "sgd": keras.optimizers.SGD,
    }
    optimizer = kinds[settings.optimizer](
        learning_rate=_rate(settings, total_steps),
        global_clipnorm=settings.clip_norm or None,
        weight_decay=settings.weight_decay or None,
        use_ema=settings.average > 0,
        ema_momentum=1 - 1 / max(2, settings.average * total_steps),
        name="optimizer",
    )
    if settings.weight_decay:
        optimizer.exclude_from_weight_decay(var_names=UNDECAYED)
    return optimizer


def _rate(settings: TrainingSettings, total_steps: int) -> Any:
    from keras.optimizers import schedules

    peak = settings.learning_rate
    rising = min(math.ceil(settings.warmup * total_steps), total_steps - 1)
    if settings.schedule == "cosine":
        return schedules.CosineDecay(
            0.0 if rising else peak,
            total_steps - rising,
            warmup_target=peak if rising else None,
            warmup_steps=rising,
        )
    if settings.warmup:
        raise UsageError(
            f"--schedule {settings.schedule} has no warm-up; use --schedule cosine or --warmup 0"
        )
    if settings.schedule == "exponential":
        return schedules.ExponentialDecay(peak, total_steps, EXPONENTIAL_END)
    return peak
