import hashlib
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.datasets.store import MissingDataError, Store, locate
from nnlab.datasets.store.registry import DataFile, DataSet, Edition, get_set
from nnlab.datasets.text.corpus import Corpus, decode, encode, load_corpus
from nnlab.datasets.text.gutenberg import LicenceRemover
from nnlab.errors import DataError, UsageError
from nnlab.wording import counted
from tests.annotations import Warn

START = "*** START OF THIS PROJECT GUTENBERG EBOOK A TALE ***\n"
END = "*** END OF THIS PROJECT GUTENBERG EBOOK A TALE ***\n"


def load(
    name: str | None = None,
    *,
    store: Store | None = None,
    keep_case: bool = False,
    encoding: str | None = None,
    warn: Warn = pytest.fail,
) -> Corpus:
    store = store or Store(offline=True)
    return load_corpus(store, name, keep_case=keep_case, encoding=encoding, warn=warn)


def text_of(corpus: Corpus) -> str:
    return decode(corpus.codes, corpus.characters)


def put(folder: Path, content: str | bytes, name: str = "my.txt") -> str:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def put_fake_tom_sawyer(
    folder: Path, monkeypatch: pytest.MonkeyPatch, content: bytes = b"Tom! No answer."
) -> Path:
    path = folder / "data/texts/tom_sawyer.txt"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    file = DataFile(
        "text", "texts/tom_sawyer.txt", len(content), hashlib.sha256(content).hexdigest()
    )
    fake = DataSet("tom_sawyer", "", "", (Edition((file,)),))
    monkeypatch.setattr(locate, "get_set", lambda name: fake)
    monkeypatch.setattr(locate, "all_sets", lambda: {"tom_sawyer": fake})
    return path


def test_a_text_becomes_codes_of_its_sorted_characters(tmp_path: Path) -> None:
    path = put(tmp_path, "Abba\r\nca")
    corpus = load(path)
    assert corpus.characters == ("\n", "a", "b", "c")
    assert corpus.codes.tolist() == [1, 2, 2, 1, 0, 3, 1]
    assert corpus.codes.dtype == np.uint8
    assert corpus.source.name == "my.txt"
    assert corpus.source.files == (path,)
    assert corpus.source.sha256 == hashlib.sha256(b"Abba\r\nca").hexdigest()


def test_capitals_can_be_kept(tmp_path: Path) -> None:
    path = put(tmp_path, "AbBa")
    assert text_of(load(path, keep_case=True)) == "AbBa"
    assert text_of(load(path)) == "abba"


def test_lower_case_may_make_a_text_longer(tmp_path: Path) -> None:
    assert text_of(load(put(tmp_path, "İI"))) == "i\u0307i"


@pytest.mark.parametrize(
    ("count", "dtype"), [(256, np.uint8), (257, np.uint16), (65_536, np.uint16), (65_537, np.int32)]
)
def test_codes_have_the_smallest_possible_type(
    tmp_path: Path, count: int, dtype: type[np.integer]
) -> None:
    text = "".join(map(chr, range(0x10000, 0x10000 + count)))
    corpus = load(put(tmp_path, text + text[::-1]), keep_case=True)
    assert corpus.codes.dtype == dtype
    assert text_of(corpus) == text + text[::-1]
    codes, unknown = encode(text, corpus.characters)
    assert codes.dtype == dtype
    assert codes.tolist() == list(range(count))
    assert unknown == ()


@given(st.text(), st.text())
def test_decode_is_the_inverse_of_encode(text: str, other: str) -> None:
    characters = sorted(set(text))
    codes, unknown = encode(text + other, characters)
    assert decode(codes, characters) == text + "".join(c for c in other if c in characters)
    assert unknown == tuple(dict.fromkeys(c for c in other if c not in characters))


def test_unknown_characters_are_left_out_and_returned() -> None:
    codes, unknown = encode("b-a-c\udcff", ("a", "b"))
    assert codes.tolist() == [1, 0]
    assert unknown == ("-", "c", "\udcff")
    assert encode("ab", ())[1] == ("a", "b")


@pytest.mark.parametrize(
    ("text", "body", "before", "after"),
    [
        (f"Licence\n\n{START}\nText.\n\n{END}More\nlicence", "\n\nText.\n\n", 3, 3),
        (START.replace("THIS", "THE") + "Text.", "\nText.", 1, 0),
        ("***START OF THE PROJECT GUTENBERG EBOOK A\nLONG TITLE***\nText.", "\nText.", 2, 0),
        (f"Text.\n{END.replace('THIS', 'THE')}", "Text.\n", 0, 1),
        (
            f"{START}Text.\nEnd of the Project Gutenberg EBook of A Tale\n\n{END}x",
            "\nText.\n",
            1,
            4,
        ),
        (f"{START}One.\n{END}gap\n{START}Two.\n{END}", "\nOne.\n\nTwo.\n", 4, 1),
        (f"{START}One.\n{START}Two.\n{END}", "\nOne.\n\nTwo.\n", 2, 1),
    ],
)
def test_the_gutenberg_licence_is_left_out_and_reported(
    tmp_path: Path, text: str, body: str, before: int, after: int
) -> None:
    warnings: list[str] = []
    corpus = load(put(tmp_path, text), keep_case=True, warn=warnings.append)
    assert text_of(corpus) == body
    assert "".join(corpus.characters) == "".join(sorted(set(body)))
    assert len(warnings) == 1
    counts = f"{counted(before, 'line')} before the text, {counted(after, 'line')} after it"
    assert counts in warnings[0]
    assert warnings[0].startswith("my.txt: ")


