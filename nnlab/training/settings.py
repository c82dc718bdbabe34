"""The options common to all trainings."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.errors import UsageError
from nnlab.options import option

if TYPE_CHECKING:
    from nnlab.training.examples import Examples

OPTIMIZERS = ("adadelta", "adam", "rmsprop", "sgd")
SCHEDULES = ("constant", "cosine", "exponential")
SCHEDULE_HELP = (
    "learning rate over the run: constant, cosine to zero, or exponential to a hundredth"
)
MOST_EPOCHS = 25_000
"""A checkpoint contains the history of all epochs, which must fit into its header."""
USUAL_RATES = {"adadelta": 1.0, "adam": 0.001, "rmsprop": 0.001, "sgd": 0.01}
"""Learning rates for an optimizer that the preset does not choose."""
RATE_HELP = (
    "size of the optimizer's steps; with another --optimizer than the preset's, its usual rate"
)
REPORT, MODERN = PRESETS = ("report", "modern")


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """How to train: the base of every experiment's Config."""

    preset: str = option(
        REPORT,
        "training: settings to start from, report (those of the 2018 report) or modern (those of "
        "a network of today); answering: use only a network trained with this preset",
        choices=PRESETS,
        default_text="report for training, any for answering",
    )
    epochs: int = option(20, "passes over the training examples", low=1, high=10**6)
    batch_size: int = option(128, "examples per optimizer step", low=1, high=2**24)
    optimizer: str = option("rmsprop", "how the weights are updated", choices=OPTIMIZERS)
    learning_rate: float = option(0.001, RATE_HELP, above=0)
    schedule: str = option("constant", SCHEDULE_HELP, choices=SCHEDULES)
    warmup: float = option(
        0.0,
        "share of the run in which the learning rate rises from 0; needs --schedule cosine",
        low=0,
        high=0.9,
    )
    weight_decay: float = option(
        0.0,
        "each step shrinks all weights except biases and normalisation by this times the learning "
        "rate",
        low=0,
        high=1,
    )
    average: float = option(
        0.0,
        "average the weights over time, with this share of the run as time constant; 0: off",
        low=0,
        high=0.5,
    )
    precision: str = option(
        "float32",
        "number format of the training; bfloat16 is faster on some processors, and slower "
        "on others",
        choices=("float32", "bfloat16"),
    )
    clip_norm: float = option(0.0, "clip gradients to this global norm; 0: no clipping", low=0)
    patience: int = option(
        0, "stop after this many epochs without a better validation score; 0: never", low=0
    )
    stop: bool = option(True, "stop a training whose loss diverges", affects_result=False)
    seed: int = option(
        1,
        "seed of the initial weights, example order and dropout",
        low=0,
        high=2**31 - 1,
    )
    threads: int = option(
        0, "processor cores to train with; 0: all", low=0, high=1024, affects_result=False
    )
    save_every: float = option(
        60.0,
        "time between checkpoints for resuming, such as 30s or 5m",
        above=0,
        duration=True,
        affects_result=False,
    )


def check_settings(settings: TrainingSettings, examples: "Examples") -> None:
    """Refuse settings that do not fit the examples, or cannot be carried out.

    Raises:
        UsageError: Patience needs held-out examples, and there are none; or there are more epochs
            than a checkpoint can hold.
    """
    if settings.epochs > MOST_EPOCHS:
        raise UsageError(
            f"--epochs {settings.epochs}: a checkpoint holds the history of at most "
            f"{MOST_EPOCHS:,} epochs; choose fewer"
        )
    if settings.patience and not len(examples.validation):
        raise UsageError("--patience needs held-out examples, but none are held out")
