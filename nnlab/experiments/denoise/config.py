"""Options of `denoise`: how it trains, and how it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.options import option
from nnlab.training.losses import root_mean_squared_error
from nnlab.training.settings import (
    MODERN,
    OPTIMIZERS,
    RATE_HELP,
    REPORT,
    SCHEDULE_HELP,
    SCHEDULES,
    TrainingSettings,
)

PRESETS: Mapping[str, Mapping[str, Any]] = {
    REPORT: {},
    MODERN: {
        "model": "skip",
        "filters": 24,
        "levels": 4,
        "loss": "rmse",
        "synthetic": 36,
        "patch": 128,
        "stride": 96,
        "enlarged": 0.15,
        "restained": 0.5,
        "faded": 0.15,
        "flip": True,
        "epochs": 150,
        "learning_rate": 0.002,
        "warmup": 0.02,
        "weight_decay": 0.01,
        "average": 0.05,
        "clip_norm": 1.0,
    },
}
"""Settings by preset."""

LOSSES: Mapping[str, Any] = {
    "crossentropy": "binary_crossentropy",
    "mse": "mean_squared_error",
    "rmse": root_mean_squared_error,
}


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
        0, "number of generated pages of many kinds to add to the training pages", low=0
    )
    split_seed: int = option(0, "chooses the held-out pages, independent of --seed", low=0)
    model: str = option(
        "autoencoder",
        "network: an autoencoder, or one with skip connections that corrects the page (skip)",
        choices=("autoencoder", "skip"),
    )
    filters: int = option(
        32,
        "filters of the first convolution; the n-th size has n times as many",
        low=1,
        high=1024,
    )
    levels: int = option(4, "skip: times that the page is halved", low=1, high=6)
    loss: str = option(
        "crossentropy",
        "what training minimises; rmse weighs nearly clean squares as much as dirty ones",
        choices=tuple(LOSSES),
    )
    patch: int = option(64, "side of the squares to train on, in pixels", low=8, high=1024)
    stride: int = option(24, "pixels from one square to the next", low=1, high=1024)
    spotless: float = option(
        0.1, "share of clean squares, which the network learns to leave unchanged", low=0, high=1
    )
    enlarged: float = option(0.3, "share of squares enlarged up to four times", low=0, high=1)
    restained: float = option(
        0.0, "share of squares whose text is laid on the stains of another", low=0, high=1
    )
    faded: float = option(
        0.0, "share of squares whose noisy page loses contrast or gets dark", low=0, high=1
    )
    flip: bool = option(False, "mirror squares at random, down and across")
    epochs: int = option(10, "passes over the squares", low=1, high=10**6)
    batch_size: int = option(16, "examples per optimizer step", low=1, high=2**24)
    optimizer: str = option("adam", "how the weights are updated", choices=OPTIMIZERS)
    learning_rate: float = option(0.002, RATE_HELP, above=0)
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
        local=True,
    )
    strength: float = option(
        1.0, "how much to clean, from 0 (nothing) to 1 (everything)", low=0, high=1
    )
    binarize: bool = option(
        False, "write black and white, 1 bit per pixel: png, tif, pdf, bmp, gif or pbm"
    )
    force: bool = option(False, "replace existing files", local=True)
