"""Recognising files that are not plain text: spreadsheets, documents, pictures, archives."""

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import NamedTuple

_AS_TABLE = "save it as CSV (UTF-8) and give that file"
_AS_TEXT = "save its text as plain text (UTF-8) and give that file"
_NO_TEXT = "expected a text file"
_PACKED = "unpack it first, or pack it with gzip or zip"


class Kind(NamedTuple):
    """A kind of file, and what to do about it.

    Attributes:
        what: The kind in words, such as "a spreadsheet (xlsx)".
        advice: How to get a text from it.
    """

    what: str
    advice: str


_MAGIC = (
    (b"%PDF-", Kind("a PDF document", _AS_TEXT)),
    (b"{\\rtf", Kind("a document (rtf)", _AS_TEXT)),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind("an old Office file (xls, doc)", _AS_TABLE)),
    (b"\x89PNG\r\n\x1a\n", Kind("a picture (PNG)", _NO_TEXT)),
    (b"\xff\xd8\xff", Kind("a picture (JPEG)", _NO_TEXT)),
    (b"GIF87a", Kind("a picture (GIF)", _NO_TEXT)),
    (b"GIF89a", Kind("a picture (GIF)", _NO_TEXT)),
    (b"II*\0", Kind("a picture (TIFF)", _NO_TEXT)),
    (b"MM\0*", Kind("a picture (TIFF)", _NO_TEXT)),
    (b"\x89HDF\r\n\x1a\n", Kind("an HDF5 file", _NO_TEXT)),
    (b"SQLite format 3\0", Kind("a database (SQLite)", "export a table as CSV (UTF-8)")),
    (b"PAR1", Kind("a Parquet file", "export it as CSV (UTF-8) and give that file")),
    (b"PK\x03\x04", Kind("a zip file", "unpack it first")),
    (b"\x1f\x8b", Kind("a gzip file", "unpack it first")),
    (b"BZh", Kind("a bzip2 file", _PACKED)),
    (b"\xfd7zXZ\0", Kind("an xz file", _PACKED)),
    (b"\x28\xb5\x2f\xfd", Kind("a Zstandard file", _PACKED)),
    (b"7z\xbc\xaf\x27\x1c", Kind("a 7z archive", _PACKED)),
    (b"Rar!\x1a\x07", Kind("a rar archive", _PACKED)),
)
_OFFICE = {
    "xl": Kind("a spreadsheet (xlsx)", _AS_TABLE),
    "word": Kind("a document (docx)", _AS_TEXT),
    "ppt": Kind("a presentation (pptx)", _AS_TEXT),
}
_MIME_TYPES = {
    b"application/vnd.oasis.opendocument.spreadsheet": Kind("a spreadsheet (ods)", _AS_TABLE),
    b"application/vnd.oasis.opendocument.text": Kind("a document (odt)", _AS_TEXT),
    b"application/vnd.oasis.opendocument.presentation": Kind("a presentation (odp)", _AS_TEXT),
    b"application/epub+zip": Kind("a book (epub)", _AS_TEXT),
}


def kind_of(head: bytes) -> Kind | None:
    """Return the kind of a file that starts with these bytes, or None.

    b"%PDF-1.7" is a PDF document; b"whole milk" and b"II. The" give None.
    """
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)


def office_kind(names: Iterable[str], mime_type: bytes) -> Kind | None:
    """Return which kind of Office file a zip file is, or None.

    Args:
        names: The names of its members.
        mime_type: The content of its member "mimetype", or empty.
    """
    known = _MIME_TYPES.get(mime_type.strip())
    if known:
        return known
    names = set(names)
    if "[Content_Types].xml" not in names:
        return None
    folders = {PurePosixPath(name).parts[0] for name in names if "/" in name}
    return next((kind for folder, kind in _OFFICE.items() if folder in folders), None)
