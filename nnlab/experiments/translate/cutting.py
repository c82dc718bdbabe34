"""Cuts a text into sentences, and long sentences into parts that a network is used to."""

import re
import unicodedata
from collections.abc import Callable

_END = re.compile(r"(?<=[.!?\u2026])\s+|(?<=[\u3002\uff01\uff1f])\s*")
_ABBREVIATION = re.compile(r"\b([b-df-hj-np-tv-xz]{1,4}|[a-z]|prof|rev|gen|capt)\.$", re.IGNORECASE)
"""A short word without a vowel, such as Mr. and St., and a few others."""
SEPARATORS = (r"(?<=[;:])\s+", r"(?<=[,\u3001\uff0c])\s*", r"\s+")
"""Where a sentence may be cut, best first."""


def composed(text: str) -> str:
    """Return a text in composed form (NFC), with single blanks between words."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def sentences(text: str) -> list[str]:
    """Cut a text after the marks that end a sentence, though not after an abbreviation."""
    found: list[str] = []
    for one in filter(None, _END.split(text)):
        if found and _ABBREVIATION.search(found[-1]):
            found[-1] += f" {one}"
        else:
            found.append(one)
    return found


def shortened(text: str, fits: Callable[[str], bool], level: int = 0) -> list[str]:
    """Cut a text into parts that fit, which are as long as possible."""
    if not text:
        return []
    if fits(text) or (level == len(SEPARATORS) and len(text) == 1):
        return [text]
    if level == len(SEPARATORS):
        middle = len(text) // 2
        return [*shortened(text[:middle], fits, level), *shortened(text[middle:], fits, level)]
    parts: list[str] = []
    for piece in filter(None, re.split(f"({SEPARATORS[level]})", text)):
        if parts and fits(parts[-1] + piece):
            parts[-1] += piece
        else:
            parts.append(piece)
    return [shorter for part in parts for shorter in shortened(part.strip(), fits, level + 1)]
