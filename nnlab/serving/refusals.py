"""Why a request gets no answer, as HTTP says it."""

from collections.abc import Mapping


class Refusal(Exception):  # noqa: N818 (the mistake is not ours)
    """A response without an answer; `Guard` sends it as `{"error": ...}`.

    Attributes:
        status: The status of HTTP.
        headers: Further headers.
        body: Fields besides the error.
        page: HTML to send in place of all fields; empty for none.
    """

    def __init__(
        self,
        status: int,
        message: str,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        page: bytes = b"",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.body = body or {}
        self.page = page


def busy(message: str) -> Refusal:
    """Return a refusal of a request that can be tried again."""
    return Refusal(503, message, {"retry-after": "1"})


def too_slow(message: str) -> Refusal:
    """Return a refusal of a request that takes too long, and would again."""
    return Refusal(504, message)
