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

BATCHES_SORTED = 50
"""How many batches are sorted by length together."""


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
        augment: `augment(inputs, seed, epoch)` changes the inputs of a training batch, inside the
            graph; `epoch` is counted from 0. None: they stay as `batch` made them.
        loss: A Keras loss or its name.
        inner_losses: Losses of what inner layers put out for a batch, by the layer's name; they
            are added to `loss`.
        measures: What is measured besides the loss, such as accuracy.
        monitor: The measure (or "loss") by which the best weights are chosen on `validation`.
        higher_is_better: Whether a higher `monitor` is better.
        lengths: Of each row of `arrays`, if examples differ in length. Batches then hold examples
            of about the same length, so that little of them is padding.
    """

    arrays: Mapping[str, np.ndarray]
    training: np.ndarray
    validation: np.ndarray
    batch: Callable[[Arrays, Any, Any], Batch]
    loss: Any
    augment: Callable[[Any, Any, Any], Any] | None = None
    inner_losses: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    measures: Mapping[str, Measure] = field(default_factory=dict)
    monitor: str = "loss"
    higher_is_better: bool = False
    lengths: np.ndarray | None = None

    def __post_init__(self) -> None:
        if self.monitor != "loss" and self.monitor not in self.measures:
            known = ["loss", *self.measures]
            raise ValueError(
                f"monitor {self.monitor!r}: expected one of {', '.join(known)}, which are measured"
            )
        for name in ("training", "validation"):
            object.__setattr__(self, name, _narrowed(getattr(self, name)))

    def order(self, seed: int, epoch: int, batch_size: int) -> np.ndarray:
        """Return the training rows in the epoch's order.

        It depends only on the seed, the epoch and, if there are `lengths`, on the batch size.
        """
        rng = np.random.default_rng([seed, epoch])
        order = rng.permutation(self.training)
        if self.lengths is None:
            return order
        return _by_length(order, self.lengths, batch_size, rng)


def _by_length(
    order: np.ndarray, lengths: np.ndarray, batch_size: int, rng: np.random.Generator
) -> np.ndarray:
    """Sort a random order by length within large blocks, and shuffle the batches that come of it.

    The last batch, which may be smaller than the others, stays at the end.
    """
    block = BATCHES_SORTED * batch_size
    blocks = [order[first : first + block] for first in range(0, len(order), block)]
    ordered = [rows[np.argsort(lengths[rows], kind="stable")] for rows in blocks]
    rows = np.concatenate([*ordered, order[:0]])
    whole = len(rows) // batch_size * batch_size
    batches = rng.permutation(rows[:whole].reshape(-1, batch_size))
    return np.concatenate([batches.reshape(-1), rows[whole:]])


def _narrowed(rows: np.ndarray) -> np.ndarray:
    """Store row numbers as int32 if they fit: there may be millions, shuffled every epoch."""
    rows = np.asarray(rows)
    fits = not rows.size or int(rows.max()) <= np.iinfo(np.int32).max
    return rows.astype(np.int32 if fits else np.int64, copy=False)
