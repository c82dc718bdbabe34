"""Guessing the encoding of bytes that are not UTF-8 by the letters that languages use.

An old encoding covers the non-ASCII letters of a few languages. Decoded correctly, a French text
has French letters; decoded wrongly, letters that no single language has (bičre, pęches).
"""

import unicodedata
from collections import Counter
from typing import NamedTuple

WESTERN = (
    "àâæçéèêëîïôœùûüÿ",  # French
    "äöüß",  # German
    "áéíñóúüïçªº",  # Spanish
    "áâãàçéêíóôõúªº",  # Portuguese
    "àèéìòùî",  # Italian
    "áàäéèêëíïóòôöúüûç",  # Dutch
    "æøåéòôä",  # Danish, Norwegian
    "åäöé",  # Swedish, Finnish
    "áðéíóúýþæö",  # Icelandic
)
CENTRAL = (
    "ąćęłńóśźż",  # Polish
    "áčďéěíňóřšťúůýž",  # Czech
    "áäčďéíĺľňóôŕšťúýž",  # Slovak
    "áéíóöőúüű",  # Hungarian
    "ăâîșțşţ",  # Romanian
    "čćđšž",  # Croatian, Slovene
)
TURKISH = ("çğıöşüâîiİ",)
BALTIC = ("āčēģīķļņšūž", "ąčęėįšųūž", "õäöüšž")
CYRILLIC = ("абвгдежзийклмнопрстуфхцчшщъыьэюяё", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя")
GREEK = ("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",)

CANDIDATES = (
    ("cp1252", WESTERN),  # by far the most common, and the first of equals is chosen
    ("cp1250", CENTRAL),
    ("cp1254", TURKISH),
    ("cp1251", CYRILLIC),
    ("koi8-r", CYRILLIC),
    ("cp1253", GREEK),
    ("cp1257", BALTIC),
    ("iso8859-2", CENTRAL),
    ("mac-roman", WESTERN),
    ("cp850", WESTERN),
)
JAPANESE = ("shift-jis", "cp932", "euc-jp")
LEAST_COVERED = 0.8
"""Share of the non-ASCII letters that the best language must have."""
TWO_LANGUAGES = 0.9
"""Factor for texts in two languages of an encoding, compared with a single language."""
CAPITALS_COST = 0.05
"""Penalty for a text of capitals only: koi8-r and cp1251 have capital and small letters swapped."""
LEAST_KANA = 0.3
LATIN_ENDS = "\u024f"
LATIN_PREFIXES = ("cp1250", "cp1252", "cp1254", "cp1257", "iso8859", "latin", "mac_", "cp85", "cp4")

_INSIDE_WORDS = "’‘–—·"
_BETWEEN_WORDS = "’‘‚“”„«»‹›–—…·•°€£§©®™¿¡´`¨"


def likely_encoding(head: bytes) -> str:
    """Guess the encoding of bytes that are not UTF-8.

    Args:
        head: Some bytes of the text; more bytes give a better guess.
    """
    for encoding in JAPANESE:
        if _is_japanese(head, encoding):
            return encoding
    best = max((_scored(head, *candidate) for candidate in CANDIDATES), key=lambda one: one.score)
    if best.score >= LEAST_COVERED:
        return best.encoding
    from charset_normalizer import from_bytes

    found = from_bytes(head).best()
    if found is None or found.encoding.startswith(LATIN_PREFIXES):  # the guess above is better
        return best.encoding
    return found.encoding.replace("_", "-")


class _Guess(NamedTuple):
    encoding: str
    score: float


def _scored(head: bytes, encoding: str, languages: tuple[str, ...]) -> _Guess:
    """Return the share of the non-ASCII letters that a language of the encoding has, 0 to 1."""
    letters = _letters(head.decode(encoding, errors="replace"))
    total = sum(letters.values())
    if not total:  # only quotation marks and the like
        return _Guess(encoding, 1.0)
    known = [{letter for letter in letters if letter.lower() in language} for language in languages]
    one = max(_count(letters, some) for some in known)
    two = max(_count(letters, first | second) for first in known for second in known)
    capitals = _count(letters, {letter for letter in letters if letter.isupper()})
    share = max(one, TWO_LANGUAGES * two) / total
    return _Guess(encoding, share - CAPITALS_COST * capitals / total)


def _count(letters: Counter[str], known: set[str]) -> int:
    return sum(letters[letter] for letter in known)


def _letters(text: str) -> Counter[str]:
    """Count characters in place of non-ASCII letters: letters, and any sign inside a word.

    A capital after a small letter, and a letter of another script next to an ASCII one, count as
    U+FFFD, which no language has.
    """
    found: Counter[str] = Counter()
    previous = " "
    for character, following in zip(text, text[1:] + " ", strict=True):
        if character > "\x7f" and _is_part_of_word(previous, character, following):
            out_of_case = previous.islower() and character.isupper()
            mixed = character > LATIN_ENDS and any(map(_is_ascii_letter, (previous, following)))
            found["\ufffd" if out_of_case or mixed else character] += 1
        previous = character
    return found


def _is_ascii_letter(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _is_part_of_word(previous: str, character: str, following: str) -> bool:
    inside = previous.isalpha() and following.isalpha()
    if character.isspace() or character in (_INSIDE_WORDS if inside else _BETWEEN_WORDS):
        return False
    if unicodedata.category(character) in ("Cc", "Cn", "So"):  # nobody writes these
        return True
    return character.isalpha() or previous.isalpha() or following.isalpha()


def _is_japanese(head: bytes, encoding: str) -> bool:
    """Return whether bytes can be decoded and have kana, as every Japanese text does."""
    try:
        text = head.decode(encoding)
    except UnicodeDecodeError as error:
        if error.start < len(head) - 1:  # otherwise only the last character is cut off
            return False
        text = head[: error.start].decode(encoding)
    foreign = [character for character in text if character > "\x7f"]
    kana = sum("\u3041" <= character <= "\u30fc" for character in foreign)
    return kana > LEAST_KANA * len(foreign)
