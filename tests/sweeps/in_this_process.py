"""An executor that starts no processes."""

from collections.abc import Callable, Iterator, Sequence
from unittest import mock

from nnlab.sweeps.task import Outcome, Task, carry_out

Stop = Callable[[], bool]
Outcomes = Iterator[tuple[Task, Outcome]]


class InThisProcess:
    """Carries out one run after the other here, where TensorFlow is imported already."""

    places = 1

    def __enter__(self) -> "InThisProcess":
        return self

    def __exit__(self, *_: object) -> None: ...

    def outcomes(self, tasks: Sequence[Task], stop: Stop) -> Outcomes:
        for task in tasks:
            if stop():
                return
            with mock.patch("nnlab.training.backend._set_threads"):  # they cannot be changed here
                outcome = carry_out(task)
            yield task, outcome
