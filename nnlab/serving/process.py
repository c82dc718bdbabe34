"""One worker process, seen from the server."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping

from nnlab.errors import NnlabError
from nnlab.machine.priority import give_way
from nnlab.serving.messages import LENGTH_BYTES, Reply, Request, frame, length_of, reply_of

LEAVE_SECONDS = 5.0
"""How long a worker may take to end before it is killed."""
BLAS_VARIABLES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""NumPy computes small steps, in which more threads wait for one another longer than they help."""


class WorkerDied(NnlabError):  # noqa: N818 (it was killed, perhaps by us)
    """A worker ended while it was asked."""


class Process:
    """A worker process; one request at a time.

    Attributes:
        idle_since: The time of the loop at which it last had something to do.
    """

    def __init__(self, process: asyncio.subprocess.Process, folder: str) -> None:
        self._process = process
        self._folder = folder
        self._due = 0  # replies that have not been read
        self._head = b""  # of a reply whose rest has not been read
        self.idle_since = 0.0

    @classmethod
    async def start(cls, threads: int, *, patient: bool = False) -> "Process":
        """Start a worker, and wait until it takes requests.

        Args:
            threads: Of ONNX Runtime.
            patient: Whether it runs at a lower priority.

        Raises:
            WorkerDied: It did not start; its stderr, which is the server's, says why.
        """
        folder = tempfile.mkdtemp(prefix="nnlab-serve-")
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "nnlab.serving.worker", os.path.realpath(folder)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=_environment(threads),
                start_new_session=True,  # Ctrl-C is the server's business
            )
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        if patient:
            give_way(process.pid)
        worker = cls(process, folder)
        worker._due = 1  # it says when it is ready
        try:
            await worker._receive_last()
        except BaseException:
            await worker.kill()
            raise
        return worker

    async def ask(self, request: Request) -> Reply:
        """Send a request and return the reply to it, not to one that nobody waited for.

        Raises:
            WorkerDied: The process ended instead.
        """
        stdin = self._process.stdin
        assert stdin is not None
        try:
            stdin.write(frame(request))
            self._due += 1
            await stdin.drain()
        except OSError as error:
            raise WorkerDied(f"a worker ended: {error}") from error
        return await self._receive_last()

    async def _receive_last(self) -> Reply:
        """Return the last reply that is due; it may be interrupted at any time."""
        while self._due > 1:
            await self._receive()
        return await self._receive()

    async def _receive(self) -> Reply:
        stdout = self._process.stdout
        assert stdout is not None
        try:
            if not self._head:
                self._head = await stdout.readexactly(LENGTH_BYTES)
            body = await stdout.readexactly(length_of(self._head))
        except (asyncio.IncompleteReadError, OSError) as error:
            raise WorkerDied("the process that worked on the request ended") from error
        self._head = b""
        self._due -= 1
        return reply_of(body)

    async def ended(self) -> None:
        """Wait until the process has ended."""
        await self._process.wait()

    async def dismiss(self) -> None:
        """Let it end by itself; kill it if it does not."""
        stdin = self._process.stdin
        assert stdin is not None
        stdin.close()
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                await self._process.wait()
        except TimeoutError:
            pass
        await self.kill()

    async def kill(self) -> None:
        """End it at once, and remove what it kept on the disk."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def _environment(threads: int) -> Mapping[str, str]:
    limits = {**dict.fromkeys(BLAS_VARIABLES, "1"), "OMP_NUM_THREADS": str(threads)}
    return {**os.environ, **limits}
