"""Options that name the user's own images, shared by the experiments with images in classes."""

from dataclasses import dataclass

from nnlab.options import option


@dataclass(frozen=True, kw_only=True)
class IdxOptions:
    """Which idx files to train and test on, and how many images to hold out."""

    images: str | None = option(None, "your own images in an idx file, plain or gzip", path=True)
    labels: str | None = option(None, "labels of --images, in an idx file", path=True)
    test_images: str | None = option(
        None, "images to test on, in an idx file", path=True, default_text="a fifth of --images"
    )
    test_labels: str | None = option(None, "labels of --test-images, in an idx file", path=True)
    validation: int = option(
        5000, "training images held out to choose the best epoch; at most a tenth of them", low=0
    )
    split_seed: int = option(0, "chooses the held-out images, independent of --seed", low=0)
