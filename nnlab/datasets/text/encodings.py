"""Which encoding a text is in: names that users give, byte order marks, and NUL bytes."""

import codecs
from encodings.aliases import aliases

from nnlab.errors import UsageError, nearest

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins with UTF-16's mark: must be looked at first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8"),
)
NOT_FOR_FILES = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs"}
BLANKS = b"\t\n\v\f\r\b\x1b"
MOST_CONTROLS = 0.05
"""Share of control characters above which bytes are no text."""


def check_encoding(name: str) -> str:
    """Return Python's own name of an encoding.

    Raises:
        UsageError: There is no such encoding of text; the near matches are named.
    """
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        found = None
    plain = found.name.replace("-", "_") if found else ""
    if found and plain not in NOT_FOR_FILES and getattr(found, "_is_text_encoding", True):
        return found.name
    known = sorted({spelt.replace("_", "-") for pair in aliases.items() for spelt in pair})
    known = [other for other in known if not other.replace("-", "").isdigit()]
    hint = nearest(name.lower(), known)
    if hint.startswith("known"):
        hint = "known are utf-8, utf-16, latin-1, cp1252, cp437, shift-jis and Python's others"
    raise UsageError(f"unknown encoding {name!r}; {hint}")


def looks_binary(head: bytes) -> bool:
    """Return whether bytes are surely no text of an ASCII-like encoding.

    Args:
        head: The first bytes of a file.

    NUL bytes tell, and so do many control characters: b"GIF89a\\x01\\x00" is binary,
    b"caf\\xe9\\n" is not.
    """
    if b"\0" in head:
        return True
    controls = sum(head.count(code) for code in range(32) if code not in BLANKS)
    return controls > MOST_CONTROLS * len(head)


def marked_encoding(head: bytes) -> str | None:
    """Return the encoding that a byte order mark names, "utf-8", "utf-16" or "utf-32", or None."""
    return next((name for mark, name in BYTE_ORDER_MARKS if head.startswith(mark)), None)


def unmarked_utf16(head: bytes) -> str | None:
    """Return which UTF-16 bytes look like, by where their NUL bytes are, or None.

    b"a\\0b\\0" is "utf-16-le", b"\\0a\\0b" is "utf-16-be", b"a\\0\\0b" is None.
    """
    even, odd = head[0::2].count(0), head[1::2].count(0)
    most = len(head) / 4  # half of all places of one parity, as in text of mostly Latin letters
    if odd > most and not even:
        return "utf-16-le"
    return "utf-16-be" if even > most and not odd else None
