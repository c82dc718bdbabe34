from pathlib import Path

import numpy as np

from nnlab.datasets.images.digit_form import in_parts
from nnlab.datasets.images.picture_files import picture_files, read_picture
from nnlab.datasets.samples.examples import write_examples

COMMITTED = Path(__file__).parents[3] / "data" / "examples"


def test_examples_are_the_same_every_time(tmp_path: Path) -> None:
    first, again = write_examples(tmp_path / "a"), write_examples(tmp_path / "b")
    for one, other in zip(first, again, strict=True):
        assert one.read_bytes() == other.read_bytes()
        assert one.stat().st_size < 60_000


def test_the_committed_examples_match_the_generator(tmp_path: Path) -> None:
    for made in write_examples(tmp_path):
        kept = read_picture(COMMITTED / made.name).astype(int)
        assert np.abs(kept - read_picture(made)).mean() < 8  # library versions may differ a little


def test_every_example_image_can_be_read() -> None:
    paths = picture_files(COMMITTED)
    assert len(paths) >= 3
    for path in paths:
        assert in_parts(read_picture(path)).image.shape == (28, 28)
