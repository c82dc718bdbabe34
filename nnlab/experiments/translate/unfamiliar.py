"""What a network over subwords has never seen: names, numbers, addresses, and text in capitals.

Such a network copies an unknown name letter by letter, and may go astray. A name that it knows
takes the place of the unknown one instead, and the unknown one that of its translation.
"""

import itertools
import re
from collections.abc import Iterator, Mapping

from nnlab.datasets.text.subwords import BLANK, Subwords

FAMILIAR = 2.0
"""A word whose pieces have no more letters on average was seen rarely or never."""
SHORTEST = 3
"""Fewest letters of a name that may be a stand-in."""
MOST_STAND_INS = 24
"""How many known names and numbers may be tried."""

_ADDRESS = r"\S*(?:://|@)\S*\w"
_NUMBER = r"\d[\d.,:/-]*\d"
_WORD = r"[^\W\d_]+"
_UNIT = re.compile(f"{_ADDRESS}|{_NUMBER}|{_WORD}")


def unfamiliar(text: str, subwords: Subwords) -> list[str]:
    """Return the unfamiliar names, numbers of several digits, and addresses in a text, in order.

    Unfamiliar names side by side are one, such as a first name and a surname. The first word of a
    sentence has a capital whatever it is, so alone it does not count.
    """
    found: list[str] = []
    end = -1
    for match in _UNIT.finditer(text):
        if not _is_unfamiliar(match[0], subwords):
            continue
        follows = end >= 0 and text[end : match.start()] == " "
        if follows and match[0].isalpha() and found[-1][-1].isalpha():
            found[-1] += f" {match[0]}"
        else:
            found.append(match[0])
        end = match.end()
    return found[1:] if found and found[0].isalpha() and text.startswith(found[0]) else found


def invented(text: str, translation: str, subwords: Subwords) -> bool:
    """Tell whether a translation has something unfamiliar that the text has not, or no address.

    A name may have another form in the other language, and a number be written in words; an address
    is the same everywhere.
    """
    if any(one not in translation for one in re.findall(_ADDRESS, text)):
        return True
    known, made = (
        {_bare(word) for unit in unfamiliar(one, subwords) for word in unit.split()}
        for one in (text, translation)
    )
    return not made <= known


def stand_ins(text: str, subwords: Subwords, *, number: bool) -> Iterator[str]:
    """Yield names, or numbers, that the network knows and the text has not; likely ones first.

    Whether the network copies one of them is not known before it is tried.
    """
    pieces = sorted(subwords.pieces, key=lambda piece: -subwords.pieces[piece])
    words = (piece[1:] for piece in pieces if piece[0] == BLANK)
    fitting = (word for word in words if (_is_number if number else _is_name)(word, subwords))
    yield from itertools.islice((one for one in fitting if one not in text), MOST_STAND_INS)


def is_kept(stand_in: str, text: str, translation: str) -> bool:
    """Tell whether a translation has a stand-in as often as the text."""
    counts = [len(_place(stand_in).findall(one)) for one in (text, translation)]
    return counts[0] == counts[1]


def swapped(text: str, others: Mapping[str, str]) -> str:
    """Write other names and numbers in place of those of a text."""
    longest_first = sorted(others, key=len, reverse=True)
    places = "|".join(_place(one).pattern for one in longest_first)
    return re.sub(places, lambda match: others[match[0]], text) if others else text


def _place(unit: str) -> re.Pattern[str]:
    """Find a unit; a letter may follow, such as the s of a genitive."""
    return re.compile(rf"(?<!\w){re.escape(unit)}(?=\w?(?!\w))")


def is_shouted(text: str) -> bool:
    """Tell whether a text of several words is written in capitals."""
    return text.isupper() and len(re.findall(_WORD, text)) > 1


def calmed(text: str, subwords: Subwords) -> str:
    """Write each word of a text in capitals as the network is likeliest to have seen it."""

    def usual(match: re.Match[str]) -> str:
        word = match[0]
        return max((word.lower(), word.capitalize(), word), key=subwords.logarithm)

    calm = re.sub(_WORD, usual, text)
    return calm[:1].upper() + calm[1:]


def _is_unfamiliar(unit: str, subwords: Subwords) -> bool:
    if not unit.isalpha():
        return True
    # The first word of a sentence is often known in small letters only.
    fewest = min(len(subwords.encode(one)) for one in (unit, unit.lower()))
    return unit[0].isupper() and SHORTEST <= len(unit) <= FAMILIAR * fewest


def _bare(unit: str) -> str:
    """Take away the separators of a number, which another language may write otherwise."""
    return re.sub(r"[.,]", "", unit) if unit[0].isdecimal() else unit


def _is_number(word: str, subwords: Subwords) -> bool:
    return word.isdecimal() and len(word) > 1


def _is_name(word: str, subwords: Subwords) -> bool:
    is_capitalized = word.isalpha() and word.istitle() and len(word) >= SHORTEST
    return is_capitalized and f"{BLANK}{word.lower()}" not in subwords.pieces