def test_a_book_that_begins_in_a_later_piece_loses_only_the_line_that_says_so() -> None:
    pieces = ["One.\n", f"Two.\n{START}Three.\n", f"Four.\n{START}Five.\n"]
    remover = LicenceRemover()
    assert "".join(remover.pieces(pieces)) == "One.\nTwo.\n\nThree.\nFour.\n\nFive.\n"
    assert (remover.before, remover.after) == (2, 0)


def test_a_mention_of_gutenberg_is_not_a_licence(tmp_path: Path) -> None:
    text = "he read project gutenberg's *** start of the project gutenberg ebook *** line\n"
    assert text_of(load(put(tmp_path, text))) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (" \n\n\t", "my.txt contains no text, only blanks"),
        (f"{START}\n\n{END}licence", "my.txt contains no text besides Project Gutenberg's licence"),
        ("", "my.txt is empty"),
        (b"a\0b", "my.txt is not text"),
        (b"caf\xe9 au lait", r"my.txt is not UTF-8: byte 3 .*--encoding"),
    ],
)
def test_a_file_without_text_is_refused(tmp_path: Path, text: bytes | str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        load(put(tmp_path, text), warn=lambda line: None)


def test_the_encoding_can_be_given(tmp_path: Path) -> None:
    path = put(tmp_path, "café".encode("latin-1"))
    assert text_of(load(path, encoding="latin-1")) == "café"
    with pytest.raises(UsageError, match="latin"):
        load(path, encoding="latin-11")


def test_without_data_the_sample_is_used_with_a_warning() -> None:
    warnings: list[str] = []
    corpus = load(warn=warnings.append)
    assert corpus.source.sample
    assert len(warnings) == 1
    assert "scores cannot be compared with Tom Sawyer's" in warnings[0]
    assert "nnlab data fetch tom_sawyer" in warnings[0]


def test_the_sample_is_english_and_always_the_same() -> None:
    corpus, again = load("sample"), load("sample", keep_case=True)
    assert corpus.source == again.source
    assert corpus.source.name == "sample"
    assert 90_000 < len(corpus.codes) < 125_000
    assert len(corpus.characters) < 75
    text = text_of(corpus)
    assert text == text_of(again).lower()
    assert text.isascii()
    assert min(text.count(word) for word in (" the ", " is ", " and ", " of ")) > 200


def test_a_missing_named_set_is_an_error_that_says_how_to_get_it() -> None:
    with pytest.raises(MissingDataError, match=get_set("nietzsche").editions[0].files[0].sha256):
        load("nietzsche")


@pytest.mark.parametrize("name", [None, "tom_sawyer", "tom_sawyer.txt"])
def test_tom_sawyer_is_used_if_it_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str | None
) -> None:
    path = put_fake_tom_sawyer(tmp_path, monkeypatch)
    warnings: list[str] = []
    corpus = load(name, encoding="utf-16", warn=warnings.append)  # ignored: for users' files only
    assert warnings == ["--encoding is ignored: tom_sawyer is not a file of your own"]
    assert text_of(corpus) == "tom! no answer."
    assert corpus.source.name == "tom_sawyer"
    assert corpus.source.files == ("texts/tom_sawyer.txt",)
    assert corpus.source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_damaged_set_is_an_error_even_if_nobody_asked_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_fake_tom_sawyer(tmp_path, monkeypatch).write_bytes(b"oops")
    with pytest.raises(DataError, match=r"tom_sawyer\.txt is damaged"):
        load()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("tom_sawyre", "'tom_sawyre': no such file or data set; did you mean 'tom_sawyer'"),
        ("texts/tom_sawyre.txt", "file does not exist; did you mean 'tom_sawyer'"),
        ("novel.txt", "file does not exist; known: nietzsche, sample, tom_sawyer"),
        ("mnist", "no such file or data set"),
        ("nld-eng", "no such file or data set"),
        ("x" * 5000, "no such file or data set"),
        ("a\0b", "no such file or data set"),
        ("folder", "folder is a folder; expected a file"),
        ("", "is a folder; expected a file|no such"),
    ],
)
def test_unknown_names_are_errors_that_name_near_matches(
    tmp_path: Path, name: str, message: str
) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(DataError, match=message):
        load(name)


def test_a_text_is_kept_in_memory_as_codes_only(tmp_path: Path) -> None:
    line = "“Ja,” zei hij, “DAT is een Zin van gewone lengte.” 🙂\n"
    path = put(tmp_path, line * 100_000)
    length = len(line) * 100_000
    tracemalloc.start()
    corpus = load(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(corpus.codes) == length
    # the codes twice, the table of characters, and one piece
    assert peak < 2.2 * length + 15e6


def _found(name: str) -> None:
    if Store(offline=True).find(get_set(name)) is None:
        pytest.skip(f"NNLAB_DATA has no {name}")


@pytest.mark.real_data
def test_real_tom_sawyer_has_its_known_length() -> None:
    _found("tom_sawyer")
    warnings: list[str] = []
    corpus = load(warn=warnings.append)
    assert len(corpus.codes) == 393_477
    assert len(corpus.characters) == 51
    assert corpus.codes.dtype == np.uint8
    assert "21 lines before the text, 348 lines after it" in warnings[0]
    assert "gutenberg" not in text_of(corpus)


@pytest.mark.real_data
def test_real_nietzsche_has_its_known_length() -> None:
    _found("nietzsche")
    corpus = load("nietzsche")
    assert len(text_of(corpus).encode()) == 600_893
    assert len(corpus.codes) == 600_885  # eight characters take two bytes each
    assert len(corpus.characters) == 57
