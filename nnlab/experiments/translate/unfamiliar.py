"""Names, numbers and addresses that a network over subwords has never seen.

Such a network copies an unknown name letter by letter, and may go astray. A name that it knows
takes the place of the unknown one instead, and the unknown one that of its translation.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from nnlab.datasets.text.subwords import BLANK, Subwords

FAMILIAR = 2.0
"""A word whose pieces have no more letters on average was seen rarely or never."""
SHORTEST = 3
"""Fewest letters of a name."""
MOST_STAND_INS = 24
"""How many known names and numbers may be tried."""

_ADDRESS = re.compile(r"""[^\s"'(<\[].*[^\W_]/?""")  # of what has no blanks
_TOKEN = re.compile(r"[^\W_](?:[\w.,:/-]*[^\W_])?")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d[\d.,:/-]+")


class Unit(NamedTuple):
    """Something unfamiliar in a text.

    Attributes:
        text: As it stands there.
        start: Its place.
        kind: "name", "number" or "address".
    """

    text: str
    start: int
    kind: str


def unfamiliar(text: str, subwords: Subwords) -> list[Unit]:
    """Find names, numbers of several digits, words with digits, and addresses, in order.

    Unfamiliar names side by side are one, such as a first name and a surname. The first word of a
    sentence has a capital whatever it is, so alone it does not count.
    """
    found: list[Unit] = []
    for unit in _units(text, subwords):
        last = found[-1] if found else None
        if last and last.kind == unit.kind == "name":
            between = text[last.start + len(last.text) : unit.start]
            if between == " ":
                found[-1] = last._replace(text=f"{last.text} {unit.text}")
                continue
        found.append(unit)
    is_first_word = bool(found) and found[0].start == 0 and found[0].text.isalpha()
    return found[1:] if is_first_word else found


def invented(text: str, translation: str, subwords: Subwords) -> bool:
    """Tell whether a translation has something unfamiliar that the text has not, or no address.

    A name may have another form in the other language, and a number be written in words; an address
    is the same everywhere.
    """
    units = unfamiliar(text, subwords)
    if any(one.kind == "address" and one.text not in translation for one in units):
        return True
    known, made = (
        {_bare(word) for unit in some for word in unit.text.split()}
        for some in (units, unfamiliar(translation, subwords))
    )
    return not made <= known


def stand_ins(text: str, subwords: Subwords, *, number: bool) -> Iterator[str]:
    """Yield names, or numbers, that the network knows and that are not in the text.

    Likely ones come first. Whether the network copies one is not known before it is tried.
    """
    pieces = sorted(subwords.pieces, key=lambda piece: -subwords.pieces[piece])
    words = (piece[1:] for piece in pieces if piece[0] == BLANK)
    if number:
        fitting = (word for word in words if word.isdecimal() and len(word) > 1)
    else:
        fitting = (word for word in words if _is_known_name(word, subwords))
    yield from itertools.islice((one for one in fitting if one not in text), MOST_STAND_INS)


def put_in(text: str, chosen: Mapping[str, str]) -> str:
    """Write stand-ins in place of the units of a text."""
    return _exchanged(text, chosen, _exactly)


def is_kept(stand_in: str, text: str, translation: str) -> bool:
    """Tell whether a translation has a stand-in as often as the text, which has it."""
    there = len(re.findall(_exactly(stand_in), text))
    return 0 < there == len(re.findall(_loosely(stand_in), translation))


def put_back(translation: str, chosen: Mapping[str, str]) -> str:
    """Write the units in place of their stand-ins, each of which stands for one unit."""
    return _exchanged(translation, {one: unit for unit, one in chosen.items()}, _loosely)


def _units(text: str, subwords: Subwords) -> Iterator[Unit]:
    for place in re.finditer(r"\S+", text):
        if "@" in place[0] or "://" in place[0]:
            address = _ADDRESS.search(place[0])
            if address:
                yield Unit(address[0], place.start() + address.start(), "address")
            continue
        for token in _TOKEN.finditer(place[0]):
            start = place.start() + token.start()
            if any(character.isdecimal() for character in token[0]):
                if len(token[0]) > 1:
                    kind = "number" if _NUMBER.fullmatch(token[0]) else "name"
                    yield Unit(token[0], start, kind)
                continue
            for word in _WORD.finditer(token[0]):
                if _is_unknown_name(word[0], subwords):
                    yield Unit(word[0], start + word.start(), "name")


def _exchanged(text: str, others: Mapping[str, str], pattern: Callable[[str], str]) -> str:
    if not others:
        return text
    longest_first = sorted(others, key=len, reverse=True)
    places = "|".join(map(pattern, longest_first))
    return re.sub(places, lambda match: others[match[0]], text)


def _exactly(unit: str) -> str:
    """Match a unit that is not a part of a longer one."""
    return rf"(?<!\w)(?<!\d[.,]){re.escape(unit)}(?![.,]?\d)(?!\w)"


def _loosely(stand_in: str) -> str:
    """Match a stand-in; a letter may follow a name, such as the s of a genitive."""
    if stand_in.isdecimal():
        return _exactly(stand_in)
    return rf"(?<!\w){re.escape(stand_in)}(?=[^\W\d_]?(?!\w))"


def _is_unknown_name(word: str, subwords: Subwords) -> bool:
    # The first word of a sentence is often known in small letters only.
    fewest = min(len(subwords.encode(one)) for one in (word, word.lower()))
    is_name = word.isalpha() and word[0].isupper() and len(word) >= SHORTEST
    return is_name and len(word) <= FAMILIAR * fewest


def _is_known_name(word: str, subwords: Subwords) -> bool:
    is_name = word.isalpha() and word.istitle() and len(word) >= SHORTEST
    return is_name and f"{BLANK}{word.lower()}" not in subwords.pieces


def _bare(word: str) -> str:
    """Take away the separators of thousands of a number, and make each comma a point."""
    if not _NUMBER.fullmatch(word):
        return word
    return re.sub(r"[.,](?=\d{3}(?!\d))", "", word).replace(",", ".")
