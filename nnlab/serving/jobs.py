"""Trainings that clients start: one at a time, each a process of its own, the rest wait.

What waits or runs is written to a file beside the runs, so that a server that starts again goes
on with it.
"""

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections import deque
from collections.abc import Awaitable, Callable

import msgspec

from nnlab.errors import InterruptedRun, NnlabError, OutputExistsError
from nnlab.files import make_folder, replacing
from nnlab.machine.priority import give_way
from nnlab.runs.folder import RUNS, new_folder
from nnlab.runs.occupying import is_locked, locked
from nnlab.serving.job import Job
from nnlab.serving.records import (
    FAILED,
    RUNNING,
    WAITING,
    Record,
    all_runs,
    find,
    finished_networks,
    read,
)

QUEUE = RUNS / ".waiting.json"
SAVE_SECONDS = 30.0
"""How long a training may take to save and end before it is told again, and then killed."""
POLL_SECONDS = 1.0
LAST_LINES = 20
"""Lines of a training's messages that are kept."""
MOST_WAITING = 100
"""How many trainings may wait."""

log = logging.getLogger("nnlab.serving")


class TooManyError(NnlabError):
    """No more trainings may wait."""


class Jobs:
    """The trainings of this server.

    Args:
        finished: Called with the folders of networks that are trained.
    """

    def __init__(self, finished: Callable[[list[str]], Awaitable[None]]) -> None:
        self._finished = finished
        self._jobs: list[Job] = []
        self._failed: dict[str, tuple[Job, str]] = {}
        self._current: Job | None = None
        self._waits_for_other = False  # the current one goes on in a process of an earlier server
        self._stop = asyncio.Event()  # set when the current one is to stop
        self._work = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._lock = contextlib.ExitStack()

    def open(self) -> None:
        """Go on with the trainings that an earlier server left, and take new ones.

        Raises:
            NnlabError: Another server trains here, or nothing can be written here.
        """
        make_folder(RUNS)
        try:
            self._lock.enter_context(locked(RUNS))
        except OutputExistsError as error:
            raise OutputExistsError(
                f"another nnlab server trains in {RUNS}; stop it, or start this one elsewhere"
            ) from error
        with contextlib.suppress(OSError, msgspec.DecodeError):
            self._jobs.extend(msgspec.json.decode(QUEUE.read_bytes(), type=list[Job]))
        self._work.set()
        self._task = asyncio.get_running_loop().create_task(self._run_all())

    def holds(self, wanted: str) -> bool:
        """Tell whether a training waits or runs."""
        return any(one.id == wanted for one in self._jobs)

    async def runs(self) -> list[Record]:
        """Return all runs: those that wait, run or have failed first, then those in ./runs."""
        states = self._states()
        return await asyncio.to_thread(_all_records, states)

    async def run(self, wanted: str) -> Record | None:
        """Return one run; None if there is none of this id."""
        for job, *state in self._states():
            if job.id == wanted:
                return await asyncio.to_thread(job.record, *state)
        return await asyncio.to_thread(find, wanted)

    def _states(self) -> list[tuple[Job, str, str]]:
        """Return the trainings of this server, each with its state and why it failed."""
        known = [(job, RUNNING if job is self._current else WAITING, "") for job in self._jobs]
        return [*known, *((job, FAILED, error) for job, error in self._failed.values())]

    def start(self, experiment: str, arguments: list[str]) -> Record:
        """Let a training wait for its turn, in a folder of its own.

        Args:
            experiment: What to train.
            arguments: Of `nnlab`, checked.

        Raises:
            NnlabError: Nothing can be written.
        """
        folder = new_folder(RUNS, experiment)
        job = Job(experiment, folder.name, [*arguments, "--out", str(folder)])
        self._add(job)
        self._failed.pop(job.id, None)  # of an earlier training, which left no folder
        return job.record(WAITING)

    def resume(self, run: Record) -> Record:
        """Let a run that was stopped, or has failed, wait for its turn.

        Raises:
            NnlabError: Nothing can be written.
        """
        failed = self._failed.get(run.id)
        name = run.id.removeprefix(f"{run.experiment}/")
        job = Job(run.experiment, name, ["resume", str(RUNS / run.id)])
        if failed and not read(job.experiment, job.name):  # it never began
            job = failed[0]
            make_folder(job.folder)
        self._add(job)
        self._failed.pop(run.id, None)
        return job.record(WAITING)

    def stop(self, wanted: str) -> bool:
        """Stop a training, which saves first, or take it out of the queue.

        Returns:
            Whether it is one of this server's. A process that an earlier server left goes on, and
            nothing waits for it any more.
        """
        job = next((one for one in self._jobs if one.id == wanted), None)
        if job is None:
            return False
        if job is not self._current:
            self._remove(job)
            return True
        self._stop.set()
        return not self._waits_for_other

    async def close(self) -> None:
        """Let the training save and end; it goes on when a server starts again."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._lock.close()

    def _add(self, job: Job) -> None:
        try:
            if len(self._jobs) > MOST_WAITING:
                raise TooManyError("too many trainings wait; try again later")
            self._keep(job)
        except BaseException:
            job.give_up()
            raise
        self._jobs.append(job)
        self._work.set()

    def _remove(self, job: Job) -> None:
        self._jobs.remove(job)
        job.give_up()
        try:
            self._keep()
        except (NnlabError, OSError) as error:
            # The file still names it: the next server finds the run finished, or goes on.
            log.warning("%s", error)

    def _keep(self, *further: Job) -> None:
        """Write down what waits or runs."""
        jobs = [*self._jobs, *further]
        if not jobs:
            QUEUE.unlink(missing_ok=True)
            return
        with replacing(QUEUE) as temporary:
            temporary.write_bytes(msgspec.json.encode(jobs))

    async def _run_all(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            while self._jobs:
                await self._carry_out(self._jobs[0])

    async def _carry_out(self, job: Job) -> None:
        self._current = job
        self._waits_for_other = False
        self._stop.clear()
        try:
            error = await self._run(job)
            if networks := finished_networks(job.experiment, job.name):
                await self._finished(networks)  # who sees the run finished can ask it
        except Exception:  # whatever it is, the others have their turn
            log.exception("the training %s", job.id)
            error = "the server failed at this training; its log says why"
        self._current = None
        self._remove(job)
        if error and not self._stop.is_set():
            self._failed[job.id] = (job, error)

    async def _run(self, job: Job) -> str:
        """Train; return why it failed, or nothing."""
        while is_locked(job.folder):  # an earlier server was killed, but not its training
            self._waits_for_other = True
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._stop.wait()
                    return ""
        self._waits_for_other = False
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "nnlab", *job.arguments, "--quiet"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                env={**os.environ, "NO_COLOR": "1"},
                start_new_session=True,  # Ctrl-C is the server's business
            )
        except OSError as error:
            return f"the training cannot be started: {error}"
        give_way(process.pid)  # whoever asks a network goes first
        stopping = asyncio.ensure_future(self._stop_when_asked(process))
        try:
            messages = await _last_lines(process)
            code = await process.wait()
        finally:
            stopping.cancel()
            await _end(process)
        if code in (0, InterruptedRun.exit_code, -signal.SIGTERM):  # the last: before it began
            return ""
        words = [line.removeprefix("error: ") for line in messages if line.strip()]
        return words[-1] if words else f"it ended with code {code}"

    async def _stop_when_asked(self, process: asyncio.subprocess.Process) -> None:
        await self._stop.wait()
        await _end(process)


def _all_records(states: list[tuple[Job, str, str]]) -> list[Record]:
    own = {job.id: job.record(*state) for job, *state in states}
    return [*own.values(), *(one for one in all_runs() if one.id not in own)]


async def _last_lines(process: asyncio.subprocess.Process) -> list[str]:
    assert process.stderr is not None
    lines: deque[str] = deque(maxlen=LAST_LINES)
    while True:
        try:
            line = await process.stderr.readline()
        except ValueError:  # longer than the reader allows
            continue
        if not line:
            return list(lines)
        lines.append(line.decode(errors="replace").rstrip())


async def _end(process: asyncio.subprocess.Process) -> None:
    """Let a training save and end; remind it, because an import may swallow the first; kill it."""
    # not SIGINT: the processes of a server that a script started in the background ignore it
    for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
        if process.returncode is None:
            process.send_signal(number)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SAVE_SECONDS):
                await process.wait()
                return
