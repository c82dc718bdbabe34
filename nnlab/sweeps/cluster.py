"""Runs on a Ray cluster: one that exists, or one that is started on this machine."""

import os
import shutil
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from nnlab.errors import NnlabError, UsageError
from nnlab.sweeps.executor import POLL_SECONDS
from nnlab.sweeps.task import (
    RETRIES,
    RUNS_PER_PROCESS,
    Outcome,
    Task,
    carry_out,
    threads_environment,
)
from nnlab.versions import install_command

HERE = "local"
"""Ray's address for a cluster that is started here, and ends with us."""


CONNECT_SECONDS = 10.0


class RayExecutor:
    """Carries out runs as tasks of Ray; a context, in which the connection is open.

    Args:
        address: Of a cluster, such as `ray://head:10001`; None: `$RAY_ADDRESS`, or else one that
            is started here.
        jobs: How many runs go on at once; None: as many as the cluster has cores for.
        cores: Cores of a cluster that is started here.
        threads: Cores of a run, to tell how many go on.

    Raises:
        UsageError: Ray is not installed.
        NnlabError: The cluster cannot be reached.
    """

    def __init__(
        self, address: str | None, jobs: int | None, *, cores: int, threads: int = 1
    ) -> None:
        self._ray = _import_ray()
        self._address = address or os.environ.get("RAY_ADDRESS") or HERE
        self._jobs = jobs
        self._cores = cores
        self._threads = threads
        # made once, because Ray counts a process's calls for each remote function
        limits = {"max_retries": RETRIES, "max_calls": RUNS_PER_PROCESS}
        self._remote = self._ray.remote(**limits)(_carried_out)

    def __enter__(self) -> "RayExecutor":
        _check_listening(self._address)
        if self._address == HERE and shutil.which("bash") is None:
            raise UsageError("Ray starts its processes with bash, which is not on the PATH")
        here: dict[str, Any] = {"num_cpus": self._cores, "include_dashboard": False}
        try:
            self._ray.init(
                self._address,
                log_to_driver=False,
                logging_level="ERROR",
                **(here if self._address == HERE else {}),
            )
        except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
            raise NnlabError(f"cannot use a Ray cluster at {self._address}: {error}") from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ray.shutdown()

    @property
    def places(self) -> int:
        """How many runs the cluster has cores for, now: it may grow."""
        fitting = int(self._ray.cluster_resources().get("CPU", 0)) // self._threads
        return min(fitting, self._jobs) if self._jobs else fitting

    def outcomes(
        self, tasks: Sequence[Task], stop: Callable[[], bool]
    ) -> Iterator[tuple[Task, Outcome]]:
        """Yield each run with what became of it; see `Executor`.

        A cluster that can grow does so for what waits: without `jobs` all is handed over at once.
        """
        waiting = list(reversed(tasks))
        going: dict[Any, Task] = {}
        stopping = False
        while waiting or going:
            if not stopping and stop():
                stopping = True
                waiting.clear()
                for reference in going:
                    self._ray.cancel(reference)  # the run hears it as Ctrl-C
            while waiting and (self._jobs is None or len(going) < self._jobs):
                task = waiting.pop()
                going[self._submit(task)] = task
            ended, _ = self._ray.wait(list(going), timeout=POLL_SECONDS) if going else ([], [])
            for reference in ended:
                task, outcome = going.pop(reference), self._outcome(reference)
                if not stopping or outcome.state in ("finished", "diverged"):
                    yield task, outcome

    def _submit(self, task: Task) -> Any:
        options = {
            "num_cpus": task.threads,
            "runtime_env": {"env_vars": threads_environment(task.threads)},
        }
        return self._remote.options(**options).remote(task)

    def _outcome(self, reference: Any) -> Outcome:
        try:
            outcome: Outcome = self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            first_line = str(error).strip().partition("\n")[0]
            return Outcome("failed", f"{type(error).__name__}: {first_line}")
        return outcome


def _check_listening(address: str) -> None:
    """Refuse an address where nobody is: Ray would ask there for minutes."""
    parts = urlsplit(address if "://" in address else f"ray://{address}")
    try:
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise UsageError(f"--on ray={address}: expected HOST:PORT, but {error}") from error
    if host is None or port is None:  # a word such as auto
        return
    try:
        socket.create_connection((host, port), CONNECT_SECONDS).close()
    except OSError as error:
        raise NnlabError(
            f"there is no Ray cluster at {address} ({error.strerror or error}); start one with "
            "ray start --head, or leave the address away for one on this machine"
        ) from error


def _import_ray() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is sent to anyone
    try:
        import ray
        import ray.exceptions
    except ImportError as error:
        raise UsageError(
            f"--on ray needs Ray, which is not installed; run {install_command('ray')}"
        ) from error
    return ray


def _carried_out(task: Task) -> Outcome:
    """Carry out a run; Ray stops it with SIGINT, which its processes may ignore by inheritance."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return carry_out(task)
