"""Cuts a text into sentences, and long sentences into parts that a network is used to."""

import re
import unicodedata
from collections.abc import Callable

_END = re.compile(
    r"""[.!?\u2026]+["'\u201d\u2019)\]]*(?=\s)"""
    r"""|[\u3002\uff01\uff1f]+[\u300d\u300f\u201d\u2019\uff09]*"""
)
"""Marks that end a sentence, with the quotes and brackets that they stand in."""
_ABBREVIATION = re.compile(r"(?<!\w)([b-df-hj-np-tv-xz]{1,4}|[^\W\d_]|prof|rev|gen|capt)\.$", re.I)
"""A short word without a vowel, such as Mr. and St., a single letter, and a few others."""
SEPARATORS = (r"(?<=[;:])\s+", r"(?<=[,\u3001\uff0c])\s*", r"\s+")
"""Where a sentence may be cut, best first."""


def composed(text: str) -> str:
    """Return a text in composed form (NFC), with single blanks between words."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def sentences(text: str) -> list[str]:
    """Cut a text behind the marks that end a sentence.

    An abbreviation ends none, and a small letter begins none.
    """
    found = []
    start = 0
    for mark in _END.finditer(text):
        following = text[mark.end() :].lstrip()
        if not following[:1].islower() and not _ABBREVIATION.search(text[start : mark.end()]):
            found.append(text[start : mark.end()].strip())
            start = mark.end()
    return [one for one in (*found, text[start:].strip()) if one]


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
