"""Loading images to train a classifier on, and a pair of files to test one on."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnlab.datasets.images.digit_form import has_characters
from nnlab.datasets.images.idx_pairs import IdxFiles
from nnlab.datasets.images.labelled import load_digits, load_test_images
from nnlab.datasets.samples.digit_strokes import FORMS
from nnlab.datasets.samples.penned_digits import SIZE
from nnlab.datasets.store import Store
from nnlab.errors import UsageError
from nnlab.experiments.classify.config import ClassifyConfig
from nnlab.experiments.contract import Data, Warn
from nnlab.options import flag_name


def load_images(config: ClassifyConfig, store: Store, warn: Warn) -> Data:
    """Load labelled images and hold out validation images from the training set."""
    files = IdxFiles.of(config, transposed=config.transposed)
    if files:
        _warn_of_emnist(files.images, config.transposed, warn)
    digits = load_digits(store, config.dataset, files, config.split_seed, warn)
    facts = {
        "class_names": list(digits.class_names),
        "image_shape": digits.image_shape,
        "characters": has_characters(digits.train_images),
    }
    if config.drawn:
        _check_digits(facts)
    return Data(digits.arrays(config.validation, config.split_seed), facts, digits.source)


def load_test_pair(
    config: ClassifyConfig, facts: Mapping[str, Any], given: Mapping[str, Any], warn: Warn
) -> Data:
    """Load a pair of idx files, all of whose images are tested.

    Args:
        config: The network's settings.
        facts: What it was trained with.
        given: The options that name the files.
        warn: Receives warnings.

    Raises:
        UsageError: They do not name one pair.
        DataError: The files are missing, damaged, or not what the network reads.
    """
    files = sorted(set(given) - {"transposed"})
    if not files:
        raise UsageError("--transposed needs --images and --labels to read")
    if files not in (["images", "labels"], ["test_images", "test_labels"]):
        raise UsageError(
            "expected one pair of files, --images with --labels or --test-images with "
            f"--test-labels, got {', '.join(map(flag_name, files))}"
        )
    images_path, labels_path = (Path(given[name]) for name in files)
    height, width = facts["image_shape"]
    transposed = bool(given.get("transposed", config.transposed))
    _warn_of_emnist(images_path, transposed, warn)
    images, labels, source = load_test_images(
        images_path, labels_path, facts["class_names"], (height, width), transposed=transposed
    )
    return Data({"test_images": images, "test_labels": labels}, facts, source)


def _check_digits(facts: Mapping[str, Any]) -> None:
    """Refuse images to which no drawn digits can be added."""
    shape = tuple(facts["image_shape"])
    if facts["class_names"] != list(FORMS) or shape != (SIZE, SIZE) or not facts["characters"]:
        height, width = shape
        ink = "light" if facts["characters"] else "dark"
        raise UsageError(
            f"--drawn adds digits 0 to 9 of {SIZE}x{SIZE} pixels, light on black, but these images "
            f"have {height}x{width} pixels, {ink} ink and the classes "
            f"{', '.join(facts['class_names'])}; leave out --drawn"
        )


def _warn_of_emnist(images: Path, transposed: bool, warn: Warn) -> None:
    if not transposed and images.name.lower().startswith("emnist"):
        warn(
            f"{images.name}: EMNIST stores its images transposed; add --transposed, unless yours "
            "are upright"
        )
