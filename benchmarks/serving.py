"""How `nnlab serve` bears load, slow clients and broken requests.

    python benchmarks/serving.py

Starts a server and a client on this machine, which share its cores. Requests are sent at a steady
rate over 64 connections, and each is timed from the moment it was due. Meanwhile pages are cleaned,
one after the other. Then clients come that upload slowly and leave, and requests that are broken in
many ways; the memory of the server and its workers is measured before and after.
"""

import argparse
import asyncio
import io
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from figures import add_json_option, keep
from http_client import Connection, Times, head, load, upload

EXAMPLES = Path(__file__).parents[1] / "data" / "examples"
PAGE = (540, 420)
AT_ONCE = 200
"""Slow clients, and broken requests, that come at the same time."""


@contextmanager
def server(*options: str) -> Iterator[tuple[str, psutil.Process, float]]:
    """Serve, and yield the address, the process and the seconds until the server listened."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "nnlab", "serve", "--port", "0", *options],
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
        )
        assert process.stderr is not None
        found = re.search(r"http://\S+", process.stderr.readline())
        assert found, "the server did not start"
        try:
            yield found[0], psutil.Process(process.pid), time.perf_counter() - start
        finally:
            process.terminate()
            process.wait()


def megabytes(process: psutil.Process) -> float:
    """Return the memory of the server and its workers."""
    return sum(one.memory_info().rss for one in (process, *process.children())) / 1e6


def page() -> bytes:
    """Return a stained page of the usual size."""
    from PIL import Image

    stream = io.BytesIO()
    Image.open(EXAMPLES / "noisy.png").resize(PAGE).save(stream, "PNG")
    return stream.getvalue()


async def clean_pages(address: str, until: asyncio.Event) -> Times:
    """Clean one page after the other."""
    times, connection, request = Times(), Connection(address), upload("/api/denoise", page())
    while not until.is_set():
        start = time.perf_counter()
        status, _ = await connection.ask(request)
        if status == 200:
            times.seconds.append(time.perf_counter() - start)
        else:
            times.errors += 1
        await asyncio.sleep(1)
    return times


async def pages_at_once(address: str, count: int) -> None:
    """Clean some pages at the same time."""
    request = upload("/api/denoise", page())
    await asyncio.gather(*(Connection(address).ask(request) for _ in range(count)))


async def with_pages(address: str, rate: float, seconds: float) -> tuple[Times, Times]:
    """Classify digits at a rate, and clean pages meanwhile."""
    done = asyncio.Event()
    cleaning = asyncio.create_task(clean_pages(address, done))
    digits = await classify(address, rate, seconds)
    done.set()
    return digits, await cleaning


async def classify(address: str, rate: float, seconds: float) -> Times:
    """Classify digits at a rate over 64 connections."""
    requests = [
        upload("/api/classify", (EXAMPLES / name).read_bytes(), name) for name in ("3.png", "7.png")
    ]
    return await load(address, requests, rate, seconds, connections=64)


async def slow_client(address: str, number: int) -> None:
    """Upload half of a picture, byte by byte or at once, and leave."""
    host, _, port = address.removeprefix("http://").rstrip("/").partition(":")
    try:
        _, writer = await asyncio.open_connection(host, int(port))
        request = upload("/api/classify", os.urandom(20_000))
        if number % 3:
            writer.write(request[: len(request) // 2])
        else:
            for byte in request[:40]:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.05)
        await asyncio.sleep(number % 4)
        writer.close()
    except OSError:
        return


def broken(number: int) -> bytes:
    """Return a request that is wrong in one of many ways."""
    bomb = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + (2**31 - 1).to_bytes(4, "big") * 2
    ways = (
        b"GET / HTTP/1.1\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(200),
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X: " + b"y" * 70_000 + b"\r\n\r\n",
        b"GET /playground/../../../../etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /playground/%2e%2e%2f%2e%2e%2fetc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /api HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        head("POST", "/api/classify", 10**12, "image/png") + b"x",
        head("POST", "/api/classify", -1, "image/png"),
        head("POST", "/api/add", 60_000, "application/json") + b"[" * 60_000,
        head("POST", "/api/add", 14, "application/json") + b'{"inputs": 1}\n',
        head("POST", "/api/add", 9, "application/json") + b'{"inputs"',
        head("POST", "/api/classify", 12, "multipart/form-data; boundary=x") + b"--y\r\n\r\nz--y--",
        upload("/api/classify", os.urandom(500)),
        upload("/api/classify", bomb, "../../../../tmp/bomb.png"),
        upload("/api/denoise", bomb),
        upload("/api/denoise", b"%PDF-1.7\n" + os.urandom(300), "a.pdf"),
        upload("/api/add", b"1+1"),
        b"POST /api/add HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        os.urandom(50) + b"\r\n\r\n",
    )  # fmt: skip
    return ways[number % len(ways)]


async def break_in(address: str, number: int) -> int:
    """Send a broken request; return the status, 0 if the connection was closed without one."""
    host, _, port = address.removeprefix("http://").rstrip("/").partition(":")
    writer = None
    try:
        reader, writer = await asyncio.open_connection(host, int(port))
        request = broken(number)
        writer.write(request)
        unfinished = request.startswith(b"GET") and not request.endswith(b"\r\n\r\n")
        answer = await asyncio.wait_for(reader.read(4000), 0.1 if unfinished else 30)
        return int(answer.split()[1]) if answer.startswith(b"HTTP/1.1 ") else 0
    except (OSError, TimeoutError):
        return 0
    finally:
        if writer:
            writer.close()


async def many(address: str, count: int, what: object) -> list[object]:
    """Let clients come, some at a time."""
    found: list[object] = []
    for start in range(0, count, AT_ONCE):
        numbers = range(start, min(count, start + AT_ONCE))
        found += await asyncio.gather(*(what(address, number) for number in numbers))  # type: ignore[operator]
    return found


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--slow", type=int, default=1000)
    parser.add_argument("--broken", type=int, default=10_000)
    add_json_option(parser)
    options = parser.parse_args()
    kept: dict[str, float] = {}
    with server() as (address, process, started):
        digit = upload("/api/classify", (EXAMPLES / "7.png").read_bytes())
        idle = megabytes(process)
        start = time.perf_counter()
        asyncio.run(Connection(address).ask(digit))
        first = started + time.perf_counter() - start
        _add(kept, {"start to first answer, s": first, "idle server and worker, MB": idle})
        start = time.perf_counter()
        asyncio.run(pages_at_once(address, 1))
        _add(kept, {"first page, s": time.perf_counter() - start})
        asyncio.run(pages_at_once(address, 8))
        asyncio.run(classify(address, options.rate, 3))  # all workers have started
        digits = asyncio.run(classify(address, options.rate, options.seconds))
        _add(kept, _figures("digits", digits))
        digits, pages = asyncio.run(with_pages(address, options.rate, options.seconds))
        _add(kept, _figures("digits beside pages", digits) | _figures("pages", pages))
        asyncio.run(pages_at_once(address, 8))  # workers that had nothing to do may have left
        before = megabytes(process)
        asyncio.run(many(address, options.slow, slow_client))
        statuses = asyncio.run(many(address, options.broken, break_in))
        counts = {str(one): statuses.count(one) for one in sorted(set(statuses), key=str)}
        print("statuses of broken requests:", counts)
        start = time.perf_counter()
        status, _ = asyncio.run(Connection(address).ask(digit))
        assert status == 200
        after = 1e3 * (time.perf_counter() - start)
        grown = {"memory after / before": megabytes(process) / before}
        _add(kept, {"answer after broken requests, ms": after} | grown)
    keep(options.json, kept)


def _add(kept: dict[str, float], figures: dict[str, float]) -> None:
    """Keep figures, and print them as they come."""
    for name, figure in figures.items():
        kept[name] = figure
        print(f"{name:45}{figure:>10.4g}", flush=True)


def _figures(name: str, times: Times) -> dict[str, float]:
    return {
        f"{name}, p50 ms": times.milliseconds(0.5),
        f"{name}, p99 ms": times.milliseconds(0.99),
        f"{name}, answered": len(times.seconds),
        f"{name}, errors": times.errors,
    }


if __name__ == "__main__":
    main()
