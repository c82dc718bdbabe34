"""Options of `embed`: how it trains, and how it answers."""

from dataclasses import dataclass

from nnlab.options import option
from nnlab.training.settings import SCHEDULE_HELP, SCHEDULES, TrainingSettings


@dataclass(frozen=True, kw_only=True)
class EmbedConfig(TrainingSettings):
    """Options of training an autoencoder that lays images out in the plane."""

    letters: str | None = option(
        None, "the classes to take, such as a-i or a,e,i,o,u", default_text="all"
    )
    dataset: str | None = option(
        None,
        "data set: emnist-letters, mnist or sample",
        default_text="emnist-letters where it is found, else sample",
    )
    images: str | None = option(None, "file of your own images (idx, plain or gzip)", path=True)
    labels: str | None = option(None, "file of their labels", path=True)
    test_images: str | None = option(
        None, "file of images to test on", path=True, default_text="a fifth of --images"
    )
    test_labels: str | None = option(None, "file of their labels", path=True)
    validation: int = option(
        5000, "training images held out to choose the best epoch, at most a tenth", low=0
    )
    split_seed: int = option(0, "which images are held out; the same for every --seed", low=0)
    units: int = option(256, "neurons of the layers before and after the plane", low=1, high=2**16)
    epochs: int = option(50, "passes over the training images", low=1, high=10**6)
    batch_size: int = option(100, "examples in one step of the optimizer", low=1, high=2**24)
    learning_rate: float = option(0.006, "size of the optimizer's steps", above=0)
    schedule: str = option("cosine", SCHEDULE_HELP, choices=SCHEDULES)


@dataclass(frozen=True, kw_only=True)
class EmbedQuery:
    """Options of answering."""

    top: int = option(5, "how many of the nearest training images to list", low=1)
