"""Running the server: a socket, workers, uvicorn, and an orderly end."""

import asyncio
import contextlib
import errno
import signal
import socket
from collections.abc import Callable, Iterator, Sequence

from nnlab.errors import NnlabError
from nnlab.interrupts import SIGNALS
from nnlab.serving.lanes import Lanes
from nnlab.serving.settings import ServeSettings

Started = Callable[[str, str | None], None]


def serve(
    settings: ServeSettings,
    names: Sequence[str] | None,
    *,
    started: Started,
    warn: Callable[[str], None],
) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Args:
        settings: How to listen, and what to allow.
        names: The networks to serve; None for all there are.
        started: Called with the address and the token, once the server answers.
        warn: Receives warnings.

    Raises:
        ImportError: A package of the extra `serve` is missing.
        NnlabError: The address is taken, or a network that was named cannot be served.
    """
    with _socket(settings.host, settings.port) as listener, contextlib.suppress(_Stopped):
        asyncio.run(_serve(settings, names, listener, started, warn))


class _Stopped(Exception):  # noqa: N818 (that is how a server ends)
    """A signal came while the server started."""


async def _serve(
    settings: ServeSettings,
    names: Sequence[str] | None,
    listener: socket.socket,
    started: Started,
    warn: Callable[[str], None],
) -> None:
    lanes = Lanes(settings)
    lanes.open()  # a worker starts while this process imports the rest
    try:
        from nnlab.serving.app import Application
        from nnlab.serving.guard import is_home, rules
        from nnlab.serving.protocol import Server

        token = settings.checked_token(is_home(settings.host) and not settings.names)
        application = Application(lanes, settings, names)
        known = rules(settings.host, settings.names, token, settings.body)
        address = _address(settings.host, listener)
        server = Server(application.asgi(known), lambda: started(address, token))
        with _stopped_by_signals(server.stop):
            for warning in await application.load():
                warn(warning)
            if settings.allow_training:
                application.jobs.open()
            try:
                await server.serve(sockets=[listener])
            finally:
                await application.jobs.close()
    except asyncio.CancelledError as error:
        raise _Stopped from error
    finally:
        await lanes.close()


def _socket(host: str, port: int) -> socket.socket:
    """Take the address, before anything is started.

    Raises:
        NnlabError: It cannot be had.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:  # the latter for a name that cannot be one
        reason = getattr(error, "strerror", None) or error
        raise NnlabError(f"cannot listen at {host}: {reason}") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        other = "--host" if error.errno == errno.EADDRNOTAVAIL else "--port"
        raise NnlabError(
            f"cannot listen at {host}, port {port}: {error.strerror}; choose another {other}"
        ) from error
    return listener


def _address(host: str, listener: socket.socket) -> str:
    """Return the address of the page; one that stands for all is written as this machine's own."""
    port = listener.getsockname()[1]
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"


@contextlib.contextmanager
def _stopped_by_signals(stop: Callable[[], bool]) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM stop the server, or its start: `stop` tells whether it has started.

    A signal that was ignored before, as for a background command of a script, stays ignored.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    numbers = [one for one in SIGNALS if signal.getsignal(one) is not signal.SIG_IGN]

    def caught() -> None:
        if not stop() and task is not None:
            task.cancel()

    with contextlib.suppress(NotImplementedError):  # Windows, where Ctrl-C cancels the task
        for number in numbers:
            loop.add_signal_handler(number, caught)
    try:
        yield
    finally:
        with contextlib.suppress(NotImplementedError):
            for number in numbers:
                loop.remove_signal_handler(number)
