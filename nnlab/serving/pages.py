"""The page to play with the networks: its files, read once when the server starts."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "playground"
INDEX = "index.html"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
"""Content types by suffix; files of other kinds are not served."""


@dataclass(frozen=True)
class Page:
    """A file of the playground.

    Attributes:
        content: Its bytes.
        type: Its content type.
        tag: Changes with its content.
    """

    content: bytes
    type: str
    tag: str


def pages() -> dict[str, Page]:
    """Return all files by their path below the folder."""
    found = {}
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file() and path.suffix in TYPES:
            content = path.read_bytes()
            tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
            found[path.relative_to(FOLDER).as_posix()] = Page(content, TYPES[path.suffix], tag)
    return found
