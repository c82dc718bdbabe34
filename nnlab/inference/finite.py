"""Finite weights, in a file that anyone may have made, can still be too large to compute with."""

import numpy as np

from nnlab.errors import CheckpointError


def check_finite(output: np.ndarray) -> None:
    """Refuse an output that no answer can be made of.

    Raises:
        CheckpointError: Not all of it is finite.
    """
    if not np.isfinite(output).all():
        raise CheckpointError(
            "expected finite numbers from the network, but its weights are too large for that; "
            "answer from another checkpoint"
        )
