"""Options of `denoise`: how it trains, and how it answers."""

from dataclasses import dataclass

from nnlab.options import option
from nnlab.training.settings import OPTIMIZERS, SCHEDULE_HELP, SCHEDULES, TrainingSettings

LOSSES = {"crossentropy": "binary_crossentropy", "mse": "mean_squared_error"}


@dataclass(frozen=True, kw_only=True)
class DenoiseConfig(TrainingSettings):
    """Options of training a network that cleans pages."""

    noisy: str | None = option(None, "folder of your own stained pages", path=True)
    clean: str | None = option(None, "folder of the same pages, clean", path=True)
    dataset: str | None = option(
        None,
        "data set: noisyoffice or sample",
        default_text="noisyoffice where it can be had, else sample",
    )
    synthetic: int = option(0, "add as many pages stained by code to the training part", low=0)
    split_seed: int = option(0, "which pages are held out; the same for every --seed", low=0)
    filters: int = option(
        32, "filters before the first pool, half of those after it", low=1, high=1024
    )
    loss: str = option("crossentropy", "what training makes small", choices=tuple(LOSSES))
    patch: int = option(64, "side in pixels of the squares to train on", low=8, high=1024)
    stride: int = option(24, "pixels from one square to the next", low=1, high=1024)
    spotless: float = option(
        0.1, "share of the squares that are clean already, to be left alone", low=0, high=1
    )
    enlarged: float = option(
        0.3, "share of the squares that are shown up to four times as large", low=0, high=1
    )
    epochs: int = option(10, "passes over the squares", low=1, high=10**6)
    batch_size: int = option(16, "examples in one step of the optimizer", low=1, high=2**24)
    optimizer: str = option("adam", "how the weights are changed", choices=OPTIMIZERS)
    learning_rate: float = option(0.002, "size of the optimizer's steps", above=0)
    schedule: str = option("cosine", SCHEDULE_HELP, choices=SCHEDULES)


@dataclass(frozen=True, kw_only=True)
class DenoiseQuery:
    """Options of answering."""

    output: str | None = option(
        None,
        "file, folder or - (stdout) for the clean pages",
        path=True,
        short="o",
        default_text="noisy.clean.png beside noisy.png",
    )
    strength: float = option(1.0, "0 leaves pages as they are, 1 cleans them", low=0, high=1)
    force: bool = option(False, "replace files that exist")
