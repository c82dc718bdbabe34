from collections.abc import Iterable
from typing import Any

import pytest

from nnlab.datasets.baskets.layouts import Layout, read_baskets
from nnlab.datasets.baskets.lines import Rows
from nnlab.errors import DataError, NnlabError, UsageError
from tests.annotations import Warn


def read(lines: Iterable[str], warn: Warn = pytest.fail, **layout: Any) -> list[list[str]]:
    rows = Rows(["\n".join(lines) + "\n"], "x")
    return list(read_baskets(rows, Layout(**layout), warn))


@pytest.mark.parametrize("kind", ["lines", "long"])
@pytest.mark.parametrize("missing", ["nan", "NaN", "NA", "NULL", "N/A"])
def test_nan_and_the_like_are_left_out_as_empty_cells(kind: str, missing: str) -> None:
    warnings: list[str] = []
    lines = {"lines": [f"1,{missing}", f"1,soda,{missing}"], "long": [f"1,{missing}"] * 2}[kind]
    baskets = read([*lines, "1,soda"], warnings.append, kind=kind)
    assert baskets == {"lines": [["1"], ["1", "soda"], ["1", "soda"]], "long": [["soda"]]}[kind]
    assert warnings == [f"x: left out 2 times {missing!r} as empty cells; --keep-nan keeps them"]
    assert read([f"1,{missing}"], kind="lines", keep_nan=True) == [["1", missing]]


def test_a_word_that_contains_nan_is_an_item() -> None:
    assert read(["naan,Nan bread,none"]) == [["naan", "Nan bread", "none"]]


def test_rows_of_a_basket_need_not_be_adjacent() -> None:
    lines = ["order,item", "1,tea", "2,milk", "1,milk", "2,", ",tea", "1,tea"]
    assert read(lines, kind="long", columns="order,item") == [["tea", "milk"], ["milk"]]
    assert read(lines[1:], kind="long") == [["tea", "milk"], ["milk"]]


def test_columns_can_be_chosen_in_lines() -> None:
    assert read(["a,b,c", "1,2"], columns="3,1") == [["c", "a"], ["1"]]
    assert read(["a,b,c", "1,2"], columns="2-") == [["b", "c"], ["2"]]
    assert read(["a,b,c", "1,2,3"], columns="b,c") == [["2", "3"]]


@pytest.mark.parametrize(
    ("lines", "layout", "error", "message"),
    [
        (["a,b", "1,x1"], {"kind": "table"}, DataError, "x, line 2: expected 0 or 1 for 'b'"),
        (["a,b", "1,0,1"], {"kind": "table"}, DataError, "line 2: expected 2 columns, got 3"),
        (["a,b,c"], {"kind": "long"}, UsageError, "columns of x are a, b, c"),
        (["a,b,c"], {"kind": "long", "columns": "1"}, UsageError, "BASKET,ITEM"),
        (["a,b,c"], {"columns": "4"}, UsageError, "no column '4'; columns are numbered 1 to 3"),
        (["a,b,c"], {"columns": "3-1"}, UsageError, "'3-1'; write the smaller number first"),
        (["a,b,c"], {"columns": "1-4"}, UsageError, "'1-4'; columns are numbered 1 to 3"),
        (["sep=,", "a,b", "1,x1"], {"kind": "table"}, DataError, "x, line 3: expected 0 or 1"),
        (["user,item"], {"columns": "usr,item"}, UsageError, "did you mean 'user'"),
        (
            ["user,item"],
            {"columns": "user,itm"},
            UsageError,
            "no column 'itm'; did you mean 'item'",
        ),
        (["user,item"], {"columns": "user,2"}, UsageError, "names or numbers, not both"),
    ],
)
def test_a_file_that_does_not_fit_the_layout_is_refused(
    lines: list[str], layout: dict[str, Any], error: type[NnlabError], message: str
) -> None:
    with pytest.raises(error, match=message):
        read(lines, **layout)
