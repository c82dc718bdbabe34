"""From the replies of workers to HTTP responses."""

import asyncio
import contextlib
import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Send

from nnlab.serving.media_types import type_of
from nnlab.serving.messages import Answers, Json, Made, Piece, Refused, Reply
from nnlab.serving.pool import Busy, Pool, TooSlow
from nnlab.serving.process import WorkerDied
from nnlab.serving.refusals import Refusal, busy, too_slow

JSON = "application/json"
EVENTS = "text/event-stream"

T = TypeVar("T")


def json_response(value: Any, status: int = 200) -> Response:
    """Return a response of JSON."""
    return Response(msgspec.json.encode(value), status, media_type=JSON)


async def checked(work: Awaitable[T]) -> T:
    """Return what the pool returns; say in HTTP why it cannot.

    Raises:
        Refusal: It cannot.
    """
    try:
        return await work
    except TooSlow as error:
        raise too_slow(str(error)) from error
    except (Busy, WorkerDied) as error:
        raise busy(str(error)) from error


def answer_of(reply: Reply, network: str) -> Response:
    """Return the response to a question that was answered.

    Raises:
        Refusal: It was not.
    """
    if isinstance(reply, Made):
        return _file(reply, network)
    if not isinstance(reply, Answers):
        raise refusal_of(reply)
    body = {"network": network, "answers": msgspec.Raw(reply.body), "notes": reply.notes}
    if reply.error:
        raise Refusal(422, reply.error, body=body)
    return json_response(body)


def inside_of(reply: Reply, network: str) -> Response:
    """Return the response to a question for the inside.

    Raises:
        Refusal: It was not answered.
    """
    if not isinstance(reply, Answers):
        raise refusal_of(reply)
    body = {"network": network, "inside": msgspec.Raw(reply.body), "notes": reply.notes}
    return json_response(body)


def raw_of(reply: Reply) -> msgspec.Raw:
    """Return the JSON of a reply.

    Raises:
        Refusal: There is none.
    """
    if not isinstance(reply, Json):
        raise refusal_of(reply)
    return msgspec.Raw(reply.body)


def refusal_of(reply: Reply) -> Refusal:
    """Return what a client is told of a reply that is no answer."""
    if isinstance(reply, Refused):
        return Refusal(reply.status, reply.message)
    return Refusal(500, f"a worker replied with {type(reply).__name__}")


def _file(made: Made, network: str) -> Response:
    headers = {
        "content-disposition": _disposition(made.file.name),
        "nnlab-network": quote(network),
    }
    return Response(made.file.content, media_type=type_of(made.file.name), headers=headers)


def _disposition(name: str) -> str:
    """Return the header that names a file: in ASCII for old programs, and as it is (RFC 6266)."""
    plain = re.sub(r"[^ !#-\[\]-~]", "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


class EventStream(StreamingResponse):
    """Server-sent events; when the client has gone, their source is closed at once."""

    def __init__(self, events: AsyncIterator[bytes]) -> None:
        super().__init__(events, media_type=EVENTS, headers={"x-accel-buffering": "no"})
        self._events = events

    async def stream_response(self, send: Send) -> None:
        """Send the events as they come."""
        async with contextlib.aclosing(self._events):  # type: ignore[type-var]
            await super().stream_response(send)


def event(name: str, body: bytes) -> bytes:
    """Return one event; JSON has no line breaks in it."""
    return b"event: " + name.encode() + b"\ndata: " + body + b"\n\n"


async def streamed(request: Request, pool: Pool, question: Any, network: str) -> EventStream:
    """Return the pieces of an answer as events.

    Raises:
        Refusal: There is not even a first piece.
        ClientDisconnect: The client has left before it.
    """
    pieces = pool.stream(question)
    try:
        first = await checked(while_connected(request, anext(pieces, None)))
        if isinstance(first, Refused):
            raise refusal_of(first)
    except BaseException:
        await pieces.aclose()  # gives the worker back
        raise
    return EventStream(_events(first, pieces, network))


async def _events(
    first: Piece | None, pieces: AsyncGenerator[Piece | Refused, None], network: str
) -> AsyncIterator[bytes]:
    async with contextlib.aclosing(pieces):
        try:
            piece: Piece | Refused | None = first
            while isinstance(piece, Piece):
                yield event(piece.event, piece.body)
                piece = await anext(pieces, None)
            if isinstance(piece, Refused):
                yield event("error", msgspec.json.encode({"error": piece.message}))
        except (Busy, TooSlow, WorkerDied) as error:
            yield event("error", msgspec.json.encode({"error": str(error)}))
        yield event("done", msgspec.json.encode({"network": network}))


async def while_connected(request: Request, work: Awaitable[T]) -> T:
    """Return what work returns, unless the client leaves: then a place in the queue is free.

    Raises:
        ClientDisconnect: The client has left.
    """
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
