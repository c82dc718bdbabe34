"""What a run needs from outside: where data are, who watches, where warnings go."""

from collections.abc import Callable
from dataclasses import dataclass

from nnlab.datasets.store import Store
from nnlab.experiments.contract import Warn
from nnlab.training.loop import Observer


class RunObserver(Observer):
    """Watches a whole run, not only its training; this one does nothing."""

    def run_started(self, title: str, epochs: int, done: int, glimpse: Callable[[], str]) -> None:
        """Called before training: `done` of `epochs` are behind us already.

        After each epoch `glimpse` can run the network, and tells what it makes of its task.
        """

    def stage(self, text: str) -> None:
        """Called when something other than training begins, such as scoring."""

    def run_finished(self) -> None:
        """Called when a run is over, however it ended."""


@dataclass(frozen=True)
class Workshop:
    """The surroundings of a run.

    Attributes:
        store: Finds data sets.
        observer: Watches.
        warn: Receives warnings, a line each.
        verbose: Whether TensorFlow may speak.
    """

    store: Store
    observer: RunObserver
    warn: Warn
    verbose: bool = False
