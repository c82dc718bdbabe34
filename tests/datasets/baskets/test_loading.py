import gzip
import hashlib
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.datasets.baskets.layouts import Layout
from nnlab.datasets.baskets.loading import Baskets, load_baskets
from nnlab.datasets.baskets.parts import HeldOut, hold_out_one, multi_hot, split_baskets
from nnlab.datasets.samples.shopping import shopping_trips
from nnlab.datasets.store import MissingDataError, Store
from nnlab.datasets.store.registry import get_set
from nnlab.errors import DataError, UsageError
from tests.annotations import Warn

LINES = ["tea,milk"] * 30


def load(name: str | Path | None = None, *, warn: Warn = pytest.fail, **options: Any) -> Baskets:
    given_name = name if name is None else str(name)
    return load_baskets(Store(offline=True), given_name, warn=warn, **options)


def put(folder: Path, lines: bytes | Iterable[str], name: str = "my.csv") -> Path:
    path = folder / name
    content = lines if isinstance(lines, bytes) else "\n".join(lines).encode()
    path.write_bytes(content)
    return path


def names_in(baskets: Baskets, row: int) -> list[str]:
    part = slice(baskets.indptr[row], baskets.indptr[row + 1])
    return [baskets.items[index] for index in baskets.indices[part]]


def test_items_are_sorted_by_number_of_baskets_then_by_name(tmp_path: Path) -> None:
    path = put(tmp_path, ["b", "c,a,b", *LINES])
    baskets = load(path)
    assert baskets.items == ("milk", "tea", "b", "a", "c")
    assert len(baskets) == 32
    assert baskets.indptr[:4].tolist() == [0, 1, 4, 6]
    assert baskets.indices[:6].tolist() == [2, 2, 3, 4, 0, 1]
    assert baskets.indptr.dtype == np.int64
    assert baskets.indices.dtype == np.int32
    assert baskets.skipped == 0
    assert baskets.source.name == "my.csv"
    assert baskets.source.files == (str(path),)
    assert baskets.source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_baskets_in_terms_of_other_items(tmp_path: Path) -> None:
    baskets = load(put(tmp_path, ["b", "c,a,b", *LINES]))
    other = baskets.with_items(["a", "never", "milk", "b"])
    assert other.items == ("a", "never", "milk", "b")
    assert len(other) == len(baskets)
    assert [names_in(other, row) for row in range(2)] == [["b"], ["a", "b"]]
    for row in range(len(baskets)):
        known = [name for name in names_in(baskets, row) if name in other.items]
        assert sorted(names_in(other, row)) == sorted(known)
        part = other.indices[other.indptr[row] : other.indptr[row + 1]]
        assert (np.diff(part) > 0).all()


def test_spaces_empty_fields_and_repeats_are_left_out_and_case_is_kept(tmp_path: Path) -> None:
    composed = unicodedata.normalize("NFC", "crème")
    loose = unicodedata.normalize("NFD", composed)
    path = put(tmp_path, [f" Tea ,, tea,{loose} ,Tea,{composed}", *LINES])
    assert names_in(load(path), 0) == ["tea", "Tea", composed]


@pytest.mark.parametrize(("empty", "lines"), [(1, "1 line without"), (3, "3 lines without")])
def test_lines_without_items_are_skipped_counted_and_reported_once(
    tmp_path: Path, empty: int, lines: str
) -> None:
    warnings: list[str] = []
    baskets = load(
        put(tmp_path, [*LINES, *["", " , ,", '"",""'][:empty], "a\n"]), warn=warnings.append
    )
    assert baskets.skipped == empty
    assert len(baskets) == 31
    assert len(warnings) == 1
    assert lines in warnings[0]


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_commas_tabs_or_semicolons_are_separators(tmp_path: Path, separator: str) -> None:
    line = f'"rolls, fresh"{separator} x y {separator}"a{separator}b" {separator}z'
    baskets = load(put(tmp_path, [line] * 30))
    assert baskets.items == tuple(sorted(["rolls, fresh", "x y", f"a{separator}b", "z"]))


def test_tabs_and_semicolons_belong_to_items_if_there_are_commas(tmp_path: Path) -> None:
    assert load(put(tmp_path, ["a;b,c\td"] * 30)).items == ("a;b", "c\td")


@pytest.mark.parametrize("separator", ["\t", ";"])
def test_a_comma_in_a_few_items_does_not_make_it_the_separator(
    tmp_path: Path, separator: str
) -> None:
    lines = [separator.join(("milk", "soda"))] * 15 + [separator.join(("milk", "butter, salted"))]
    assert {*load(put(tmp_path, lines * 2)).items} == {"milk", "soda", "butter, salted"}


def test_gzip_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    content = gzip.compress("\r\n".join(LINES).encode("utf-8-sig"))
    assert load(put(tmp_path, content)).items == ("milk", "tea")


def test_another_encoding_is_reported_and_can_be_given(tmp_path: Path) -> None:
    path = put(tmp_path, "\n".join(["thé,crème"] * 30).encode("cp1252"))
    with pytest.raises(DataError, match=r"my\.csv is not UTF-8: byte 2 .*--encoding cp125"):
        load(path)
    assert load(path, encoding="cp1252").items == ("crème", "thé")
    with pytest.raises(UsageError, match="cp9999"):
        load(path, encoding="cp9999")


