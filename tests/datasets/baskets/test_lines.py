import csv
import io
import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.datasets.baskets import lines as lines_module
from nnlab.datasets.baskets.lines import Rows, parse_basket, unique
from nnlab.errors import DataError, UsageError

ITEMS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)


def test_an_endless_line_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_module, "MAX_LINE", 100)
    with pytest.raises(DataError, match="x, line 2: longer than 100 characters"):
        list(Rows(["a,b\n", "c" * 60, "d" * 60, "\n"], "x"))


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("soda, frankfurter, rolls/buns", ["soda", "frankfurter", "rolls/buns"]),
        ("soda,,soda , Soda", ["soda", "Soda"]),
        (' "rolls, fresh" , x', ["rolls, fresh", "x"]),
        ('7" vinyl,"5"" nails"', ['7" vinyl', '5" nails']),
        ('"a\tb";c', None),
        ("a;b\tc", ["a;b\tc"]),
        ("", []),
        (' , ,""', []),
        ('"rolls', None),
        ('rolls, "a" b', None),
    ],
)
def test_a_basket_is_read_from_a_text(text: str, items: list[str] | None) -> None:
    if items is not None:
        assert parse_basket(text) == items
        return
    with pytest.raises(UsageError, match="expected a closing quote"):
        parse_basket(text)


@given(st.lists(ITEMS), st.booleans())
def test_lines_written_by_the_csv_module_are_read_back(items: list[str], quote_all: bool) -> None:
    stream = io.StringIO()
    csv.writer(stream, "unix" if quote_all else "excel", lineterminator="").writerow(items)
    stripped = (unicodedata.normalize("NFC", item).strip() for item in items)
    assert parse_basket(stream.getvalue()) == [item for item in dict.fromkeys(stripped) if item]


@given(st.lists(st.lists(st.text("ab ", max_size=3), max_size=4), max_size=30), st.data())
def test_a_text_may_be_cut_anywhere(rows: list[list[str]], data: st.DataObject) -> None:
    text = "".join(",".join(row) + "\n" for row in rows)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    ends = zip([0, *cuts], [*cuts, len(text)], strict=True)
    pieces = [text[start:end] for start, end in ends]
    below = itertools.dropwhile(lambda row: not ",".join(row).strip(), rows)  # blank lines
    expected = [[item for item in dict.fromkeys(map(str.strip, row)) if item] for row in below]
    assert list(map(unique, Rows(pieces, "x"))) == expected
