"""Encodings of texts: names given by users, byte order marks, and NUL bytes."""

import codecs
from encodings.aliases import aliases

from nnlab.errors import UsageError, nearest

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # starts with UTF-16's mark, so must come first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8"),
)
NOT_FOR_FILES = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs"}
BLANKS = b"\t\n\v\f\r\b\x1b"
MOST_CONTROLS = 0.05
"""Share of control characters above which bytes are not text."""


def check_encoding(name: str) -> str:
    """Return Python's own name of an encoding.

    Raises:
        UsageError: There is no such text encoding; near matches are named.
    """
    if found := _text_encoding(name):
        return found
    spellings = {spelt for pair in aliases.items() for spelt in pair if _text_encoding(spelt)}
    known = sorted(spelt.replace("_", "-") for spelt in spellings)
    known = [other for other in known if not other.replace("-", "").isdigit()]
    hint = nearest(name.lower(), known)
    if hint.startswith("known"):
        hint = "use utf-8, utf-16, latin-1, cp1252, cp437, shift-jis or another that Python knows"
    raise UsageError(f"unknown encoding {name!r}; {hint}")


def _text_encoding(name: str) -> str | None:
    """Return Python's own name of an encoding that a text file can have, else None."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    is_text = getattr(found, "_is_text_encoding", True)
    return found.name if is_text and found.name.replace("-", "_") not in NOT_FOR_FILES else None


def looks_binary(head: bytes) -> bool:
    """Return whether bytes cannot be text in an ASCII-like encoding.

    Args:
        head: The first bytes of a file.

    The signs are NUL bytes and many control characters: b"GIF89a\\x01\\x00" is binary,
    b"caf\\xe9\\n" is not.
    """
    if b"\0" in head:
        return True
    controls = sum(head.count(code) for code in range(32) if code not in BLANKS)
    return controls > MOST_CONTROLS * len(head)


def marked_encoding(head: bytes) -> str | None:
    """Return the encoding of the byte order mark, "utf-8", "utf-16" or "utf-32", or None."""
    return next((name for mark, name in BYTE_ORDER_MARKS if head.startswith(mark)), None)


def unmarked_utf16(head: bytes) -> str | None:
    """Return the variant of UTF-16 that the positions of NUL bytes suggest, or None.

    b"a\\0b\\0" is "utf-16-le", b"\\0a\\0b" is "utf-16-be", b"a\\0\\0b" is None.
    """
    even, odd = head[0::2].count(0), head[1::2].count(0)
    most = len(head) / 4  # half of the even or odd places, as in mostly Latin text
    if odd > most and not even:
        return "utf-16-le"
    return "utf-16-be" if even > most and not odd else None
