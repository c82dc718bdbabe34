"""One worker process, without a server."""

import asyncio

import msgspec

from nnlab.serving.messages import CheckSettings, DescribeSettings, Json, Reply
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
