"""Which encoding a text is in: names that users give, and a guess where they give none."""

import codecs
from encodings.aliases import aliases

from nnlab.errors import UsageError, nearest

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins with UTF-16's mark: must be looked at first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
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
    """Return the encoding that a byte order mark tells, "utf-16" or "utf-32", or None."""
    return next((name for mark, name in BYTE_ORDER_MARKS if head.startswith(mark)), None)


def likely_encoding(head: bytes) -> str:
    """Guess the encoding of bytes that are not UTF-8.

    Args:
        head: Some bytes of the text; the more, the better the guess.
    """
    marked = marked_encoding(head)
    if marked:
        return marked
    from charset_normalizer import from_bytes

    best = from_bytes(head).best()
    # cp1252 is the commonest by far; where it reads the same text, the rarer name misleads
    if best is None or "cp1252" in best.could_be_from_charset:
        return "cp1252"
    return best.encoding.replace("_", "-")
