import gzip
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.datasets.text import files as text_files
from nnlab.datasets.text import unpacking
from nnlab.datasets.text.files import decoded, read_text, text_pieces
from nnlab.errors import DataError, UsageError


def put(folder: Path, content: str | bytes, name: str = "my.txt") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("één\ntwee\n", "één\ntwee\n"),
        ("\ufeffone\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
        ("\r\n\r\r\n", "\n\n\n"),
        ("no line end", "no line end"),
        ("tab\tform\fescape\x1b[0m\u2028", "tab\tform\fescape\x1b[0m\u2028"),
    ],
)
def test_utf8_is_read_with_plain_line_ends(tmp_path: Path, content: str, text: str) -> None:
    assert read_text(put(tmp_path, content)) == text


def test_gzip_is_unpacked_whatever_its_name(tmp_path: Path) -> None:
    assert read_text(put(tmp_path, gzip.compress(b"a\r\nb"))) == "a\nb"


@pytest.mark.parametrize("cut", [slice(0, 20), slice(0, -3)])
def test_damaged_gzip_is_an_error(tmp_path: Path, cut: slice) -> None:
    path = put(tmp_path, gzip.compress(b"some text" * 50)[cut])
    with pytest.raises(DataError, match=r"my\.txt: damaged gzip file"):
        read_text(path)


def test_gzip_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "MAX_UNPACKED_BYTES", 10**6)
    path = put(tmp_path, gzip.compress(b"a" * 2_000_000))
    with pytest.raises(DataError, match="unpacks to more than 1,000,000 bytes"):
        read_text(path)


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=20)),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.integers(1, 40),
)
def test_pieces_do_not_change_a_text(lines: list[str], end: str, piece_bytes: int) -> None:
    content = end.join(["first", *lines]).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_files, "PIECE_BYTES", piece_bytes)
        pieces = list(decoded(io.BytesIO(content), None, "x"))
    assert "".join(pieces) == "\n".join(["first", *lines])
    assert all(piece.endswith("\n") or len(piece) > piece_bytes for piece in pieces[:-1])


def test_pieces_end_with_lines(tmp_path: Path) -> None:
    path = put(tmp_path, "a line of text\n" * 100_000)
    pieces = list(text_pieces(path))
    assert len(pieces) > 3
    assert all(piece.endswith("text\n") for piece in pieces)


@pytest.mark.parametrize(
    ("text", "encoding", "guess"),
    [
        ("De coöperatie zei: “één café”, en ging naar huis.\n" * 20, "cp1252", "cp1252"),
        ("Съешь же ещё этих мягких французских булок, да выпей чаю.\n" * 20, "cp1251", "cp1251"),
    ],
)
def test_another_encoding_is_guessed_and_can_be_given(
    tmp_path: Path, text: str, encoding: str, guess: str
) -> None:
    path = put(tmp_path, text.encode(encoding))
    with pytest.raises(DataError, match=rf"my\.txt is not UTF-8: byte \d+.*--encoding {guess}$"):
        read_text(path)
    assert read_text(path, encoding) == text


@pytest.mark.parametrize("before", [0, 3, 262_143, 262_144, 262_145, 700_000])
def test_the_offset_of_the_wrong_byte_is_reported(tmp_path: Path, before: int) -> None:
    path = put(tmp_path, b"a" * before + b"\xe9t\xe9 chaud")
    with pytest.raises(DataError, match=rf"byte {before} \(0xe9\)"):
        read_text(path)


@pytest.mark.parametrize("before", [0, 262_143])
def test_a_character_cut_off_at_the_end_is_not_utf8(tmp_path: Path, before: int) -> None:
    path = put(tmp_path, b"a" * before + "é".encode()[:1])
    with pytest.raises(DataError, match=f"is not UTF-8: byte {before} "):
        read_text(path)


@pytest.mark.parametrize("before", [0, 10_000, text_files.PIECE_BYTES, 2 * text_files.PIECE_BYTES])
def test_the_encoding_is_guessed_from_the_text_around_the_byte_that_does_not_fit(
    tmp_path: Path, before: int
) -> None:
    content = "жили-были дед и баба".encode("cp1251") + b"a" * 10_000
    with pytest.raises(DataError, match="it looks like cp1251: --encoding cp1251$"):
        read_text(put(tmp_path, b"a" * before + b"\n" + content))


