"""Options of `classify`: how it trains, and how it answers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.datasets.images.idx_options import IdxOptions
from nnlab.errors import UsageError
from nnlab.options import option
from nnlab.training.settings import MODERN, OPTIMIZERS, RATE_HELP, REPORT, TrainingSettings

KERAS_LOSS = {"crossentropy": "categorical_crossentropy", "mse": "mean_squared_error"}

PRESETS: Mapping[str, Mapping[str, Any]] = {
    REPORT: {},
    MODERN: {
        "model": "cnn",
        "normalize": True,
        "deform": 1.0,
        "deform_fade": 0.4,
        "choose_by": "loss",
        "label_smoothing": 0.1,
        "optimizer": "adam",
        "learning_rate": 0.003,
        "schedule": "cosine",
        "warmup": 0.05,
        "weight_decay": 0.05,
        "average": 0.05,
    },
}
"""Settings by preset."""

PRESETS_OF_MODELS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    REPORT: {
        "mlp": {"units": 512, "epochs": 20, "optimizer": "rmsprop", "learning_rate": 0.001},
        # In 2018 Adadelta's default rate was 1.0; with Keras 3's of 0.001 it hardly learns.
        "cnn": {"units": 128, "epochs": 12, "optimizer": "adadelta", "learning_rate": 1.0},
    },
    MODERN: {
        "mlp": {"units": 1024, "layers": 3, "epochs": 60},
        "cnn": {"units": 128, "filters": "64x128", "epochs": 24, "drawn": 0.2},
    },
}
"""Settings by preset and model."""

DRAWN_HELP = (
    "how many digits, drawn by nnlab in the forms of several countries, to add to the training "
    "images: 0.2 adds a fifth of their number"
)
MOST_DRAWN = 10
FILTERS = "32x96"
MOST_FILTERS = 2**12
PERMUTATION_SEED = 1
"""The permutation of pixels that is shown, and the first that `perm-test` tries."""


def _by_model(key: str, presets: Sequence[str] = (REPORT,)) -> str:
    """Say what a setting is for each model, for the help."""
    texts = [
        ", ".join(f"{values[key]} for {model}" for model, values in PRESETS_OF_MODELS[one].items())
        for one in presets
    ]
    return "; with --preset modern: ".join(texts)


@dataclass(frozen=True, kw_only=True)
class ClassifyConfig(IdxOptions, TrainingSettings):
    """Options for training a classifier."""

    model: str = option("mlp", "the network", choices=("mlp", "cnn"))
    loss: str = option("crossentropy", "what training minimises", choices=tuple(KERAS_LOSS))
    units: int = option(
        512,
        "neurons of each hidden dense layer",
        low=1,
        high=2**16,
        default_text=_by_model("units", (REPORT, MODERN)),
    )
    layers: int = option(
        2,
        "hidden dense layers of the MLP",
        low=1,
        high=100,
        default_text="2; with --preset modern: 3",
    )
    normalize: bool = option(
        False,
        "batch normalisation after the hidden layers; a CNN then also has residual connections",
    )
    filters: str = option(
        FILTERS,
        "CNN with --normalize: filters at a half of the image's height and width, and at a quarter",
        default_text=f"{FILTERS}; with --preset modern: 64x128",
    )
    deform: float = option(
        0.0,
        "how strongly to deform the training images at random; 0: not at all, 1: as much as "
        "handwriting varies between people",
        low=0,
        high=3,
    )
    deform_fade: float = option(
        0.0,
        "share of the run, at its end, in which --deform fades away",
        low=0,
        high=1,
    )
    drawn: float = option(
        0.0,
        DRAWN_HELP,
        low=0,
        high=MOST_DRAWN,
        default_text="0; with --preset modern: 0.2 for the CNN, unless --images is given",
    )
    label_smoothing: float = option(0.0, "label smoothing", low=0, high=0.9)
    dataset: str | None = option(
        None, "data set: mnist or sample", default_text="mnist if available, otherwise sample"
    )
    transposed: bool = option(False, "transpose the images, which EMNIST's files need")
    choose_by: str = option(
        "accuracy",
        "what decides on the held-out images which epoch is best; the loss is finer",
        choices=("accuracy", "loss"),
    )
    epochs: int = option(
        20,
        "passes over the training images",
        low=1,
        high=10**6,
        default_text=_by_model("epochs", (REPORT, MODERN)),
    )
    optimizer: str = option(
        "rmsprop",
        "how the weights are updated",
        choices=OPTIMIZERS,
        default_text=_by_model("optimizer"),
    )
    learning_rate: float = option(
        0.001,
        RATE_HELP,
        above=0,
        default_text=_by_model("learning_rate"),
    )

    def __post_init__(self) -> None:
        """Refuse filters that are no numbers, or of a network that has others."""
        filter_counts(self.filters)
        if self.model == "cnn" and self.filters != FILTERS and not self.normalize:
            raise UsageError("--filters needs --normalize")


def filter_counts(filters: str) -> tuple[int, int]:
    """Return what `--filters` says.

    Raises:
        UsageError: It is not two numbers from 1 to `MOST_FILTERS`.
    """
    # the network that ships was trained when a comma stood between them
    found = re.fullmatch("([0-9]{1,4})[x,]([0-9]{1,4})", filters)
    half, quarter = map(int, found.groups()) if found else (0, 0)
    if not (1 <= half <= MOST_FILTERS and 1 <= quarter <= MOST_FILTERS):
        raise UsageError(
            f"--filters: expected two numbers from 1 to {MOST_FILTERS}, such as {FILTERS}, got "
            f"{filters!r}"
        )
    return half, quarter


@dataclass(frozen=True, kw_only=True)
class ClassifyQuery:
    """Options for answering."""

    top: int = option(3, "number of classes to list with --json", low=1, json_only=True)
    split: bool = option(False, "read several characters per image, from left to right")


@dataclass(frozen=True, kw_only=True)
class ClassifyLook:
    """Options of what leads to an answer."""

    permuted: bool = option(False, "permute the pixels, always in the same way")
