"""The options of `nnlab serve`."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from nnlab import machine
from nnlab.errors import UsageError
from nnlab.options import option

MEGABYTE = 2**20
LONGEST_TEXT = 10_000
"""Most characters of an input."""
MOST_PIXELS = 40_000_000
"""Most pixels of a picture, all pages together: four scanned pages at 300 dots per inch."""
_TOKEN = re.compile(r"[A-Za-z0-9_.~-]{8,}")


@dataclass(frozen=True, kw_only=True)
class ServeSettings:
    """How the server listens, and what it allows."""

    host: str = option(
        "127.0.0.1", "address to listen at; any but this machine's own needs the token"
    )
    port: int = option(8000, "port to listen at; 0: any free one", low=0, high=65535)
    token: str | None = option(
        None,
        "token that clients must send",
        default_text="none on 127.0.0.1; with --name or another --host a new one, which is printed",
    )
    name: str | None = option(
        None,
        "further names by which clients reach the server, such as those of a proxy, separated by "
        "commas",
    )
    open: bool = option(False, "open the page in a browser")
    workers: int = option(
        0,
        "processes that answer, and as many more for pages; 0: as many as there are cores",
        low=0,
        high=256,
    )
    queue: int = option(
        64, "requests that may wait for a process; more are refused", low=1, high=100_000
    )
    time_limit: float = option(
        30.0, "time limit of a request, such as 30s or 2m", above=0, duration=True
    )
    max_body: int = option(32, "largest request, in MB", low=1, high=1024)
    allow_training: bool = option(False, "let clients start and stop trainings in ./runs")

    def checked_token(self, home: bool) -> str | None:
        """Return what clients must know; None if anyone may ask.

        Args:
            home: Whether only programs of this machine reach the server, under its own names.

        Raises:
            UsageError: The token does not fit into a header or an address, or is easily guessed.
        """
        if self.token is None:
            return None if home else secrets.token_urlsafe(24)
        if not _TOKEN.fullmatch(self.token):
            raise UsageError(
                "--token takes at least 8 letters, digits and . _ ~ - without spaces; leave it "
                "out to get a new one"
            )
        return self.token

    @property
    def names(self) -> Sequence[str]:
        """Further names by which clients reach the server."""
        return [one.strip() for one in (self.name or "").split(",") if one.strip()]

    @property
    def processes(self) -> int:
        """How many processes answer; pages have as many more."""
        return self.workers or machine.cores()

    @property
    def threads(self) -> int:
        """How many threads each of them computes with."""
        return max(1, machine.cores() // self.processes)

    @property
    def body(self) -> int:
        """The most bytes of a request."""
        return self.max_body * MEGABYTE
