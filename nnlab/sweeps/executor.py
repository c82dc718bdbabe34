"""What carries out the runs of a sweep."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from nnlab.sweeps.task import Outcome, Task

POLL_SECONDS = 0.2
"""How often an executor that waits looks whether it is to stop."""


class Executor(Protocol):
    """Carries out runs, several at once."""

    @property
    def places(self) -> int:
        """How many runs can go on at once."""

    def outcomes(
        self, tasks: Sequence[Task], stop: Callable[[], bool]
    ) -> Iterator[tuple[Task, Outcome]]:
        """Yield each run with what became of it, as they end.

        A run whose process dies is tried again, `RETRIES` times. Once `stop` tells to, no further
        run is begun, those that go on are asked to save and end, and the iteration ends with
        them.
        """
