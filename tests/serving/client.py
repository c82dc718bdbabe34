"""Starting `nnlab serve`, and asking it as a client does."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from tests.waiting import PATIENCE, wait_for

EXAMPLES = Path(__file__).parents[2] / "data" / "examples"
SEVEN = (EXAMPLES / "7.png").read_bytes()
BOUNDARY = "a-boundary"


@dataclass
class Response:
    """What the server sent back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def form(files: Mapping[str, bytes], **fields: object) -> tuple[bytes, str]:
    """Return the body and the content type of a form."""
    parts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()
        for name, value in fields.items()
    ]
    parts += [
        f'Content-Disposition: form-data; name="image"; filename="{name}"\r\n\r\n'.encode()
        + content
        for name, content in files.items()
    ]
    mark = f"--{BOUNDARY}".encode()
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"
    return body, f"multipart/form-data; boundary={BOUNDARY}"


class Server:
    """A running server.

    Attributes:
        address: Its host and port.
        page: The address that it printed.
        process: It.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self._log = log
        wait_for(lambda: "http" in log.read_text() or process.poll() is not None)
        found = re.search(r"http://\S+", log.read_text())
        assert found, log.read_text()
        self.page = found[0]
        self.address = urlsplit(self.page).netloc
        self.process = psutil.Process(process.pid)

    def log(self) -> str:
        """Return what it wrote to stderr."""
        return self._log.read_text()

    def workers(self) -> list[psutil.Process]:
        """Return the processes that answer."""
        found = []
        for one in self.process.children():
            try:
                if "nnlab.serving.worker" in one.cmdline():
                    found.append(one)
            except psutil.Error:  # it has just ended
                continue
        return found

    def connect(self) -> socket.socket:
        """Open a connection."""
        host, _, port = self.address.partition(":")
        return socket.create_connection((host, int(port)), timeout=PATIENCE)

    def send(self, data: bytes) -> bytes:
        """Send bytes as they are, and return all that comes back until the connection ends."""
        with self.connect() as connection:
            connection.sendall(data)
            received = b""
            try:
                while piece := connection.recv(65536):
                    received += piece
            except ConnectionResetError:
                pass
            return received

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Response:
        """Send a request; the names of headers have underscores for hyphens."""
        connection = http.client.HTTPConnection(self.address, timeout=PATIENCE)
        try:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, names)
            found = connection.getresponse()
            lower = {name.lower(): value for name, value in found.getheaders()}
            return Response(found.status, lower, found.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Response:
        return self.ask("GET", path, None, **headers)

    def post(self, path: str, value: object, **headers: str) -> Response:
        """Send JSON."""
        body = json.dumps(value).encode()
        sent: dict[str, Any] = {"content_type": "application/json", **headers}
        return self.ask("POST", path, body, **sent)

    def upload(self, path: str, files: Mapping[str, bytes], **fields: object) -> Response:
        """Send a form with files."""
        body, kind = form(files, **fields)
        return self.ask("POST", path, body, content_type=kind)

    def answers(self, experiment: str, *inputs: str, **options: object) -> Any:
        """Return the answers to texts."""
        found = self.post(f"/api/{experiment}", {"inputs": inputs, **options})
        assert found.status == 200, found.body
        return found.json()["answers"]


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[Server]:
    """Serve in a folder, without data sets; the server must end in peace, with all its workers."""
    hidden = ("NNLAB_DATA", "NNLAB_SERVE_TOKEN")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {"XDG_CACHE_HOME": str(folder / "no-cache"), "NNLAB_OFFLINE": "1"}
    environment |= {"TMPDIR": str(folder)}
    log = folder / "server.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "nnlab", "serve", "--port", "0", *arguments],
            cwd=folder,
            env=environment,
            stderr=errors,
        )
    try:
        server = Server(process, log)
        children = server.process.children()
        yield server
        if process.poll() is None:
            children = server.process.children(recursive=True)
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
        _, left = psutil.wait_procs(children, timeout=PATIENCE)
        assert not left, "a worker is left"
        assert not list(folder.glob("nnlab-serve-*")), "an upload is left"
    finally:
        process.kill()
        process.wait()


def until(happened: Any) -> None:
    """Wait until a condition holds that may raise errors before."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            if happened():
                return
        except (OSError, psutil.Error, http.client.HTTPException):
            pass
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)
