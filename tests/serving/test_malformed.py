"""Requests that are broken in many ways: each gets an answer, and none harms the server."""

import io
import struct
import zlib
from pathlib import Path

import pytest

from tests.serving.client import BOUNDARY, SEVEN, Server, form

JSON = "application/json"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


def png(width: int, height: int, rows: bytes = b"") -> bytes:
    """Return a grey PNG of any size, with whatever pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + checksum

    size = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    signature = b"\x89PNG\r\n\x1a\n"
    return (
        signature + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", JSON, 400),
        (b"{", JSON, 400),
        (b"[]", JSON, 400),
        (b"[" * 100_000, JSON, 400),
        (b'{"inputs": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", JSON, 400),
        (b'{"inputs": "1+1"}', JSON, 400),
        (b'{"inputs": [1]}', JSON, 400),
        (b'{"input": ["1+1"]}', JSON, 400),
        (b'{"inputs": ["\xff"]}', JSON, 400),
        (b'{"inputs": ["\\ud800"]}', JSON, 400),
        (b'{"inputs": []}', JSON, 400),
        (b'{"inputs": ["1+1"], "base": "10"}', JSON, 400),
        (b'{"inputs": ["1+1"], "base": null}', JSON, 400),
        (b'{"inputs": ["1+1"], "check": 1}', JSON, 400),
        (b'{"inputs": ["1+1"], "check": [1]}', JSON, 400),
        (b'{"inputs": ["1+1"], "base": 99999999999999999999999}', JSON, 400),
        (b'{"inputs": ["1+1"], "base": 1e999}', JSON, 400),
        (b'{"inputs": ["1+1"], "nothing": 1}', JSON, 400),
        (b'{"inputs": ["1+1"], "network": 1}', JSON, 400),
        (b'{"inputs": ["1+1"], "preset": "old"}', JSON, 422),
        (b'{"inputs": ["' + b"1" * 20_000 + b'"]}', JSON, 413),
        (b'{"inputs": [' + b'"1+1",' * 1000 + b'"1+1"]}', JSON, 413),
        (b"inputs=1%2B1", "application/x-www-form-urlencoded", 415),
        (b"1+1", "text/plain", 415),
        (b'{"inputs": ["1+1"]}', "", 415),
        (b'{"inputs": ["1+1"]}', "application/json; charset=punycode", 415),
        (b'{"inputs": ["1+1"]}', "application/json; charset=utf-7; a=utf-8", 415),
        (form({}, inputs="1+1")[0], f"{FORM}; charset=punycode; a=utf-8", 415),
        (b"", FORM, 400),
        (b"no form", FORM, 400),
        (b"--" + BOUNDARY.encode() + b"\r\n\r\nx", FORM, 400),
        (b"x", "multipart/form-data", 400),
        (b"x", "multipart/form-data; boundary=" + "b" * 300, 400),
        (form({}, **{f"option{number}": 1 for number in range(200)})[0], FORM, 400),
        (form({}, inputs="1+1", base="ten")[0], FORM, 400),
        (form({}, inputs="1+1", check="perhaps")[0], FORM, 400),
        (form({"1+1": b"1+1"})[0], FORM, 400),
        (SEVEN, "image/png", 400),
    ],
)  # fmt: skip
def test_malformed_requests_get_an_error(
    server: Server, body: bytes, kind: str, status: int
) -> None:
    found = server.ask("POST", "/api/add", body, content_type=kind)
    assert found.status == status, found.body
    assert found.headers["content-type"] == JSON
    assert isinstance(found.json()["error"], str)
    assert "Traceback" not in found.body.decode()


def test_options_given_twice_are_refused(server: Server) -> None:
    assert server.post("/api/add?check=true", {"inputs": ["1+1"], "check": True}).status == 400
    assert server.post("/api/add?check=1&check=0", {"inputs": ["1+1"]}).status == 400


@pytest.mark.parametrize("path", ["/api/nothing", "/api/nothing/inside", "/nothing", "/api/x/runs"])
def test_unknown_routes_are_not_found(server: Server, path: str) -> None:
    found = server.post(path, {})
    assert found.status == 404
    assert "error" in found.json()


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/add"), ("DELETE", "/api"), ("X", "/")])
def test_other_methods_are_refused(server: Server, method: str, path: str) -> None:
    found = server.ask(method, path)
    assert found.status == 405
    assert found.json()["error"]


def pictures() -> dict[str, bytes]:
    """Return uploads that are no usable pictures, by a name."""
    from PIL import Image

    tiff = io.BytesIO()
    page = Image.new("1", (5_000, 5_000))
    page.save(tiff, "TIFF", compression="group4", save_all=True, append_images=[page] * 9)
    return {
        "empty": b"",
        "text": b"not a picture",
        "cut": SEVEN[:60],
        "bomb": png(100_000, 100_000),
        "large": png(7_000, 7_000, bytes(7_001 * 7_000)),
        "many pages": tiff.getvalue(),
        "pdf": b"%PDF-1.7\n1 0 obj\n",
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    }


@pytest.mark.parametrize("name", pictures())
@pytest.mark.parametrize("experiment", ["classify", "denoise"])
def test_bad_pictures_are_refused_before_they_fill_the_memory(
    server: Server, experiment: str, name: str
) -> None:
    found = server.upload(f"/api/{experiment}", {f"{name}.png": pictures()[name]})
    assert found.status == 422, found.body
    assert name in found.json()["error"]
    assert "/" not in found.json()["error"]


def test_whatever_came_the_server_answers(server: Server) -> None:
    for nonsense in (
        b"\x16\x03\x01\x02\x00\x01",
        b"GET\r\n\r\n",
        b"\0" * 100,
        b"PRI * HTTP/2.0\r\n\r\n",
    ):
        server.send(nonsense + b"\r\n\r\n")
    assert server.answers("add", "1+1")[0]["answer"] == "2"
    assert server.upload("/api/classify", {"7.png": SEVEN}).status == 200


def test_nothing_of_an_upload_stays_on_the_disk(server: Server) -> None:
    server.upload("/api/classify", {"7.png": SEVEN, "x": b"broken"})
    assert server.upload("/api/denoise", {"7.png": SEVEN}).status == 200  # makes a file, too
    for worker in server.workers():
        places = Path(worker.cmdline()[-1]).rglob("*")
        assert not [place for place in places if place.is_file()]
