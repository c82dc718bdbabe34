"""Trainings that get out of control by construction, on any processor.

From the epoch TURN on, every digit is called by the next one's name and counts WEIGHT times, so
that the loss climbs whatever was learned; or it counts NaN times, so that no loss is finite. From
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
"""The first epoch of other data, from 1."""
WEIGHT = 100
BROKEN = "broken"


@dataclass(frozen=True)
class Turning(Examples):
    """Examples of which the second half of the arrays is for the epochs from TURN on."""

    def order(self, seed: int, epoch: int) -> np.ndarray:
        rows = super().order(seed, epoch)
        half = len(self.arrays["labels"]) // 2
        return rows + np.int32(half) if epoch + 1 >= TURN else rows


def turning(examples: Examples, broken: bool) -> Turning:
    """Return the same examples with the other data behind them."""
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
def out_of_control(broken: bool = False) -> Iterator[None]:
    """Let `classify` train on turning examples inside the block."""
    known = Classify.examples

    def examples(self: Classify, config: ClassifyConfig, data: Data) -> Turning:
        return turning(known(self, config, data), broken)

    with mock.patch.object(Classify, "examples", examples):
        yield


if __name__ == "__main__":
    from nnlab.cli.main import run

    chosen = sys.argv[1:]
    is_broken = chosen[:1] == [BROKEN]
    with out_of_control(is_broken):
        sys.exit(run(chosen[is_broken:]))
