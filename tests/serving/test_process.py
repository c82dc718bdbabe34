"""Worker processes, without a server."""

import asyncio

import msgspec
import pytest

from nnlab.serving import pool as pools
from nnlab.serving.messages import CheckSettings, DescribeSettings, Json, Reply
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


def test_workers_without_work_leave_even_if_one_is_asked_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pools, "IDLE_SECONDS", 0.4)

    async def sizes() -> list[int]:
        pool = Pool(3, queue=3, seconds=60, threads=1, kept=0)
        pool.open()
        question = DescribeSettings("add")
        try:
            await asyncio.gather(*(pool.ask(question) for _ in range(3)))
            while pool.size < 3:
                await asyncio.sleep(0.05)
            found = [pool.size]
            for _ in range(8):  # some of them while a worker leaves
                await asyncio.gather(asyncio.sleep(0.2), pool.ask(question))
            while pool.size:
                await asyncio.sleep(0.05)
            return [*found, pool.size]
        finally:
            await pool.close()

    assert asyncio.run(asyncio.wait_for(sizes(), 60)) == [3, 0]
