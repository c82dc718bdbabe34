"""Options of `denoise`: how it trains, and how it answers."""

from dataclasses import dataclass

from nnlab.options import option
from nnlab.training.settings import OPTIMIZERS, SCHEDULE_HELP, SCHEDULES, TrainingSettings

LOSSES = {"crossentropy": "binary_crossentropy", "mse": "mean_squared_error"}


@dataclass(frozen=True, kw_only=True)
class DenoiseConfig(TrainingSettings):
    """Options for training a network that cleans pages."""

    noisy: str | None = option(None, "folder of your own stained pages", path=True)
    clean: str | None = option(None, "folder of the clean versions of --noisy", path=True)
    dataset: str | None = option(
        None,
        "data set: noisyoffice or sample",
        default_text="noisyoffice if available, otherwise sample",
    )
    synthetic: int = option(
        0, "number of artificially stained pages to add to the training pages", low=0
    )
    split_seed: int = option(0, "chooses the held-out pages, independent of --seed", low=0)
    filters: int = option(
        32, "filters of the first convolution; the second has twice as many", low=1, high=1024
    )
    loss: str = option("crossentropy", "what training minimises", choices=tuple(LOSSES))
    patch: int = option(64, "side of the squares to train on, in pixels", low=8, high=1024)
    stride: int = option(24, "pixels from one square to the next", low=1, high=1024)
    spotless: float = option(
        0.1, "share of clean squares, which the network learns to leave unchanged", low=0, high=1
    )
    enlarged: float = option(0.3, "share of squares enlarged up to four times", low=0, high=1)
    epochs: int = option(10, "passes over the squares", low=1, high=10**6)
    batch_size: int = option(16, "examples per optimizer step", low=1, high=2**24)
    optimizer: str = option("adam", "how the weights are updated", choices=OPTIMIZERS)
    learning_rate: float = option(0.002, "size of the optimizer's steps", above=0)
    schedule: str = option("cosine", SCHEDULE_HELP, choices=SCHEDULES)


@dataclass(frozen=True, kw_only=True)
class DenoiseQuery:
    """Options for answering."""

    output: str | None = option(
        None,
        "file, folder or - (stdout) for the clean pages",
        path=True,
        short="o",
        default_text="noisy.clean.png beside noisy.png",
    )
    strength: float = option(
        1.0, "how much to clean, from 0 (nothing) to 1 (everything)", low=0, high=1
    )
    force: bool = option(False, "replace existing files")
