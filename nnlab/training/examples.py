"""What the loop trains on: arrays, and a function that turns row numbers into a batch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Arrays = Mapping[str, Any]
"""Named arrays; inside `Examples.batch` they are tensors on the device."""

Batch = tuple[Any, Any, Any]
"""Inputs, targets, and weights per example or position (None: all count alike)."""

Measure = Callable[[Any, Any], Any]
"""Computes, inside the graph, one value per example or weighted position from targets, outputs."""


@dataclass(frozen=True)
class Examples:
    """Everything the loop needs to know of an experiment's data.

    Attributes:
        arrays: Kept on the device for the whole run in a compact form (uint8 images, integer
            texts); `batch` converts them.
        training: Row numbers (count,) of the training examples in `arrays`; stored as int32 if
            they fit.
        validation: Row numbers of the held-out examples; empty for none.
        batch: `batch(arrays, indices, seed)` gathers and converts one batch inside the graph.
            `seed` is an int32 pair derived from (run seed, epoch, step), the only source of
            randomness for augmentation; it is None in validation, which is never augmented.
        loss: A Keras loss or its name.
        measures: What is measured besides the loss, such as accuracy.
        monitor: The measure (or "loss") by which the best weights are chosen on `validation`.
        higher_is_better: Whether a higher `monitor` is better.
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
        """Return the training rows in the epoch's order, which depends only on seed and epoch."""
        return np.random.default_rng([seed, epoch]).permutation(self.training)


def _narrowed(rows: np.ndarray) -> np.ndarray:
    """Store row numbers as int32 if they fit: there may be millions, shuffled every epoch."""
    rows = np.asarray(rows)
    fits = not rows.size or int(rows.max()) <= np.iinfo(np.int32).max
    return rows.astype(np.int32 if fits else np.int64, copy=False)
