"""Trainings that are made to diverge, on any processor.

From epoch TURN on, every digit has the label of the next one and weighs WEIGHT times as much, so
that the loss climbs whatever was learned; or it weighs NaN, so that the loss is not finite. From
the shell:

    python -m tests.training.climbing classify --dataset sample ...
"""

import contextlib
import dataclasses
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unittest import mock

import numpy as np

from nnlab.experiments.classify import Classify
from nnlab.experiments.classify.config import ClassifyConfig
from nnlab.experiments.contract import Data
from nnlab.training.examples import Arrays, Batch, Examples

if TYPE_CHECKING:
    import tensorflow as tf

TURN = 5
"""The first epoch with the other data, counted from 1."""
WEIGHT = 100
BROKEN = "broken"


@dataclass(frozen=True)
class Turning(Examples):
    """Examples that use the second half of their arrays from epoch TURN on."""

    def order(self, seed: int, epoch: int, batch_size: int) -> np.ndarray:
        rows = super().order(seed, epoch, batch_size)
        half = len(self.arrays["labels"]) // 2
        return rows + np.int32(half) if epoch + 1 >= TURN else rows


def turning(examples: Examples, broken: bool) -> Turning:
    """Return the same examples with the other data appended."""
    images, labels = (examples.arrays[name] for name in ("images", "labels"))
    others = (labels + 1) % (labels.max() + 1)
    half = len(labels)

    def batch(arrays: Arrays, indices: "tf.Tensor", seed: "tf.Tensor") -> Batch:
        import tensorflow as tf

        inputs, targets, weights = examples.batch(arrays, indices, seed)
        times = tf.where(indices >= half, np.float32(np.nan if broken else WEIGHT), 1)
        return inputs, targets * tf.reshape(times, (-1, 1)), weights

    fields = {field.name: getattr(examples, field.name) for field in dataclasses.fields(examples)}
    arrays = {
        "images": np.concatenate([images, images]),
        "labels": np.concatenate([labels, labels if broken else others]).astype(labels.dtype),
    }
    return Turning(**{**fields, "arrays": arrays, "batch": batch})


@contextlib.contextmanager
def diverging(broken: bool = False, only_seed: int | None = None) -> Iterator[None]:
    """Make `classify` train on turning examples inside the block, or only runs with one seed."""
    known = Classify.examples

    def examples(self: Classify, config: ClassifyConfig, data: Data) -> Examples:
        usual = known(self, config, data)
        return usual if only_seed not in (None, config.seed) else turning(usual, broken)

    with mock.patch.object(Classify, "examples", examples):
        yield


if __name__ == "__main__":
    from nnlab.cli.main import run

    chosen = sys.argv[1:]
    is_broken = chosen[:1] == [BROKEN]
    with diverging(is_broken):
        sys.exit(run(chosen[is_broken:]))
