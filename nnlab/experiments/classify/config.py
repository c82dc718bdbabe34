"""Options of `classify`: how it trains, and how it answers."""

from dataclasses import dataclass

from nnlab.options import option
from nnlab.training.settings import OPTIMIZERS, TrainingSettings

KERAS_LOSS = {"crossentropy": "categorical_crossentropy", "mse": "mean_squared_error"}


REPORT_PRESET = {
    "mlp": {"units": 512, "epochs": 20, "optimizer": "rmsprop", "learning_rate": 0.001},
    # Adadelta's rate was 1.0 by default in 2018; Keras 3's default of 0.001 hardly learns.
    "cnn": {"units": 128, "epochs": 12, "optimizer": "adadelta", "learning_rate": 1.0},
}


def _by_model(key: str) -> str:
    return ", ".join(f"{preset[key]} for {model}" for model, preset in REPORT_PRESET.items())


@dataclass(frozen=True, kw_only=True)
class ClassifyConfig(TrainingSettings):
    """Options of training a classifier."""

    model: str = option("mlp", "the network", choices=("mlp", "cnn"))
    loss: str = option("crossentropy", "what training minimises", choices=tuple(KERAS_LOSS))
    units: int = option(
        512,
        "neurons of each hidden dense layer",
        low=1,
        high=2**16,
        default_text=_by_model("units"),
    )
    dataset: str | None = option(
        None, "data set: mnist or sample", default_text="mnist where it can be had, else sample"
    )
    images: str | None = option(None, "file of your own images (idx, plain or gzip)", path=True)
    labels: str | None = option(None, "file of their labels", path=True)
    test_images: str | None = option(
        None, "file of images to test on", path=True, default_text="a fifth of --images"
    )
    test_labels: str | None = option(None, "file of their labels", path=True)
    transposed: bool = option(
        False, "the images are stored transposed, as in EMNIST's files: turn them upright"
    )
    validation: int = option(
        5000, "training images held out to choose the best epoch, at most a tenth", low=0
    )
    split_seed: int = option(0, "which images are held out; the same for every --seed", low=0)
    epochs: int = option(
        20, "passes over the training images", low=1, high=10**6, default_text=_by_model("epochs")
    )
    optimizer: str = option(
        "rmsprop",
        "how the weights are changed",
        choices=OPTIMIZERS,
        default_text=_by_model("optimizer"),
    )
    learning_rate: float = option(
        0.001, "size of the optimizer's steps", above=0, default_text=_by_model("learning_rate")
    )


@dataclass(frozen=True, kw_only=True)
class ClassifyQuery:
    """Options of answering."""

    top: int = option(3, "how many classes to list with --json", low=1)
    split: bool = option(False, "read each character of a picture, from left to right")