def test_rare_items_are_left_out_and_baskets_keep_their_numbers(tmp_path: Path) -> None:
    path = put(tmp_path, ["rare", "rare,tea", *LINES])
    baskets = load(path, min_count=3)
    assert baskets.items == ("tea", "milk")
    assert len(baskets) == 32
    assert names_in(baskets, 0) == []
    assert names_in(baskets, 1) == ["tea"]


def test_blank_lines_above_a_header_are_no_header(tmp_path: Path) -> None:
    path = put(tmp_path, ["", " ", "product a,product b", *["milk,tea"] * 60])
    baskets = load(path, layout=Layout(header=True))
    assert (set(baskets.items), len(baskets)) == ({"milk", "tea"}, 60)
    heard: list[str] = []
    load(path, warn=heard.append)
    assert any("--header leaves it out" in text for text in heard)
    long = put(
        tmp_path, ["", "order,item", *(f"{n},{i}" for n in range(40) for i in "ab")], "l.csv"
    )
    assert load(long, layout=Layout("long", "order,item")).items == ("a", "b")
    table = put(tmp_path, ["", "a,b", *["1,1"] * 39, "1,2x"], "t.csv")
    with pytest.raises(DataError, match=r"t\.csv, line 42: expected 0 or 1 for 'b', got '2x'"):
        load(table, layout=Layout("table"))


def test_columns_may_lie_beyond_a_short_first_basket(tmp_path: Path) -> None:
    path = put(tmp_path, ["milk,tea", *["milk,tea,rum"] * 40])
    assert load(path, layout=Layout(columns="2-3")).items == ("tea", "rum")
    with pytest.raises(UsageError, match="no column '4'; columns are numbered 1 to 3"):
        load(path, layout=Layout(columns="4"))
    with pytest.raises(UsageError, match="no column ''"):
        load(path, layout=Layout(columns=""))


@pytest.mark.parametrize(
    ("lines", "options", "message"),
    [
        (["a,b"] * 29 + ["c"] * 9, {}, "at least 30 baskets of two or more items .* found 29"),
        (["a b c"] * 40, {}, "found 0; give one basket per line, with commas"),
        (LINES, {"min_count": 31}, "in at least 31 baskets .* found 0; lower --min-count"),
        ([""], {}, "is empty"),
        (["", ""], {}, "found 0"),
        (
            [*LINES, 'a,"b'],
            {},
            r"my\.csv, line 31: expected a closing quote .*found '\"b'.* items with line breaks",
        ),
        ([*LINES, '"a"b,c'], {}, "line 31: expected a closing quote followed by ','"),
        (["a\0b"], {}, "is not text"),
    ],
)
def test_files_without_enough_baskets_are_refused(
    tmp_path: Path, lines: list[str], options: dict[str, int], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        load(put(tmp_path, lines), warn=lambda text: None, **options)


def test_a_missing_file_and_an_unknown_set_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        load(tmp_path / "no.csv")
    with pytest.raises(DataError, match="did you mean 'groceries'"):
        load("grocery")
    with pytest.raises(MissingDataError, match=r"baskets/groceries\.csv .* https://"):
        load("groceries")


def test_without_data_the_sample_is_used_with_a_warning() -> None:
    warnings: list[str] = []
    baskets = load(warn=warnings.append)
    assert baskets.source.sample
    assert len(warnings) == 1
    assert "cannot be compared with the groceries set's" in warnings[0]
    assert (len(baskets), len(baskets.items), baskets.skipped) == (3000, 60, 0)
    assert baskets.source == load("sample").source
    assert shopping_trips() == shopping_trips()


def hit_rate(scores: np.ndarray, held_out: HeldOut, seen: np.ndarray, top: int = 5) -> float:
    """Return the share of baskets whose hidden item is among the top items outside the basket."""
    scores = np.where(seen > 0, -np.inf, scores)
    own = scores[np.arange(len(scores)), held_out.hidden]
    return float(((scores > own[:, None]).sum(axis=1) < top).mean())


def test_in_the_sample_other_items_predict_better_than_popularity() -> None:
    baskets = load("sample")
    csr_rows, items = (baskets.indptr, baskets.indices), len(baskets.items)
    training, _, test = split_baskets(len(baskets), 0)
    known = multi_hot(*csr_rows, training, items).astype(np.float32)
    together = known.T @ known
    counts = together.diagonal()
    held_out = hold_out_one(*csr_rows, test, 0)
    seen = multi_hot(held_out.indptr, held_out.indices, np.arange(len(held_out.rows)), items)
    by_company = seen @ (together / np.sqrt(np.outer(counts, counts)))
    popular = hit_rate(np.tile(counts, (len(seen), 1)), held_out, seen)
    assert popular < 0.4
    assert hit_rate(by_company, held_out, seen) > popular + 0.2


@pytest.mark.real_data
def test_the_real_groceries_have_their_known_counts() -> None:
    if Store(offline=True).find(get_set("groceries")) is None:
        pytest.skip("NNLAB_DATA has no groceries")
    baskets = load()
    assert (len(baskets), len(baskets.items), len(baskets.indices)) == (9835, 169, 43367)
    assert baskets.items[:3] == ("whole milk", "other vegetables", "rolls/buns")
    assert int((baskets.indices == 0).sum()) == 2513
    assert int((np.diff(baskets.indptr) >= 2).sum()) == 7676
    assert baskets.skipped == 0
    assert names_in(baskets, 0) == sorted(
        ["citrus fruit", "margarine", "ready soups", "semi-finished bread"],
        key=baskets.items.index,
    )
