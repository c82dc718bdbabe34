"""Runs in processes of this machine.

The processes are our own rather than those of `concurrent.futures`: there, one that dies takes all
others with it.
"""

import multiprocessing
import os
import signal
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import connection, resource_tracker
from types import TracebackType

from nnlab.runs.folder import RunFolder
from nnlab.sweeps.executor import POLL_SECONDS
from nnlab.sweeps.task import (
    RETRIES,
    RUNS_PER_PROCESS,
    Outcome,
    Task,
    threads_environment,
)
from nnlab.sweeps.worker import serve

LEAVE_SECONDS = 30.0
"""How long a process may take to end before it is killed."""


class LocalExecutor:
    """Carries out runs in processes beside this one; a context, which ends them all.

    Processes are spawned, never forked: a fork of a process with threads may hang.

    Args:
        jobs: How many runs go on at once.
    """

    def __init__(self, jobs: int) -> None:
        self.places = jobs
        self._idle: list[_Worker] = []
        self._busy: dict[connection.Connection, _Worker] = {}

    def __enter__(self) -> "LocalExecutor":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self._busy.values():
            worker.interrupt()
        workers = [*self._busy.values(), *self._idle]
        for worker in workers:
            worker.dismiss()
        for worker in workers:
            worker.wait()

    def outcomes(
        self, tasks: Sequence[Task], stop: Callable[[], bool]
    ) -> Iterator[tuple[Task, Outcome]]:
        """Yield each run with what became of it; see `Executor`."""
        waiting = deque(tasks)
        losses: defaultdict[RunFolder, list[str]] = defaultdict(list)
        stopping = False
        while waiting or self._busy:
            if not stopping and stop():
                stopping = True
                waiting.clear()
                for worker in self._busy.values():
                    worker.interrupt()
            while waiting and len(self._busy) < self.places:
                self._begin(waiting.popleft())
            for pipe in connection.wait(list(self._busy), POLL_SECONDS):
                task, outcome = self._end(pipe)  # type: ignore[arg-type]
                lost = losses[task.folder]
                if outcome.state != "interrupted":
                    losing = tuple(f"{task.folder.path}: {loss}; tried again" for loss in lost)
                    yield task, replace(outcome, warnings=outcome.warnings + losing)
                elif not stopping:
                    lost.append(outcome.error)
                    if len(lost) <= RETRIES:
                        waiting.appendleft(task)
                    else:
                        why = f"{lost[-1]}, {len(lost)} times; is memory short?"
                        yield task, Outcome("failed", why)

    def _begin(self, task: Task) -> None:
        worker = self._idle.pop() if self._idle else None
        if worker is not None and not worker.suits(task):
            worker.dismiss()
            worker.wait()
            worker = None
        if worker is None:
            worker = _Worker(task.threads)
        self._busy[worker.pipe] = worker
        worker.begin(task)

    def _end(self, pipe: connection.Connection) -> tuple[Task, Outcome]:
        """Take an outcome; a process that saved and ended, or died, leaves a run interrupted."""
        worker = self._busy.pop(pipe)
        outcome = worker.receive()
        if outcome is not None and outcome.state != "interrupted":
            self._idle.append(worker)
            return worker.task, outcome
        worker.dismiss()
        worker.wait()
        return worker.task, outcome or Outcome("interrupted", worker.death())


class _Worker:
    """A process that carries out runs, and the pipe to it."""

    task: Task

    def __init__(self, threads: int) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._threads = threads
        self._runs = 0
        self._interrupted = False
        self.pipe, theirs = spawn.Pipe()
        self._process = spawn.Process(target=serve, args=(theirs,), name="nnlab-run")
        resource_tracker.ensure_running()  # it would let the signals through that are held back
        with _environment(threads_environment(threads)), _signals_held():
            self._process.start()
        theirs.close()

    def suits(self, task: Task) -> bool:
        """Tell whether the process can take a task: TensorFlow's threads are set once."""
        alive = self._process.is_alive()
        return alive and task.threads == self._threads and self._runs < RUNS_PER_PROCESS

    def begin(self, task: Task) -> None:
        """Send a task; a process that died meanwhile is noticed when the outcome is taken."""
        self.task = task
        self._runs += 1
        try:
            self.pipe.send(task)
        except OSError:
            return

    def receive(self) -> Outcome | None:
        """Take the outcome; None if the process died before it was sent."""
        try:
            outcome: Outcome = self.pipe.recv()
        except (EOFError, OSError):
            return None
        return outcome

    def interrupt(self) -> None:
        """Let the run save and end; a second signal would end it without saving."""
        if not self._interrupted:
            self._interrupted = True
            self._process.terminate()

    def dismiss(self) -> None:
        """Let the process end when it has nothing to do any more."""
        self.pipe.close()

    def wait(self) -> None:
        """Wait until the process has ended."""
        self._process.join(LEAVE_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def death(self) -> str:
        """Say how the process ended."""
        code = self._process.exitcode or 0
        if code < 0:
            return f"its process was killed by signal {-code} ({signal.Signals(-code).name})"
        return f"its process ended with exit code {code}"


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    """Set variables for a process that is started meanwhile."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _signals_held() -> Iterator[None]:
    """Hold back Ctrl-C from a process that is started meanwhile, until it can take it."""
    if os.name != "posix":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
