"""Figures of trainings, which tests leave out unless they are about them."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from nnlab.runs.figures import draw_run


@contextmanager
def drawing() -> Iterator[None]:
    """Let trainings in the block draw their figures."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nnlab.runs.single.draw_run", draw_run)
        yield
