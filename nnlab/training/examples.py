"""What the loop trains on: arrays, and the function from row numbers to a batch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Arrays = Mapping[str, Any]
"""Named arrays; inside `Examples.batch` they are tensors on the device."""

Batch = tuple[Any, Any, Any]
"""Inputs, targets, and weights per example or position (None: all count alike)."""

Measure = Callable[[Any, Any], Any]
"""(targets, outputs) to one value per example (or per weighted position), inside the graph."""


@dataclass(frozen=True)
class Examples:
    """Everything the loop needs to know of an experiment's data.

    Attributes:
        arrays: Kept on the device for the whole run, in their small form (uint8 images, integer
            texts); `batch` widens them.
        training: Row numbers (count,) of the training examples in `arrays`; kept as int32 where
            they fit.
        validation: Row numbers of the held-out examples; empty for none.
        batch: `batch(arrays, indices, seed)` gathers and converts one batch inside the graph.
            `seed` is an int32 pair made of (run seed, epoch, step), the only source of chance for
            augmentation; it is None for validation, which is never augmented.
        loss: A Keras loss or its name.
        measures: What is watched besides the loss, such as accuracy.
        monitor: The measure (or "loss") by which the best weights are chosen on `validation`.
        higher_is_better: The direction of `monitor`.
    """

    arrays: Mapping[str, np.ndarray]
    training: np.ndarray
    validation: np.ndarray
    batch: Callable[[Arrays, Any, Any], Batch]
    loss: Any
    measures: Mapping[str, Measure] = field(default_factory=dict)
    monitor: str = "loss"
    higher_is_better: bool = False

    def __post_init__(self) -> None:
        for name in ("training", "validation"):
            object.__setattr__(self, name, _narrowed(getattr(self, name)))

    def order(self, seed: int, epoch: int) -> np.ndarray:
        """Return the training rows in the order of an epoch: a pure function of (seed, epoch)."""
        return np.random.default_rng([seed, epoch]).permutation(self.training)


def _narrowed(rows: np.ndarray) -> np.ndarray:
    """Keep row numbers as int32 where they fit: there may be millions, shuffled every epoch."""
    rows = np.asarray(rows)
    fits = not rows.size or int(rows.max()) <= np.iinfo(np.int32).max
    return rows.astype(np.int32 if fits else np.int64, copy=False)
