import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets.text.files import read_text, text_pieces
from nnlab.errors import DataError


def put_zip(folder: Path, members: Mapping[str, str | bytes], name: str = "my.zip") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path


@pytest.mark.parametrize(
    ("members", "what"),
    [
        ({"[Content_Types].xml": "<x/>", "xl/worksheets/sheet1.xml": "<w/>"}, "spreadsheet (xlsx)"),
        ({"[Content_Types].xml": "<x/>", "word/document.xml": "<w/>"}, "document (docx)"),
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, "spreadsheet (ods)"),
        ({"mimetype": "application/vnd.oasis.opendocument.text"}, "document (odt)"),
    ],
)
def test_an_office_file_is_recognised(tmp_path: Path, members: dict[str, str], what: str) -> None:
    with pytest.raises(DataError) as caught:
        read_text(put_zip(tmp_path, {**members, "a.txt": "x"}))
    assert what in str(caught.value)
    assert "UTF-8" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(20), "an old Office file"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a picture (PNG)"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a picture (JPEG)"),
        (b"{\\rtf1\\ansi hello}", "a document (rtf)"),
        (b"\xfd7zXZ\0\0", "an xz file"),
    ],
)
@pytest.mark.parametrize("encoding", [None, "latin-1"])
def test_a_file_of_another_kind_is_recognised(
    tmp_path: Path, content: bytes, what: str, encoding: str | None
) -> None:
    (tmp_path / "my.txt").write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_text(tmp_path / "my.txt", encoding)
    assert f"my.txt is {what}" in str(caught.value)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_zip_file_is_told_whatever_packed_it(tmp_path: Path, method: int) -> None:
    path = tmp_path / "my.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        letters = np.random.default_rng(0).integers(97, 123, 20_000, dtype=np.uint8)
        archive.writestr("a.txt", letters.tobytes())
    content = bytearray(path.read_bytes())
    content[5000:5400] = bytes(400)  # in the middle of what is packed
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"my\.zip: damaged zip file"):
        read_text(path)


def test_several_texts_are_refused_without_a_way_to_warn(tmp_path: Path) -> None:
    path = put_zip(tmp_path, {"a.txt": "one", "b.csv": "two"})
    with pytest.raises(DataError, match=r"several texts: a\.txt, b\.csv; unpack it"):
        read_text(path)
    warnings: list[str] = []
    assert "".join(text_pieces(path, warn=warnings.append)) == "one"
    assert len(warnings) == 1
