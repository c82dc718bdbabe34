"""Workers: bounded in number, in time and in what waits for them; none outlives the server."""

import contextlib
import io
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image

from nnlab.machine.priority import NICENESS
from nnlab.serving.messages import LENGTH_BYTES, Stop, frame
from tests.serving.client import EXAMPLES, SEVEN, Server, serving, until
from tests.waiting import PATIENCE

LONG = {"inputs": ["a"], "length": 10_000_000}
"""A text that no worker ever finishes."""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve with one worker, one place in the queue and a time limit."""
    options = ("--workers", "1", "--queue", "1", "--time-limit", "4s")
    with serving(tmp_path_factory.mktemp("small"), "textgen", "add", *options) as server:
        yield server


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Return the results of calls that are made at the same time."""
    results: list[Any] = [None] * len(calls)

    def call(number: int) -> None:
        results[number] = calls[number]()

    threads = [threading.Thread(target=call, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def metric(server: Server, name: str, lane: str = "") -> float:
    """Return a number that the server counts, of one pool of workers or of both together."""
    lines = server.get("/metrics").body.decode().splitlines()
    start = f'{name}{{lane="{lane}'
    return sum(float(line.split()[1]) for line in lines if line.startswith(start))


def begin_stream(server: Server) -> socket.socket:
    """Ask for a text without end, and return the connection once it streams."""
    connection = server.connect()
    body = json.dumps(LONG)
    head = (
        f"POST /api/textgen HTTP/1.1\r\nHost: {server.address}\r\nAccept: text/event-stream\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    connection.sendall((head + body).encode())
    read_until(connection, b"event: piece")
    return connection


def read_until(connection: socket.socket, mark: bytes) -> bytes:
    """Return what comes, up to and with a mark."""
    received = b""
    while mark not in received:
        piece = connection.recv(65536)
        assert piece, received
        received += piece
    return received


def test_a_request_beyond_the_time_limit_is_stopped_and_the_next_one_is_answered(
    small: Server,
) -> None:
    lost = metric(small, "nnlab_workers_lost")
    found = small.post("/api/textgen", LONG)
    assert found.status == 504
    assert "retry-after" not in found.headers  # it would take as long again
    assert "longer than 4 s" in found.json()["error"]
    assert small.answers("add", "1+1")[0]["answer"] == "2"
    assert metric(small, "nnlab_workers_lost") == lost + 1


def test_a_stream_beyond_the_time_limit_ends_with_an_error(small: Server) -> None:
    found = small.post("/api/textgen", LONG, accept="text/event-stream")
    assert found.status == 200
    *_, error, done = found.body.decode().strip().split("\n\n")
    assert "longer than 4 s" in error
    assert done.startswith("event: done")
    assert small.answers("add", "1+1")[0]["answer"] == "2"


def test_what_does_not_fit_into_the_queue_is_refused_at_once(small: Server) -> None:
    with begin_stream(small):
        found = at_once(*[lambda: small.post("/api/add", {"inputs": ["1+1"]})] * 4)
        refused = [one for one in found if one.status == 503]
        assert len(refused) >= 3
        assert all("retry-after" in one.headers for one in refused)
        assert small.get("/healthz").status == 200  # needs no worker
    until(lambda: small.post("/api/add", {"inputs": ["1+1"]}).status == 200)


def test_a_client_that_leaves_stops_its_stream(small: Server) -> None:
    lost = metric(small, "nnlab_workers_lost")
    (worker,) = small.workers()
    begin_stream(small).close()
    assert small.answers("add", "1+1")[0]["answer"] == "2"
    assert small.workers() == [worker]  # it was not killed for that
    assert metric(small, "nnlab_workers_lost") == lost


def test_replies_to_clients_that_have_left_reach_nobody_else(small: Server) -> None:
    for _ in range(20):  # some leave while the worker makes a piece, some while it waits
        begin_stream(small).close()
        assert small.answers("add", "1+1")[0]["answer"] == "2"


def test_a_client_that_leaves_gives_up_its_place_in_the_queue(small: Server) -> None:
    with begin_stream(small):
        waiting = small.connect()
        waiting.sendall(
            b"POST /api/add HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b'Content-Length: 19\r\n\r\n{"inputs": ["1+1"]}'
        )
        until(lambda: metric(small, "nnlab_requests_waiting") == 1)
        waiting.close()
        until(lambda: metric(small, "nnlab_requests_waiting") == 0)


def test_only_the_request_of_a_killed_worker_fails(small: Server) -> None:
    def kill() -> None:
        until(lambda: metric(small, "nnlab_workers_busy") == 1)
        small.workers()[0].kill()

    until(lambda: metric(small, "nnlab_workers_busy") == 0)  # nothing of an earlier test is left
    found, _ = at_once(lambda: small.post("/api/textgen", LONG), kill)
    assert found.status == 503
    assert small.answers("add", "1+1")[0]["answer"] == "2"


def test_a_stream_of_a_killed_worker_ends_with_an_error(small: Server) -> None:
    with begin_stream(small) as connection:
        small.workers()[0].kill()
        assert b"event: error" in read_until(connection, b"event: done")


def test_no_request_fails_because_an_idle_worker_was_killed(small: Server) -> None:
    small.answers("add", "1+1")
    (worker,) = small.workers()
    worker.kill()
    until(lambda: small.workers() not in ([], [worker]))  # there is always one
    assert small.answers("add", "1+1")[0]["answer"] == "2"


def folders(server: Server) -> list[str]:
    """Return the private folder of each worker; one that has just been killed has none."""
    found = []
    for worker in server.workers():
        with contextlib.suppress(psutil.Error):
            found += worker.cmdline()[-1:]
    return found


def test_uploads_of_a_killed_worker_are_removed(small: Server) -> None:
    (worker,) = small.workers()
    (folder,) = folders(small)
    worker.kill()
    until(lambda: folders(small) not in ([], [folder]))
    assert not Path(folder).exists()


def test_more_workers_start_when_there_is_more_to_do(server: Server) -> None:
    calls = [lambda: server.upload("/api/classify", {"7.png": SEVEN}).status] * 30
    assert set(at_once(*calls)) == {200}
    until(lambda: metric(server, "nnlab_workers", "short") == 2)


def test_a_sum_does_not_wait_for_a_page(tmp_path: Path) -> None:
    large = io.BytesIO()
    Image.open(EXAMPLES / "noisy.png").resize((1200, 1500)).save(large, "PNG")
    page = {"page.png": large.getvalue()}
    with serving(tmp_path, "denoise", "add", "--workers", "1", "--time-limit", "5m") as server:
        (quick,) = server.workers()
        server.answers("add", "1+1")
        ends = {}

        def clean() -> None:
            assert server.upload("/api/denoise", page).status == 200
            ends["page"] = time.monotonic()

        def add() -> None:
            until(lambda: metric(server, "nnlab_workers_busy") == 1)
            assert server.answers("add", "1+1")[0]["answer"] == "2"
            ends["sum"] = time.monotonic()

        at_once(clean, add)
        assert ends["sum"] < ends["page"]
        (patient,) = [one for one in server.workers() if one != quick]
        assert patient.nice() == min(19, quick.nice() + NICENESS)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_the_server(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path, "textgen") as server:
        with begin_stream(server):
            children = server.process.children(recursive=True)
            assert children
            server.process.send_signal(number)
            _, left = psutil.wait_procs([server.process, *children], timeout=60)
            assert not left
        assert not list(tmp_path.glob("nnlab-serve-*"))


def test_a_worker_whose_server_ends_in_the_middle_of_an_answer_removes_its_folder(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    command = [sys.executable, "-m", "nnlab.serving.worker", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        assert worker.stdout.read(LENGTH_BYTES)
        worker.stdout.close()  # nobody reads the reply any more, though stdin is open
        worker.stdin.write(frame(Stop()))
        worker.stdin.flush()
        assert worker.wait(timeout=PATIENCE) == 0
    assert not folder.exists()
