"""A silent watcher of runs for tests."""

import os
import signal
from collections.abc import Callable

from nnlab.datasets.store import Store
from nnlab.runs.workshop import RunObserver, Workshop


class Watcher(RunObserver):
    """Watches in silence, and interrupts with Ctrl-C at the chunk it was told."""

    def __init__(self, interrupt_at: int | None = None) -> None:
        self.chunks = 0
        self.interrupt_at = interrupt_at
        self.started: list[str] = []

    def run_started(self, title: str, epochs: int, done: int, glimpse: Callable[[], str]) -> None:
        self.started.append(title)

    def chunk_done(self, epoch: int, step: int, steps: int, means: dict[str, float]) -> None:
        self.chunks += 1
        if self.chunks == self.interrupt_at:
            os.kill(os.getpid(), signal.SIGINT)


def make_workshop(watcher: Watcher | None = None, warnings: list[str] | None = None) -> Workshop:
    """Return surroundings without data, whose warnings go into a list."""
    heard = [] if warnings is None else warnings
    return Workshop(Store(), watcher or Watcher(), heard.append)
