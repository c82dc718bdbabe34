"""A small HTTP client for benchmarks: many connections in one process, and broken requests too."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

LATE_SECONDS = 60.0
"""After this long a response counts as an error."""
BOUNDARY = b"benchmark"


@dataclass
class Times:
    """What happened to some requests.

    Attributes:
        seconds: How long each took that was answered with 200.
        errors: How many had another status or none.
    """

    seconds: list[float] = field(default_factory=list)
    errors: int = 0

    def milliseconds(self, share: float) -> float:
        """Return the time in which this share of the requests was answered."""
        ordered = sorted(self.seconds)
        return 1e3 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Connection:
    """A connection that is kept for many requests."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = parts.hostname, parts.port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a request and return status and body.

        Raises:
            OSError: The connection was lost.
            TimeoutError: There was no response in time.
        """
        async with asyncio.timeout(LATE_SECONDS):
            if self._streams is None:
                self._streams = await asyncio.open_connection(self._host, self._port)
            reader, writer = self._streams
            try:
                writer.write(request)
                head = await reader.readuntil(b"\r\n\r\n")
                length = _length(head)
                body = await reader.readexactly(length)
            except (asyncio.IncompleteReadError, OSError) as error:
                self.close()
                raise OSError("the connection was lost") from error
            if b"connection: close" in head.lower():
                self.close()
            return int(head.split(None, 2)[1]), body

    def close(self) -> None:
        """End the connection; the next request makes a new one."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


def upload(path: str, content: bytes, name: str = "image.png") -> bytes:
    """Return a request that uploads a file."""
    body = (
        b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="image"; filename="'
        + name.encode() + b'"\r\nContent-Type: image/png\r\n\r\n' + content
        + b"\r\n--" + BOUNDARY + b"--\r\n"
    )  # fmt: skip
    kind = b"multipart/form-data; boundary=" + BOUNDARY
    return head("POST", path, len(body), kind.decode()) + body


def head(method: str, path: str, length: int, kind: str) -> bytes:
    """Return the head of a request."""
    lines = (f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {length}")
    return "\r\n".join((*lines, f"Content-Type: {kind}", "", "")).encode()


async def load(
    address: str, requests: Sequence[bytes], rate: float, seconds: float, connections: int
) -> Times:
    """Send requests at a steady rate, and measure each from the moment it was due.

    So a server that stalls is not spared the requests of that time.

    Args:
        address: Of the server.
        requests: Sent in turn.
        rate: Requests per second.
        seconds: How long.
        connections: How many requests may be on their way at once.
    """
    times = Times()
    start = time.perf_counter()
    due = iter(range(int(rate * seconds)))

    async def work() -> None:
        connection = Connection(address)
        for number in due:
            moment = start + number / rate
            await asyncio.sleep(max(0.0, moment - time.perf_counter()))
            try:
                status, _ = await connection.ask(requests[number % len(requests)])
            except (OSError, TimeoutError):
                status = 0
            if status == 200:
                times.seconds.append(time.perf_counter() - moment)
            else:
                times.errors += 1
        connection.close()

    await asyncio.gather(*(work() for _ in range(connections)))
    return times
