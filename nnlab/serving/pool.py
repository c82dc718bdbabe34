"""The workers: a bounded number of processes, and a bounded queue before them."""

import asyncio
import contextlib
import itertools
from collections import deque
from collections.abc import AsyncGenerator, Coroutine
from typing import Any

from nnlab.errors import NnlabError
from nnlab.serving.messages import Next, Piece, Refused, Reply, Request, Stop
from nnlab.serving.process import Process, WorkerDied

IDLE_SECONDS = 60.0
"""After this long without work, workers leave, except those that are kept."""
STOP_SECONDS = 2.0
"""How long a worker may take to end a stream before it is killed."""


class Busy(NnlabError):  # noqa: N818 (it is not a mistake)
    """All workers are busy and the queue is full, or the wait in it took too long."""


class TooSlow(NnlabError):  # noqa: N818 (as above)
    """A request took longer than the time limit."""


class Pool:
    """Worker processes that share the requests among them.

    Args:
        workers: The most processes.
        queue: The most requests that wait for one of them.
        seconds: The time limit of a request.
        threads: Of ONNX Runtime, per process.
        kept: How many workers are kept without work.
        patient: Whether they run at a lower priority.

    Attributes:
        lost: How many workers ended in the middle of a request, killed for its time or otherwise.
    """

    def __init__(
        self,
        workers: int,
        queue: int,
        seconds: float,
        threads: int,
        *,
        kept: int = 1,
        patient: bool = False,
    ) -> None:
        self._most = workers
        self._queue = queue
        self._seconds = seconds
        self._threads = threads
        self._kept = kept
        self._patient = patient
        self._processes: set[Process] = set()
        self._idle: list[Process] = []
        self._starting = 0
        self._waiting: deque[asyncio.Future[Process]] = deque()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False
        self.lost = 0

    @property
    def waiting(self) -> int:
        """How many requests wait for a worker."""
        return len(self._waiting)

    @property
    def size(self) -> int:
        """How many workers there are."""
        return len(self._processes)

    @property
    def busy(self) -> int:
        """How many workers have something to do."""
        return len(self._processes) - len(self._idle)

    def open(self) -> None:
        """Start the workers that are kept, and watch all of them from now on."""
        self._start_if_needed(self._kept)
        self._in_background(self._dismiss_idle())

    async def ask(self, request: Request, seconds: float | None = None) -> Reply:
        """Let a worker reply to a request.

        A client that no longer waits does not interrupt a worker.

        Args:
            request: For the worker.
            seconds: The time limit, if it is not that of the pool.

        Raises:
            Busy: There is no room in the queue.
            TooSlow: It took too long.
            WorkerDied: The worker ended.
        """
        limit = seconds or self._seconds
        worker = await self._acquire(limit)
        return await asyncio.shield(self._in_background(self._asked(worker, request, limit)))

    async def stream(self, request: Request) -> AsyncGenerator[Piece | Refused, None]:
        """Yield the pieces of an answer; the worker makes the next one when it is asked for.

        Raises:
            Busy: There is no room in the queue.
            TooSlow: It took too long.
            WorkerDied: The worker ended.
        """
        worker = await self._acquire(self._seconds)
        end = asyncio.get_running_loop().time() + self._seconds
        ended = False
        try:
            for message in itertools.chain([request], itertools.repeat(Next())):
                async with asyncio.timeout_at(end):
                    reply = await worker.ask(message)
                ended = not isinstance(reply, Piece)
                if isinstance(reply, Piece | Refused):
                    yield reply
                if ended:
                    return
        except TimeoutError as error:
            raise TooSlow(_too_slow(self._seconds)) from error
        finally:
            if ended:
                self._release(worker)
            else:
                self._in_background(self._stopped(worker))

    async def close(self) -> None:
        """End all workers, and with them what they are doing."""
        self._closed = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for waiting in self._waiting:
            waiting.cancel()
        await asyncio.gather(*(worker.dismiss() for worker in self._processes))

    async def _asked(self, worker: Process, request: Request, seconds: float) -> Reply:
        try:
            async with asyncio.timeout(seconds):
                reply = await worker.ask(request)
        except Exception as error:  # whatever it is, the place must not stay taken
            await self._lose(worker)
            if isinstance(error, TimeoutError):
                raise TooSlow(_too_slow(seconds)) from error
            raise
        self._release(worker)
        return reply

    async def _stopped(self, worker: Process) -> None:
        """End a stream whose client has gone, or that took too long."""
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await worker.ask(Stop())
        except (TimeoutError, WorkerDied):
            await self._lose(worker)
        else:
            self._release(worker)

    async def _acquire(self, seconds: float) -> Process:
        if self._idle:
            return self._idle.pop()
        if len(self._waiting) >= self._queue:
            raise Busy("too many requests are waiting; try again later")
        free: asyncio.Future[Process] = asyncio.get_running_loop().create_future()
        self._waiting.append(free)
        self._start_if_needed(len(self._waiting))
        try:
            async with asyncio.timeout(seconds):
                return await free
        except BaseException as error:
            if free.done() and not free.cancelled() and not free.exception():
                self._release(free.result())  # it came too late
            if isinstance(error, TimeoutError):
                raise Busy("all workers were busy for too long; try again later") from error
            raise
        finally:
            with contextlib.suppress(ValueError):
                self._waiting.remove(free)

    def _release(self, worker: Process) -> None:
        """Give a worker to the first that waits for one."""
        if worker not in self._processes:  # it has ended
            return
        worker.idle_since = asyncio.get_running_loop().time()
        while self._waiting:
            free = self._waiting.popleft()
            if not free.done():
                free.set_result(worker)
                return
        self._idle.append(worker)

    def _start_if_needed(self, wanted: int) -> None:
        """Start workers until as many are on their way as requests wait, or all there may be."""
        room = self._most - len(self._processes) - self._starting
        for _ in range(min(room, wanted - self._starting)):
            self._starting += 1
            self._in_background(self._start())

    async def _start(self) -> None:
        try:
            worker = await Process.start(self._threads, patient=self._patient)
        except Exception as error:  # whatever it is, those who wait must be told
            self._starting -= 1
            self._fail_first(WorkerDied(f"no worker could be started: {error}"))
            return
        self._starting -= 1
        self._processes.add(worker)
        self._in_background(self._watch(worker))
        self._release(worker)

    def _fail_first(self, error: NnlabError) -> None:
        """Tell the first waiting request why it gets no worker, and try again for the others."""
        while self._waiting:
            free = self._waiting.popleft()
            if not free.done():
                free.set_exception(error)
                break
        self._start_if_needed(len(self._waiting))

    async def _watch(self, worker: Process) -> None:
        """Notice the end of a worker, even of an idle one, and replace one that is kept."""
        await worker.ended()
        self._forget(worker)
        await worker.kill()

    async def _lose(self, worker: Process) -> None:
        self.lost += 1
        self._forget(worker)
        await worker.kill()

    def _forget(self, worker: Process) -> None:
        self._processes.discard(worker)
        if worker in self._idle:
            self._idle.remove(worker)
        if not self._closed:
            self._start_if_needed(max(len(self._waiting), self._kept - len(self._processes)))

    async def _dismiss_idle(self) -> None:
        """Let workers leave that have had nothing to do for long, except those that are kept."""
        while True:
            await asyncio.sleep(IDLE_SECONDS / 4)
            now = asyncio.get_running_loop().time()
            for worker in list(self._idle):
                tired = worker in self._idle and now - worker.idle_since > IDLE_SECONDS
                if tired and len(self._processes) > self._kept:
                    self._idle.remove(worker)
                    self._processes.discard(worker)
                    await worker.dismiss()

    def _in_background(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # the client that would have been told may have gone


def _too_slow(seconds: float) -> str:
    return f"the request took longer than {seconds:g} s and was stopped; ask for less"
