import gzip
import hashlib
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.datasets.samples.phrases import phrase_pairs
from nnlab.datasets.store import MissingDataError, Store
from nnlab.datasets.store.registry import get_set
from nnlab.datasets.text import unpacking
from nnlab.datasets.text.parallel_corpus import SentencePairs, load_pairs
from nnlab.errors import DataError, UsageError
from tests.annotations import Warn

LINES = [f"Sentence {'i' * (40 - n)}.\tZin {'o' * n}.\tCC BY" for n in range(40)]


def load(
    name: str | Path | None = None,
    *,
    reverse: bool = False,
    max_pairs: int = 0,
    split_seed: int = 0,
    warn: Warn = pytest.fail,
    **options: Any,
) -> SentencePairs:
    return load_pairs(
        Store(offline=True),
        name if name is None else str(name),
        reverse=reverse,
        max_pairs=max_pairs,
        split_seed=split_seed,
        warn=warn,
        **options,
    )


def put(folder: Path, lines: Iterable[str] = LINES, name: str = "my.tsv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def put_zip(folder: Path, members: Mapping[str, str | bytes], name: str = "my.zip") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path


def sources_of(pairs: SentencePairs, part: np.ndarray) -> set[str]:
    return {pairs.sources[row] for row in part}


def check_parts(pairs: SentencePairs) -> None:
    parts = [pairs.training, pairs.validation, pairs.test]
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(pairs.sources)))
    assert all((np.diff(part) > 0).all() for part in parts)
    sets = [sources_of(pairs, part) for part in parts]
    distinct = len(set(pairs.sources))
    assert sum(map(len, sets)) == distinct
    assert len(sets[1]) == len(sets[2]) == distinct // 10


def test_two_columns_are_read_shortest_source_first(tmp_path: Path) -> None:
    path = put(tmp_path)
    pairs = load(path)
    assert pairs.sources[:2] == ("Sentence i.", "Sentence ii.")
    assert pairs.targets[0] == f"Zin {'o' * 39}."
    assert len(pairs.sources) == len(pairs.targets) == 40
    assert pairs.source.name == "my.tsv"
    assert pairs.source.files == (str(path),)
    assert pairs.source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    check_parts(pairs)


def test_reverse_translates_the_other_way(tmp_path: Path) -> None:
    pairs = load(put(tmp_path), reverse=True)
    assert pairs.sources[:2] == ("Zin .", "Zin o.")
    assert pairs.targets[0] == f"Sentence {'i' * 40}."
    assert list(map(len, pairs.sources)) == sorted(map(len, pairs.sources))


def test_pairs_of_equal_length_keep_the_files_order(tmp_path: Path) -> None:
    lines = [f"{n:03}\tzin {n}" for n in np.random.default_rng(0).permutation(100)]
    pairs = load(put(tmp_path, lines))
    assert pairs.sources == tuple(line[:3] for line in lines)


def test_the_shortest_pairs_are_used(tmp_path: Path) -> None:
    assert load(put(tmp_path), max_pairs=33).sources == load(put(tmp_path)).sources[:33]


def test_translations_of_a_source_are_in_the_same_part(tmp_path: Path) -> None:
    lines = [f"Sentence {n % 50}.\tZin {n}." for n in range(400)]
    check_parts(load(put(tmp_path, lines)))


def test_sources_that_differ_only_in_their_blanks_are_in_the_same_part(tmp_path: Path) -> None:
    blanks = (" ", "  ", "\N{NO-BREAK SPACE}")
    lines = [f"Sentence{blank}{n}.\tZin {n}{blank}." for n in range(100) for blank in blanks]
    pairs = load(put(tmp_path, lines))
    parts = [
        {" ".join(source.split()) for source in sources_of(pairs, part)}
        for part in (pairs.training, pairs.validation, pairs.test)
    ]
    assert sum(map(len, parts)) == len(set.union(*parts)) == 100


