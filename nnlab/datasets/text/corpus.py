"""Loading a text as an array of character codes: Tom Sawyer, the sample, or the user's file."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.datasets.samples.prose import prose
from nnlab.datasets.store import Store
from nnlab.datasets.store.locate import Wanted, locate, warn_of_ignored
from nnlab.datasets.store.provenance import SAMPLE, Source
from nnlab.datasets.text.encodings import check_encoding
from nnlab.datasets.text.gutenberg import LicenceRemover
from nnlab.errors import DataError

CODE_POINTS = 0x110000
WANTED = Wanted(
    role="text",
    default="tom_sawyer",
    title="Tom Sawyer",
    sample="English prose from Python's manual",
)


@dataclass(frozen=True)
class Corpus:
    """A text as one code per character.

    Attributes:
        codes: uint8 (length,), indices into `characters`; uint16 or int32 if there are more than
            256 or 65,536 characters.
        characters: The characters that occur, sorted.
        source: Which text this is.

    "abba" has codes 0, 1, 1, 0 and characters ("a", "b"); "a\\nc" has codes 1, 0, 2 and
    characters ("\\n", "a", "c").
    """

    codes: np.ndarray
    characters: tuple[str, ...]
    source: Source


def load_corpus(
    store: Store,
    name: str | None,
    *,
    keep_case: bool,
    encoding: str | None,
    warn: Callable[[str], None],
) -> Corpus:
    """Load the text that the user asked for, or the best one available.

    Args:
        store: Finds data files.
        name: A text file, "sample", the name of a registered text, or None: Tom Sawyer if it is
            found or can be downloaded, else the sample, with a warning.
        keep_case: Whether to keep capitals; otherwise the text is converted to lower case.
        encoding: The encoding of a text file; None is UTF-8.
        warn: Called with one line if the sample is used instead, or if a licence was left out.

    Raises:
        DataError: The text is missing, damaged, binary, blank, or in another encoding.
        UsageError: There is no such encoding.
    """
    if encoding is not None:
        encoding = check_encoding(encoding)
    located = locate(store, name, WANTED, warn)
    warn_of_ignored(located, warn, encoding=encoding)
    if located is None:
        return sample_corpus(keep_case)
    pieces = located.pieces(encoding, warn)
    remover = LicenceRemover()
    codes, characters = _encoded(_cased(remover.pieces(pieces), keep_case))
    note = remover.note()
    if note:
        warn(f"{located.name}: {note}")
    if not "".join(characters).strip():
        raise DataError(
            f"{located.path} contains no text"
            + (" besides Project Gutenberg's licence" if note else ", only blanks")
        )
    return Corpus(codes, characters, located.source())


def sample_corpus(keep_case: bool) -> Corpus:
    """Return the embedded sample, which depends only on the version of Python."""
    text = prose()
    codes, characters = _encoded(_cased([text], keep_case))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Corpus(codes, characters, Source(SAMPLE, digest, sample=True, files=()))


def encode(text: str, characters: Sequence[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Convert a text to codes, leaving out characters that have none.

    Args:
        text: Any text.
        characters: The character of each code, sorted, as in `Corpus`.

    Returns:
        codes: As in `Corpus`, of the known characters (length,).
        unknown: The others, each once, in order of first occurrence.

    With characters "a", "b": "abba" gives 0, 1, 1, 0 and (); "b-a-c" gives 1, 0 and ("-", "c").
    """
    points = _points(text)
    known = _points("".join(characters))
    places = np.minimum(np.searchsorted(known, points), max(len(known) - 1, 0))
    found = known[places] == points if len(known) else np.zeros(len(points), bool)
    unknown = dict.fromkeys(map(chr, points[~found].tolist()))
    return places[found].astype(_code_type(len(known))), tuple(unknown)


def decode(codes: np.ndarray, characters: Sequence[str]) -> str:
    """Convert codes back to a text.

    Args:
        codes: Integers (length,), 0 to len(characters) - 1.
        characters: The character of each code.

    With characters "a", "b": codes 0, 1, 1, 0 give "abba"; no codes give "".
    """
    points = _points("".join(characters))[np.asarray(codes, np.intp)]
    return points.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def _cased(pieces: Iterable[str], keep_case: bool) -> Iterator[str]:
    # in pieces, because lower() of a whole text briefly takes twelve bytes per character
    return iter(pieces) if keep_case else (piece.lower() for piece in pieces)


def _encoded(pieces: Iterable[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Encode a text given in pieces, keeping only codes in memory.

    At first, characters are numbered in order of first occurrence. Once all are known, the codes
    are replaced by those of the sorted characters.
    """
    first_codes = np.full(CODE_POINTS, -1, np.int32)
    seen = np.empty(0, np.uint32)
    parts = []
    for piece in pieces:
        points = _points(piece)
        new = np.unique(points[first_codes[points] < 0])
        first_codes[new] = np.arange(len(seen), len(seen) + len(new))
        seen = np.concatenate([seen, new])
        parts.append(first_codes[points].astype(_code_type(len(seen))))
    order = np.argsort(seen)
    final_codes = np.empty(len(seen), _code_type(len(seen)))
    final_codes[order] = np.arange(len(seen))
    codes = np.empty(sum(map(len, parts)), final_codes.dtype)
    end = len(codes)
    while parts:  # from the back, so that each part is freed once it is copied
        part = parts.pop()
        codes[end - len(part) : end] = final_codes[part]
        end -= len(part)
    return codes, tuple(map(chr, seen[order].tolist()))


def _points(text: str) -> np.ndarray:
    """Return the code points of a text, uint32 (length,)."""
    # argv may contain lone surrogates, for bytes that are invalid in the user's encoding
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _code_type(characters: int) -> type[np.generic]:
    if characters <= 2**8:
        return np.uint8
    return np.uint16 if characters <= 2**16 else np.int32
