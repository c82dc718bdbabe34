"""uvicorn, with limits that it lacks: on slow requests, slow readers and connections."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from nnlab.serving.guard import LONGEST_HEAD

HEAD_SECONDS = 10.0
"""How long a client may take to send the head of a request, or the rest of one that is answered."""
READ_SECONDS = 30.0
"""How long a client may read nothing of a response."""
KEEP_SECONDS = 15
"""How long a connection is kept without a request."""
GRACE_SECONDS = 3
"""How long answers may take to end when the server stops."""
CONNECTIONS = 2000
FILES = CONNECTIONS + 200
"""Descriptors to ask the system for: each connection needs one."""
BACKLOG = 1024


class Server(uvicorn.Server):
    """A server of an application.

    Args:
        app: The application.
        announce: Called when connections are accepted.
    """

    def __init__(self, app: ASGIApp, announce: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                loop="asyncio",
                http=Protocol,
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="critical",  # it would warn of every malformed request
                access_log=False,
                server_header=False,
                proxy_headers=False,
                limit_concurrency=min(CONNECTIONS, _descriptors() - FILES + CONNECTIONS),
                backlog=BACKLOG,
                timeout_keep_alive=KEEP_SECONDS,
                timeout_graceful_shutdown=GRACE_SECONDS,
                h11_max_incomplete_event_size=LONGEST_HEAD,
            )
        )
        self._announce = announce

    async def startup(self, sockets: Any = None) -> None:
        """Accept connections."""
        await super().startup(sockets)
        self._announce()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to whoever runs the server."""
        yield

    def stop(self) -> bool:
        """End soon, and at once if called again; return whether it has started."""
        self.force_exit = self.should_exit
        self.should_exit = True
        return self.started


class Protocol(H11Protocol):
    """A connection that ends if its client is too slow."""

    _slow: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._watch_head()

    def data_received(self, data: bytes) -> None:
        """Read a piece of a request."""
        super().data_received(data)
        self._watch_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        for timer in (self._slow, self._stalled):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Wait for the client to read."""
        super().pause_writing()
        self._end_in(READ_SECONDS)

    def resume_writing(self) -> None:
        """Go on, because the client has read."""
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()

    def on_response_complete(self) -> None:
        """Wait for the next request, or for the client to read the end of the last response."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._end_in(READ_SECONDS)

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection without requests, even if its client reads nothing."""
        super().timeout_keep_alive_handler()
        self._end_in(READ_SECONDS)

    def _watch_head(self) -> None:
        """Start the clock where a request begins, and stop it where its head is complete."""
        begun = self.conn.their_state is h11.IDLE
        ignored = self.conn.our_state is h11.DONE and self.conn.their_state is h11.SEND_BODY
        if not begun and not ignored:
            if self._slow is not None:
                self._slow.cancel()
                self._slow = None
        elif self._slow is None:
            self._slow = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _end_in(self, seconds: float) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
        self._stalled = self.loop.call_later(seconds, self.transport.abort)


def _descriptors() -> int:
    """Return how many files the process may have open, after asking for enough."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < FILES:
        wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return FILES if soft == resource.RLIM_INFINITY else min(FILES, soft)