def test_the_split_seed_determines_what_is_held_out(tmp_path: Path) -> None:
    path = put(tmp_path)
    first, again, other = (load(path, split_seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.test, again.test)
    assert not np.array_equal(first.test, other.test)


def test_spelling_is_composed_and_equal_pairs_are_dropped(tmp_path: Path) -> None:
    loose = unicodedata.normalize("NFD", "Hé\tGeïnd")
    lines = [*LINES, "Hé\tGeïnd", "", loose, "  ", " Hé \t Geïnd \t x", "Hé\tAnders"]
    pairs = load(put(tmp_path, lines))
    assert pairs.sources[:2] == ("Hé", "Hé")
    assert pairs.targets[:2] == ("Geïnd", "Anders")
    assert len(pairs.sources) == 42


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("no tab here", r"my\.tsv, line 41: expected two columns .*'no tab here'"),
        ("\tZin.", "line 41: the first column is blank"),
        ("Sentence.\t", "line 41: the second column is blank"),
        ("Sentence.\t \tCC BY", "line 41: the second column is blank"),
    ],
)
def test_a_line_that_is_not_a_pair_is_named(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        load(put(tmp_path, [*LINES, line, "a\tb"]))


def test_too_few_sources_are_refused(tmp_path: Path) -> None:
    many = [f"Same.\tZin {n}." for n in range(50)]
    with pytest.raises(DataError, match=r"my\.tsv: expected at least 30 .* found 29"):
        load(put(tmp_path, [*LINES[:28], *many]))
    with pytest.raises(DataError, match="found 29 among the 29 pairs of --max-pairs"):
        load(put(tmp_path), max_pairs=29)
    check_parts(load(put(tmp_path), max_pairs=30))


def test_gzip_and_zip_are_unpacked(tmp_path: Path) -> None:
    content = "\r\n".join(LINES)
    packed = tmp_path / "my.tsv.gz"
    packed.write_bytes(gzip.compress(content.encode()))
    zipped = put_zip(
        tmp_path,
        {"_about.txt": "about", "__MACOSX/._a.txt": "x", "read.me": "x", "nld/a.txt": content},
    )
    assert load(packed).sources == load(zipped).sources == load(put(tmp_path)).sources
    assert load(zipped).source.sha256 == hashlib.sha256(zipped.read_bytes()).hexdigest()


def tatoeba(n: int) -> str:
    return f"{n + 7}\tSentence {'i' * (n + 1)}.\t{3 * n + 1}\tZin {'o' * (n + 1)}."


def test_numbers_before_sentences_are_reported_with_advice_that_works(tmp_path: Path) -> None:
    path = put(tmp_path, [tatoeba(n) for n in range(40)])
    warnings: list[str] = []
    load(path, warn=warnings.append)
    assert warnings == [
        "my.tsv: column 1 holds numbers, not sentences; --columns 2,4 reads the columns of text"
    ]
    pairs = load(path, columns="2,4")
    assert (pairs.sources[0], pairs.targets[0]) == ("Sentence i.", "Zin o.")


def test_a_header_is_reported_and_left_out_on_request(tmp_path: Path) -> None:
    path = put(tmp_path, ["English\tDutch", *LINES])
    warnings: list[str] = []
    load(path, warn=warnings.append)
    assert warnings == [
        "my.tsv: the first line looks like a header (English, Dutch); --header leaves it out"
    ]
    by_header, by_name = load(path, header=True), load(path, columns="English,Dutch")
    assert by_header.sources == by_name.sources == load(put(tmp_path, LINES, "x.tsv")).sources
    assert load(path, columns="Dutch,English").sources[0] == "Zin ."


def test_two_equal_columns_are_reported(tmp_path: Path) -> None:
    warnings: list[str] = []
    load(put(tmp_path, [f"Zin {n}.\tZin {n}." for n in range(40)]), warn=warnings.append)
    assert len(warnings) == 1
    assert warnings[0].endswith("both columns are the same in 40 of 40 pairs")  # and no other


def test_a_file_of_single_sentences_is_reported(tmp_path: Path) -> None:
    """Tatoeba's file of sentences has a number, a language and a sentence per line."""
    warnings: list[str] = []
    load(put(tmp_path, [f"{n}\teng\tSentence {n}." for n in range(40)]), warn=warnings.append)
    assert len(warnings) == 1
    assert "column 1 holds numbers, not sentences, and only 1 of 3 columns hold text" in warnings[0]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("1,4", "no column '4'; columns are numbered 1 to 3"),
        ("2", "expected two different"),
        ("1,1", "expected two different"),
        ("a", "known"),
    ],
)
def test_missing_columns_are_refused(tmp_path: Path, columns: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load(put(tmp_path), columns=columns)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16-le"])
def test_another_encoding_can_be_given(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "my.tsv"
    path.write_bytes("\r\n".join([*LINES, "The café.\tHet café."]).encode(encoding))
    with pytest.raises(DataError, match=f"--encoding {encoding}$"):
        load(path)
    assert "The café." in load(path, encoding=encoding).sources


def test_of_several_texts_the_first_is_used_and_reported(tmp_path: Path) -> None:
    warnings: list[str] = []
    path = put_zip(tmp_path, {"a.tsv": "\n".join(LINES), "b.txt": "nothing"})
    assert len(load(path, warn=warnings.append).sources) == 40
    assert len(warnings) == 1
    assert "using a.tsv, not b.txt" in warnings[0]


def test_a_zip_without_a_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"expected a \.txt, \.tsv or \.csv file inside, found _about\.txt"
    ):
        load(put_zip(tmp_path, {"_about.txt": "about", "a.png": "x"}))
    with pytest.raises(DataError, match="found nothing"):
        load(put_zip(tmp_path, {}))


def test_a_too_large_text_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(DataError, match=r"a\.txt unpacks to 5,000 bytes; expected at most 1,000"):
        load(put_zip(tmp_path, {"a.txt": "a" * 5000}))


@pytest.mark.parametrize("content", [b"", b"a\0b\tc", b"caf\xe9\tcaf"])
def test_a_zip_member_that_is_not_text_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DataError, match=r"my\.zip:a\.txt is (empty|not text|not UTF-8)"):
        load(put_zip(tmp_path, {"a.txt": content}))


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    path = put_zip(tmp_path, {"a.txt": "\n".join(LINES)})
    whole = path.read_bytes()
    for damaged in (whole[:-30], whole[:60] + b"\xff" * 20 + whole[80:]):
        path.write_bytes(damaged)
        with pytest.raises(DataError, match=r"my\.zip: damaged zip file"):
            load(path)


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = put_zip(tmp_path, {"a.txt": "\n".join(LINES)})
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="encrypted"):
        load(path)


