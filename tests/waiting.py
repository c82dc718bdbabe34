"""Waiting for other processes; how long is no measure of anything: machines may be busy."""

import time
from collections.abc import Callable

PATIENCE = 300.0
"""Seconds after which something will never happen."""


def wait_for(happened: Callable[[], object]) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)
