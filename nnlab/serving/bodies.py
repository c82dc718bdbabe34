"""The body of a request, as it comes: in time, and not too large."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping

from starlette.types import Message, Receive

from nnlab.serving.refusals import Refusal

NEXT_SECONDS, BODY_SECONDS = 10.0, 120.0
"""How long a client may take for the next piece of a body, and for all of it."""
BODIES = 8
"""How many bodies of the largest size may be received at the same time."""
DRAIN_SECONDS = 2.0
DRAINED = 4
"""How long the rest of a body that is refused is read, and how many times the limit: most clients
listen only when they have sent everything."""


class Body:
    """The body of a request, up to its limits.

    Args:
        receive: Where it comes from.
        most: The most bytes.
        hold: Counts bytes of all bodies together, and refuses too many.

    Attributes:
        held: How many bytes of it have come.
        ended: Whether all of it has come.
    """

    def __init__(self, receive: Receive, most: int, hold: Callable[[int], None]) -> None:
        self._receive = receive
        self._most = most
        self._hold = hold
        self.held = 0
        self.ended = False
        self._drains = True
        self._end = asyncio.get_running_loop().time() + BODY_SECONDS

    def check_length(self, asked: Mapping[str, str]) -> None:
        """Refuse a body that says it is too large, before it comes."""
        length = asked.get("content-length", "0")
        if not length.isdecimal() or int(length[:20]) > self._most:
            self._drains = length.isdecimal() and int(length[:20]) < DRAINED * self._most
            raise self._too_large()
        self.ended = "content-length" not in asked and "transfer-encoding" not in asked

    async def receive(self) -> Message:
        """Return the next piece, or that the client has gone."""
        if self.ended:  # only the end of the connection can come, however late
            return await self._receive()
        left = self._end - asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(min(NEXT_SECONDS, left)):
                message = await self._next()
        except TimeoutError as error:
            raise Refusal(408, "the request did not arrive in time") from error
        if self.held > self._most:
            raise self._too_large()
        return message

    async def drain(self) -> None:
        """Read the rest of a body for a while, so that its sender gets to the response."""
        with contextlib.suppress(TimeoutError, Refusal):
            async with asyncio.timeout(DRAIN_SECONDS):
                while self._drains and not self.ended and self.held < DRAINED * self._most:
                    await self._next()

    async def _next(self) -> Message:
        message = await self._receive()
        self.ended = not message.get("more_body", False)
        count = len(message.get("body", b""))
        self.held += count
        self._hold(count)
        return message

    def _too_large(self) -> Refusal:
        return Refusal(413, f"the request is too large; at most {self._most:,} bytes are allowed")
