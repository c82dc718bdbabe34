"""What every request has to pass, and what every response says to browsers.

- The `Host` must be a name of this server: otherwise a page of another site, whose name is made to
  point here (DNS rebinding), could read answers.
- A browser must not send it for a page of another site (`Origin`, `Sec-Fetch-Site`).
- If the server has a token, the request must have it.
- The body must not be too large, and must arrive in time.
"""

import hashlib
import hmac
import ipaddress
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nnlab.serving.bodies import BODIES, Body
from nnlab.serving.entrance import POLICY, entrance
from nnlab.serving.refusals import Refusal, busy

HTML = "text/html"
OPEN_PATH = "/healthz"
"""Needs no token: a container's health check has none."""
LONGEST_HEAD = 16 * 1024
"""Bytes of all headers together."""
HOME_NAMES = ("localhost", "127.0.0.1", "::1")
SAFE_SITES = ("same-origin", "none")

HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        b"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
"""Sent with every response; a response can have its own value."""

log = logging.getLogger("nnlab.serving")


@dataclass(frozen=True)
class Rules:
    """Who may ask, and how much.

    Attributes:
        names: Names by which clients may reach the server.
        any_address: Whether they may also use any IP address.
        token: What they must know; None if anyone may ask.
        body: The most bytes of a body.
    """

    names: frozenset[str]
    any_address: bool
    token: str | None
    body: int


class Guard:
    """Lets requests through to an application, if they follow the rules."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app = app
        self._rules = rules
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        scope["app"] = self  # Starlette then raises its errors, instead of sending texts
        sender = _Sender(send)
        body = Body(receive, self._rules.body, self._hold)
        try:
            asked = _headers(scope)
            self._check_host(asked)
            _check_site(scope, asked)
            if cookie := self._check_token(scope, asked):
                raise Refusal(303, "go to /", {"location": "/", "set-cookie": cookie})
            body.check_length(asked)
            await self._app(scope, body.receive, sender.send)
        except ClientDisconnect:
            return
        except Refusal as refusal:
            await body.drain()
            await sender.refuse(refusal, close=not body.ended)
        except HTTPException as error:  # of Starlette: no such route, or no such method
            await body.drain()
            unknown = Refusal(error.status_code, error.detail, error.headers)
            await sender.refuse(unknown, close=not body.ended)
        except Exception:
            log.exception("%s %s failed", scope["method"], scope["path"])
            message = "the server failed at this request; its log says why"
            await sender.refuse(Refusal(500, message), close=True)
        finally:
            self._held -= body.held

    def _hold(self, count: int) -> None:
        """Count bytes of bodies; all requests together may not hold too many."""
        self._held += count
        if self._held > BODIES * self._rules.body:
            raise busy("the server receives too much at once; try again later")

    def _check_host(self, asked: Mapping[str, str]) -> None:
        name = _host_name(asked.get("host", ""))
        if name not in self._rules.names and not (self._rules.any_address and _is_address(name)):
            raise Refusal(
                403,
                f"the server is not known as {name[:100]!r}; if that is its name, start it with "
                "--name and this name",
            )

    def _check_token(self, scope: Scope, asked: Mapping[str, str]) -> str:
        """Return a cookie to set if the token is in the address of the page; else empty."""
        token = self._rules.token
        if token is None or scope["path"] == OPEN_PATH:
            return ""
        cookie = _cookie_name(token)
        if any(_same(one, token) for one in _tokens(asked, cookie)):
            return ""
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [])
        if scope["path"] == "/" and any(_same(one, token) for one in given):
            secure = "; Secure" if asked.get("x-forwarded-proto") == "https" else ""
            return f"{cookie}={token}; Path=/; HttpOnly; SameSite=Lax{secure}"
        message = (
            "this server needs its token: open the address that it printed when it started, or "
            "send the header Authorization: Bearer TOKEN"
        )
        headers, page = {"www-authenticate": "Bearer"}, b""
        if scope["path"] == "/" and HTML in asked.get("accept", ""):
            headers["content-security-policy"] = POLICY
            page = entrance(tried=bool(given))
        raise Refusal(401, message, headers, page=page)


class _Sender:
    """Adds the headers for browsers to a response."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._started = True
            own = {name.lower() for name, _ in message["headers"]}
            added = [(name, value) for name, value in HEADERS if name not in own]
            message = {**message, "headers": [*message["headers"], *added]}
        await self._send(message)

    async def refuse(self, refusal: Refusal, *, close: bool) -> None:
        """Send an error; if a response is on its way, end the connection instead."""
        if self._started:
            raise refusal
        body = refusal.page or msgspec.json.encode({"error": str(refusal), **refusal.body})
        kind = f"{HTML}; charset=utf-8" if refusal.page else "application/json"
        headers = {"content-type": kind, **refusal.headers}
        if close:
            headers["connection"] = "close"
        headers["content-length"] = str(len(body))
        pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await self.send({"type": "http.response.start", "status": refusal.status, "headers": pairs})
        await self._send({"type": "http.response.body", "body": body})


def _headers(scope: Scope) -> Mapping[str, str]:
    if sum(len(name) + len(value) for name, value in scope["headers"]) > LONGEST_HEAD:
        raise Refusal(431, f"the headers are too long; at most {LONGEST_HEAD:,} bytes are allowed")
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1")
        if key in ("host", "origin") and key in found:
            raise Refusal(400, f"the header {key} comes twice; send one")
        found[key] = value.decode("latin-1")
    return found


def _check_site(scope: Scope, asked: Mapping[str, str]) -> None:
    """Refuse what a browser sends for a page of another site, unless it opens the page."""
    message = "a page of another site may not use this server"
    if "origin" in asked and _place(asked["origin"]) != asked.get("host", "").lower():
        raise Refusal(403, message)
    opened = asked.get("sec-fetch-mode") == "navigate" and scope["path"] == "/"
    site = asked.get("sec-fetch-site", "none")
    if site not in SAFE_SITES and not (opened and scope["method"] == "GET"):
        raise Refusal(403, message)


def _place(origin: str) -> str | None:
    """Return the host and port of an origin; None if it has none."""
    try:
        parts = urlsplit(origin.lower())
    except ValueError:
        return None
    return parts.netloc if parts.scheme in ("http", "https") else None


def _host_name(host: str) -> str:
    """Return the name or address in a Host header, without port and brackets."""
    name = host.strip().lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0].rstrip(".")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _cookie_name(token: str) -> str:
    """Return a name of its own for each token: all servers of a host share their cookies."""
    return f"nnlab_{hashlib.sha256(token.encode()).hexdigest()[:8]}"


def _tokens(asked: Mapping[str, str], cookie: str) -> Sequence[str]:
    """Return what a request gives as the token, in a header or in a cookie."""
    scheme, _, given = asked.get("authorization", "").partition(" ")
    found = [given.strip()] if scheme.lower() == "bearer" else []
    cookies = cookie_parser(asked.get("cookie", ""))
    return [*found, cookies[cookie]] if cookie in cookies else found


def _same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode(), token.encode())


def rules(host: str, names: Sequence[str], token: str | None, body: int) -> Rules:
    """Return the rules for a server that listens at an address.

    Args:
        host: The address or name that it listens at.
        names: Further names by which clients reach it.
        token: What clients must know; None if anyone may ask.
        body: The most bytes of a body.
    """
    home = is_home(host)
    own = (name.lower() if _is_address(name) else _host_name(name) for name in names)
    known = {*HOME_NAMES, host.lower(), *own}
    return Rules(frozenset(known), not home, token, body)


def is_home(host: str) -> bool:
    """Tell whether only programs of this machine reach an address."""
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)
