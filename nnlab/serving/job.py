"""One training that a client starts."""

import contextlib
import shlex
from pathlib import Path

import msgspec

from nnlab.runs.folder import RUNS
from nnlab.serving.records import FAILED, FINISHED, Record, read


class Job(msgspec.Struct):
    """A training that waits or runs.

    Attributes:
        experiment: What to train.
        name: Its folder below ./runs/EXPERIMENT.
        arguments: Of `nnlab`.
    """

    experiment: str
    name: str
    arguments: list[str]

    @property
    def id(self) -> str:
        """What clients call the run."""
        return f"{self.experiment}/{self.name}"

    @property
    def folder(self) -> Path:
        """Where the run is."""
        return RUNS / self.experiment / self.name

    @property
    def command(self) -> str:
        """What to type for the same."""
        return shlex.join(["nnlab", *self.arguments])

    def record(self, state: str, error: str = "") -> Record:
        """Return the run as clients see it, which may not have begun."""
        found = read(self.experiment, self.name)
        if found is None:
            return Record(self.id, self.experiment, state, 0, 0, [], {}, [], self.command, error)
        if state == FAILED and found.state == FINISHED:  # it diverged, but its best weights answer
            state = FINISHED
        return msgspec.structs.replace(found, state=state, command=self.command, error=error)

    def give_up(self) -> None:
        """Remove the folder if nothing was left in it."""
        with contextlib.suppress(OSError):  # there is a run in it
            self.folder.rmdir()
