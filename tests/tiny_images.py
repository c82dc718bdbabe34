"""A tiny set of images, on which a training takes a second."""

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

import numpy as np

from tests.idx_files import write_idx


def write_tiny_images(folder: Path) -> tuple[Path, Path]:
    """Write an idx pair of 200 images of 8 x 8 pixels: bright left or right half, classes 3, 5."""
    rng = np.random.default_rng(0)
    labels = rng.choice(np.array([3, 5], np.uint8), 200)
    images = rng.integers(0, 60, (200, 8, 8)).astype(np.uint8)
    images[labels == 3, :, :4] += 120
    images[labels == 5, :, 4:] += 120
    paths = folder / "tiny-images-idx3-ubyte", folder / "tiny-labels-idx1-ubyte"
    write_idx(paths[0], images)
    write_idx(paths[1], labels)
    return paths


@functools.cache
def tiny_options() -> dict[str, str]:
    """Return the options that name such a pair, which lasts as long as this process."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    images, labels = write_tiny_images(folder)
    return {"images": str(images), "labels": str(labels)}


def tiny_arguments(option: str = "--") -> list[str]:
    """Return the same options for the shell; for a sweep with `option` "--set="."""
    return [f"{option}{name}={value}" for name, value in tiny_options().items()]
