"""Keras optimizers from settings."""

from typing import Any

from nnlab.training.settings import TrainingSettings

EXPONENTIAL_END = 0.01
"""Share of the learning rate left at the end of the exponential schedule."""


def make_optimizer(settings: TrainingSettings, total_steps: int) -> Any:
    """Return the optimizer that `settings` name, with clipping and schedule.

    Args:
        settings: Optimizer, learning rate, schedule and clipping.
        total_steps: Steps of the whole run, which the schedule covers.
    """
    import keras

    kinds = {
        "adadelta": keras.optimizers.Adadelta,
        "adam": keras.optimizers.Adam,
        "rmsprop": keras.optimizers.RMSprop,
        "sgd": keras.optimizers.SGD,
    }
    return kinds[settings.optimizer](
        learning_rate=_rate(settings, total_steps),
        global_clipnorm=settings.clip_norm or None,
        name="optimizer",
    )


def _rate(settings: TrainingSettings, total_steps: int) -> Any:
    from keras.optimizers import schedules

    if settings.schedule == "cosine":
        return schedules.CosineDecay(settings.learning_rate, total_steps)
    if settings.schedule == "exponential":
        return schedules.ExponentialDecay(settings.learning_rate, total_steps, EXPONENTIAL_END)
    return settings.learning_rate