@pytest.mark.parametrize("packed", [False, True])
def test_an_encoding_that_needs_a_mark_says_so(tmp_path: Path, packed: bool) -> None:
    content = "hello\n".encode("utf-16-le")
    path = put(tmp_path, content)
    if packed:
        path = tmp_path / "my.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("my.txt", content)
    with pytest.raises(DataError, match="no byte order mark.*--encoding utf-16-le or"):
        read_text(path, "utf16")
    assert read_text(path, "utf-16-le") == "hello\n"


def test_a_wrong_given_encoding_is_reported(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"my\.txt is not ascii: byte 3 \(0xc3\)"):
        read_text(put(tmp_path, "caffè"[:3] + "è"), "ascii")


@pytest.mark.parametrize(
    "content",
    [
        b"a\0b",
        bytes(range(1, 9)) * 20,
        b"text " * 100_000 + b"\0",
        "hello".encode("utf-16-le"),
    ],
)
@pytest.mark.parametrize("encoding", [None, "latin-1"])
def test_a_binary_file_is_refused(tmp_path: Path, content: bytes, encoding: str | None) -> None:
    if encoding and b"\0" not in content:
        pytest.skip("every byte is a character in latin-1")
    with pytest.raises(DataError, match=r"my\.txt is not text.*NUL"):
        read_text(put(tmp_path, content), encoding)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_named_and_the_advice_works(tmp_path: Path, encoding: str) -> None:
    path = put(tmp_path, "whole milk,soda\n".encode(encoding))
    with pytest.raises(DataError, match=rf"is not text.*--encoding {encoding}$"):
        read_text(path)
    assert read_text(path, encoding) == "whole milk,soda\n"


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20)


@given(
    st.lists(TEXTS, max_size=5),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
    st.sampled_from([None, "gzip", "zip"]),
    st.integers(4, 40),
)
def test_a_text_is_read_whatever_its_encoding_line_ends_and_packing(
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[str],
    end: str,
    encoding: str,
    packing: str | None,
    piece_bytes: int,
) -> None:
    content = end.join(["first", *lines]).encode(encoding)
    path = tmp_path_factory.mktemp("text") / "any.name"
    if packing == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("__MACOSX/._a.txt", "\0junk")
            archive.writestr("a.txt", content)
    else:
        path.write_bytes(gzip.compress(content) if packing else content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_files, "PIECE_BYTES", piece_bytes)
        assert read_text(path) == "\n".join(["first", *lines])


@pytest.mark.parametrize("given_encoding", [None, "cp1252", "utf-16-le", "utf-8"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_takes_precedence_over_the_given_encoding(
    tmp_path: Path, encoding: str, given_encoding: str | None
) -> None:
    assert read_text(put(tmp_path, "thé".encode(encoding)), given_encoding) == "thé"


def test_a_file_cut_off_after_its_mark_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"starts with the mark of utf-16, but .* get the file"):
        read_text(put(tmp_path, "thé".encode("utf-16")[:-1]))


def test_the_advice_names_no_option_if_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="looks like cp1252; save it as UTF-8$"):
        read_text(put(tmp_path, "thé,crème".encode("cp1252")), flag="")


@pytest.mark.parametrize("content", ["", "\ufeff", gzip.compress(b"", mtime=0)])
def test_an_empty_file_is_an_error(tmp_path: Path, content: bytes | str) -> None:
    with pytest.raises(DataError, match=r"my\.txt is empty"):
        read_text(put(tmp_path, content))


def test_missing_files_and_folders_are_errors(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot read .*nowhere: No such file"):
        read_text(tmp_path / "nowhere")
    with pytest.raises(DataError, match="cannot read .*[Dd]irectory"):
        read_text(tmp_path)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("latin_11", "did you mean .*'latin"),
        ("utf-9", "did you mean .*'utf-8'"),
        ("qqqqqqqq", "use utf-8"),
        ("base64", "unknown encoding"),
        ("rot13", "unknown encoding"),
        ("idna", "unknown encoding"),
        ("unicode_escape", "unknown encoding"),
        ("", "unknown encoding"),
        ("a\0b", "unknown encoding"),
    ],
)
def test_an_unknown_encoding_is_refused(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_text(put(tmp_path, "text"), name)


@pytest.mark.parametrize("name", ["UTF8", "utf-8-sig", "Latin-1", "cp437", "shift_jis", "utf-7"])
def test_common_names_of_encodings_are_accepted(tmp_path: Path, name: str) -> None:
    assert read_text(put(tmp_path, "plain"), name) == "plain"
