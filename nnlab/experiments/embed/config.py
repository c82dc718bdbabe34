"""Options of `embed`: how it trains, and how it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.datasets.images.idx_options import IdxOptions
from nnlab.options import option
from nnlab.training.settings import (
    MODERN,
    RATE_HELP,
    REPORT,
    SCHEDULE_HELP,
    SCHEDULES,
    TrainingSettings,
)

PRESETS: Mapping[str, Mapping[str, Any]] = {
    REPORT: {},
    MODERN: {
        "model": "contrastive",
        "epochs": 12,
        "batch_size": 512,
        "optimizer": "adam",
        "learning_rate": 0.002,
        "warmup": 0.05,
        "weight_decay": 0.02,
    },
}
"""Settings by preset."""

FARTHEST = 10**6
"""Largest coordinate of a place that the decoder is asked to draw."""


@dataclass(frozen=True, kw_only=True)
class EmbedConfig(IdxOptions, TrainingSettings):
    """Options for training a network that maps images to points in the plane."""

    model: str = option(
        "autoencoder",
        "network: an autoencoder, or convolutions that learn to tell two deformed views of an "
        "image from all other images (contrastive)",
        choices=("autoencoder", "contrastive"),
    )
    deform: float = option(
        1.0, "contrastive: how strongly to deform the views of an image", above=0, high=3
    )
    letters: str | None = option(
        None, "classes to use, such as a-i or a,e,i,o,u", default_text="all"
    )
    dataset: str | None = option(
        None,
        "data set: emnist-letters, mnist or sample",
        default_text="emnist-letters if it is on this machine, otherwise sample",
    )
    units: int = option(
        256,
        "neurons of the dense layers before and after the plane",
        low=1,
        high=2**16,
    )
    epochs: int = option(50, "passes over the training images", low=1, high=10**6)
    batch_size: int = option(100, "examples per optimizer step", low=1, high=2**24)
    learning_rate: float = option(0.006, RATE_HELP, above=0)
    schedule: str = option("cosine", SCHEDULE_HELP, choices=SCHEDULES)


@dataclass(frozen=True, kw_only=True)
class EmbedQuery:
    """Options for answering."""

    top: int = option(5, "number of nearest training images to list", low=1)


@dataclass(frozen=True, kw_only=True)
class EmbedLook:
    """Options of what leads to an answer: a place in the plane instead of an image."""

    x: float | None = option(None, "first coordinate of the place", low=-FARTHEST, high=FARTHEST)
    y: float | None = option(None, "second coordinate of the place", low=-FARTHEST, high=FARTHEST)
