"""Who may ask, what browsers are told, and the limits of requests."""

import http.client
from collections.abc import Iterator

import pytest

from tests.serving.client import SEVEN, Server, serving

TOKEN = "a-long-secret"


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve one network with a token, under a further name, with small limits."""
    options = ("--token", TOKEN, "--name", "nets.example,other.example:443", "--max-body", "1")
    with serving(tmp_path_factory.mktemp("secret"), "add", *options) as server:
        yield server


def raw(head: str, body: bytes = b"") -> bytes:
    """Return a request as bytes; each line of the head is indented."""
    lines = [line.strip() for line in head.strip().splitlines()]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body


def status(answer: bytes) -> int:
    return int(answer.split()[1])


@pytest.mark.parametrize("host", ["localhost", "localhost:9", "127.0.0.1", "[::1]:80"])
def test_names_of_this_machine_are_accepted(server: Server, host: str) -> None:
    assert server.get("/healthz", host=host).status == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil", "10.0.0.1", "", "[::2]", "["],
)
def test_other_names_are_refused_because_they_may_be_rebound(server: Server, host: str) -> None:
    found = server.get("/api", host=host)
    assert found.status in (400, 403)
    assert server.send(raw("GET /api HTTP/1.0")).split()[1] == b"403"  # without any


def test_a_name_given_on_the_command_line_is_accepted(secret: Server) -> None:
    for name, expected in (("nets.example", 200), ("OTHER.example:443", 200), ("x.example", 403)):
        assert secret.get("/healthz", host=name).status == expected


def test_pages_of_other_sites_are_refused(server: Server) -> None:
    own = f"http://{server.address}"
    for headers, expected in (
        ({"origin": own}, 200),
        ({"origin": own.replace("http", "https")}, 200),  # behind a proxy
        ({"origin": "http://evil.example"}, 403),
        ({"origin": f"{own}.evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:1"}, 403),
        ({"sec_fetch_site": "same-origin"}, 200),
        ({"sec_fetch_site": "none"}, 200),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}, 403),
    ):
        found = server.post("/api/add", {"inputs": ["1+1"]}, **headers)
        assert found.status == expected, headers
    link = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}
    assert server.get("/", **link).status == 200
    assert server.get("/api", **link).status == 403


def test_browsers_are_told_to_be_careful(server: Server) -> None:
    for path in ("/", "/api", "/nothing", "/playground/index.html"):
        headers = server.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "'unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "access-control-allow-origin" not in headers
        assert "server" not in headers


def test_a_token_is_asked_for_everywhere_but_in_the_health_check(secret: Server) -> None:
    assert secret.get("/healthz").status == 200
    for path in ("/", "/api", "/metrics", "/playground/index.html", "/api/runs", "/nothing"):
        found = secret.get(path)
        assert (found.status, found.headers["www-authenticate"]) == (401, "Bearer"), path
    for wrong in ("Bearer a-long-secre", f"Basic {TOKEN}", TOKEN, "Bearer \xe9"):
        assert secret.get("/api", authorization=wrong).status == 401
    assert secret.get("/api", authorization=f"Bearer {TOKEN}").status == 200


def test_a_browser_without_the_token_gets_a_page_that_asks_for_it(secret: Server) -> None:
    html = "text/html,application/xhtml+xml"
    for path, words in (("/", b"needs a token"), ("/?token=wrong-secret", b"not the token")):
        found = secret.get(path, accept=html)
        assert found.status == 401
        assert found.headers["content-type"].startswith("text/html")
        assert words in found.body
        assert b'name="token"' in found.body
        assert "form-action 'self'" in found.headers["content-security-policy"]
    assert "error" in secret.get("/api", accept=html).json()


def test_the_printed_address_gives_a_browser_the_token(secret: Server) -> None:
    assert secret.page.endswith(f"/?token={TOKEN}")
    found = secret.get(f"/?token={TOKEN}")
    assert (found.status, found.headers["location"]) == (303, "/")
    cookie = found.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite" in cookie
    assert "Secure" not in cookie  # there is no proxy that encrypts
    proxied = secret.get(f"/?token={TOKEN}", x_forwarded_proto="https")
    assert proxied.headers["set-cookie"].endswith("; Secure")
    own = cookie.partition(";")[0]
    for others in ("", 'prefs={"a":1}; ', "flag; ", "a b=1; ", "nnlab_token=of-another-server; "):
        assert secret.get("/", cookie=f"{others}{own}").status == 200
    assert secret.get("/?token=wrong-secret").status == 401
    assert secret.get(f"/api?token={TOKEN}").status == 401  # no secrets in addresses of the API


def test_a_body_that_is_too_large_is_refused(secret: Server) -> None:
    asked = {"authorization": f"Bearer {TOKEN}", "content_type": "application/json"}
    assert secret.ask("POST", "/api/add", b"x" * (2**20 + 1), **asked).status == 413
    head = f"""
        POST /api/add HTTP/1.1
        Host: localhost
        Authorization: Bearer {TOKEN}
        Content-Type: application/json
    """
    assert status(secret.send(raw(head.rstrip() + "\nContent-Length: 1000000000000"))) == 413
    chunk = b"10000\r\n" + b"x" * 2**16 + b"\r\n"
    chunked = raw(head.rstrip() + "\nTransfer-Encoding: chunked", chunk * 20 + b"0\r\n\r\n")
    assert status(secret.send(chunked)) == 413


def test_headers_that_are_too_long_are_refused(server: Server) -> None:
    assert server.get("/api", x_long="y" * 20_000).status == 431
    answer = server.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 100_000)
    assert b"400" in answer[:20]


def test_unfinished_requests_do_not_hold_connections_for_ever(server: Server) -> None:
    head = """
        POST /api/add HTTP/1.1
        Host: localhost
        Content-Type: application/json
        Content-Length: 100
    """
    with server.connect() as without_end, server.connect() as without_body:
        without_end.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        without_body.sendall(raw(head, b'{"inputs"'))
        assert status(without_body.recv(65536)) == 408
        assert without_end.recv(65536) == b""


def test_connections_are_kept_for_more_requests(server: Server) -> None:
    connection = http.client.HTTPConnection(server.address)
    for body, expected in ((b"{", 400), (b'{"inputs": ["1+1"]}', 200), (b"[]", 400)):
        connection.request("POST", "/api/add", body, {"content-type": "application/json"})
        found = connection.getresponse()
        found.read()
        assert (found.status, found.getheader("connection")) == (expected, None)
    connection.close()


def test_paths_lead_to_nothing_but_the_page(server: Server) -> None:
    for path in (
        "/playground/../guard.py",
        "/playground/%2e%2e/guard.py",
        "/playground//etc/passwd",
        "/playground/..%5cguard.py",
        "/playground/",
        "/playground/index.html%00",
        "/guard.py",
    ):
        assert server.get(path).status == 404, path
    found = server.get("/playground/index.html")
    assert (found.status, found.headers["content-type"]) == (200, "text/html; charset=utf-8")
    again = server.get("/playground/index.html", if_none_match=found.headers["etag"])
    assert (again.status, again.body) == (304, b"")


def test_pictures_are_uploaded_and_their_names_never_opened(server: Server) -> None:
    for asked in ({"inputs": ["/etc/hostname"]}, {"inputs": ["-"]}):
        assert server.post("/api/classify", asked).status == 400
    found = server.upload("/api/classify", {"../../../etc/passwd": SEVEN, "-": SEVEN, "": SEVEN})
    assert [one["input"] for one in found.json()["answers"]] == ["passwd", "-", "upload"]
    for name in ("output", "force"):
        found = server.upload("/api/denoise", {"a.png": SEVEN}, **{name: "true"})
        assert found.status == 400
        assert "command line only" in found.json()["error"]