def test_without_data_the_sample_is_used_with_a_warning() -> None:
    warnings: list[str] = []
    pairs = load(warn=warnings.append)
    assert pairs.source.sample
    assert len(warnings) == 1
    assert "scores cannot be compared with nld-eng's" in warnings[0]


@pytest.mark.parametrize("name", ["nld-eng", "nld-eng.zip"])
def test_a_missing_named_set_is_an_error(name: str) -> None:
    with pytest.raises(MissingDataError, match="translation/nld-eng.zip"):
        load(name)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nld-end", "did you mean 'nld-eng'"),
        ("tom_sawyer", "no such file or data set"),
        ("my/pairs.tsv", "file does not exist"),
    ],
)
def test_unknown_names_are_errors(name: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        load(name)


def test_the_sample_has_thousands_of_short_pairs() -> None:
    pairs = load("sample")
    check_parts(pairs)
    assert 2300 < len(pairs.sources) < 2800
    assert len(set(pairs.sources)) == len(set(pairs.targets)) == len(pairs.sources)
    for sentence in (*pairs.sources, *pairs.targets):
        assert 8 <= len(sentence) <= 30
        assert sentence[0].isupper()
        assert sentence[-1] in ".?"
        assert "  " not in sentence
    assert load("sample", reverse=True).source == pairs.source


@pytest.mark.parametrize(
    "pair",
    [
        ("I am tired.", "Ik ben moe."),
        ("Are you tired?", "Ben jij moe?"),
        ("She reads the book.", "Zij leest het boek."),
        ("Do you see a dog?", "Zie jij een hond?"),
        ("You find the key.", "Jij vindt de sleutel."),
        ("Today you find a key.", "Vandaag vind jij een sleutel."),
        ("They do not drink milk.", "Zij drinken geen melk."),
        ("Tom does not see the horse.", "Tom ziet het paard niet."),
        ("Does he eat an egg?", "Eet hij een ei?"),
        ("We wait in the garden.", "Wij wachten in de tuin."),
    ],
)
def test_the_sample_is_grammatical(pair: tuple[str, str]) -> None:
    assert pair in phrase_pairs()


@pytest.mark.real_data
def test_the_real_pairs_have_their_known_counts() -> None:
    if Store(offline=True).find(get_set("nld-eng")) is None:
        pytest.skip("NNLAB_DATA has no nld-eng")
    pairs = load()
    assert len(pairs.sources) == 52_652
    assert len(set(pairs.sources)) == 45_144
    assert len(set(load(reverse=True).sources)) == 47_394
    check_parts(pairs)
    assert pairs.source.files == ("translation/nld-eng.zip",)
