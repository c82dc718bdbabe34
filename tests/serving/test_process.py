"""Worker processes, without a server."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from nnlab.serving import pool as pools
from nnlab.serving.messages import CheckSettings, DescribeSettings, Json, Reply, Request
from nnlab.serving.pool import Pool
from nnlab.serving.process import Process


def test_a_reply_that_nobody_waited_for_is_not_taken_for_the_next() -> None:
    async def interrupted() -> Reply:
        worker = await Process.start(threads=1)
        try:
            first = asyncio.create_task(worker.ask(DescribeSettings("add")))
            await asyncio.sleep(0)  # the request is on its way
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)
            return await worker.ask(CheckSettings("add", {"epochs": 2}))
        finally:
            await worker.dismiss()

    reply = asyncio.run(interrupted())
    assert isinstance(reply, Json)
    assert msgspec.json.decode(reply.body) == ["add", "--epochs", "2"]


@pytest.mark.parametrize("program", ["python", "nowhere"])
def test_a_start_that_fails_leaves_no_folder(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    async def started() -> None:
        starting = asyncio.create_task(Process.start(threads=1))
        if program == "nowhere":
            monkeypatch.setattr("sys.executable", str(tmp_path / "nowhere"))
            await starting
        for _ in range(3):  # until it waits for the process
            await asyncio.sleep(0)
        starting.cancel()
        await starting

    with pytest.raises((OSError, asyncio.CancelledError)):
        asyncio.run(started())
    assert not list(tmp_path.iterdir())


class Slow:
    """A worker that takes its time to work and to leave."""

    idle_since = 0.0

    def __init__(self) -> None:
        self.leaving = asyncio.Event()

    async def ask(self, request: Request) -> Reply:
        await asyncio.sleep(0.4)  # longer than one takes to leave
        return Json(b"{}")

    async def ended(self) -> None:
        await asyncio.Event().wait()

    async def dismiss(self) -> None:
        self.leaving.set()
        await asyncio.sleep(0.2)


def test_all_workers_without_work_leave_even_if_one_is_asked_while_another_leaves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pools, "IDLE_SECONDS", 0.2)

    async def watched() -> bool:
        workers: list[Slow] = []

        async def start(threads: int, *, patient: bool) -> Slow:
            workers.append(Slow())
            return workers[-1]

        monkeypatch.setattr(Process, "start", start)
        pool = Pool(2, queue=2, seconds=60, threads=1, kept=0)
        pool.open()
        question = DescribeSettings("add")
        await asyncio.gather(pool.ask(question), pool.ask(question))
        first, second = workers
        await asyncio.wait(
            [asyncio.ensure_future(one.leaving.wait()) for one in workers],
            return_when=asyncio.FIRST_COMPLETED,
        )
        await pool.ask(question)  # of the one that stays
        await asyncio.gather(first.leaving.wait(), second.leaving.wait())
        await asyncio.sleep(0.3)
        return pool.size == 0

    assert asyncio.run(asyncio.wait_for(watched(), 30))
