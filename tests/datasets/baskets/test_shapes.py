import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from nnlab.datasets.baskets.layouts import Layout
from nnlab.datasets.baskets.lines import Rows
from nnlab.datasets.baskets.loading import Baskets, load_baskets
from nnlab.datasets.baskets.shapes import basket_remarks
from nnlab.datasets.samples.shopping import shopping_trips
from nnlab.datasets.store import Store
from nnlab.datasets.store.registry import get_set
from tests.annotations import Warn

ITEMS = ["whole milk", "rolls/buns", "soda", "yogurt", "beer", "eggs", "butter", "ham", "cheese"]
RANDOM = random.Random(1)
BASKETS = [RANDOM.sample(ITEMS, RANDOM.randint(1, 5)) for _ in range(300)]
NUMBERED = [(number, item) for number, basket in enumerate(BASKETS) for item in basket]
TABLE = [",".join("01"[item in basket] for item in ITEMS) for basket in BASKETS]


def remarks(lines: Iterable[str]) -> list[str]:
    return list(basket_remarks(Rows(["\n".join(lines) + "\n"], "x").first))


def load(folder: Path, lines: Iterable[str], warn: Warn = pytest.fail, **layout: Any) -> Baskets:
    path = folder / "my.csv"
    path.write_text("\n".join(lines) + "\n")
    return load_baskets(Store(offline=True), str(path), layout=Layout(**layout), warn=warn)


def named(baskets: Baskets) -> list[set[str]]:
    parts = zip(baskets.indptr, baskets.indptr[1:], strict=False)
    return [{baskets.items[index] for index in baskets.indices[a:b]} for a, b in parts]


WRONG: dict[str, tuple[list[str], str, dict[str, Any]]] = {
    "a table": ([",".join(ITEMS), *TABLE], "--layout table", {"kind": "table"}),
    "a table behind ids": (
        [";".join(["id", *ITEMS])]
        + [f"{n};" + line.replace(",", ";") for n, line in enumerate(TABLE)],
        "--layout table --columns 2-",
        {"kind": "table", "columns": "2-"},
    ),
    "a table of words": (
        [",".join(ITEMS), *(line.replace("1", "True").replace("0", "False") for line in TABLE)],
        "--layout table",
        {"kind": "table"},
    ),
    "a table of quantities": (
        [",".join(ITEMS), *(line.replace("1", "3", 1).replace("1", "1.0") for line in TABLE)],
        "--layout table",
        {"kind": "table"},
    ),
    "RecBole's rows": (
        ["user_id:token\titem_id:token\ttimestamp:float"]
        + [f"u{n}\t{item}\t{1_700_000_000 + at}" for at, (n, item) in enumerate(NUMBERED)],
        "--layout long --columns user_id:token,item_id:token",
        {"kind": "long", "columns": "user_id:token,item_id:token"},
    ),
    "members and dates": (
        ["Member_number,Date,itemDescription"]
        + [f"{1000 + n},{n % 28 + 1:02}-01-2015,{item}" for n, item in NUMBERED],
        "--layout long --columns Member_number,Date,itemDescription",
        {"kind": "long", "columns": "Member_number,Date,itemDescription"},
    ),
    "rows without a header": (
        [f"{1000 + n},{item}" for n, item in NUMBERED],
        "--layout long --columns 1,2",
        {"kind": "long", "columns": "1,2"},
    ),
    "names that are hard to type": (
        ["order no,the item"] + [f"{1000 + n},{item}" for n, item in NUMBERED],
        "--layout long --header --columns 1,2",
        {"kind": "long", "columns": "1,2", "header": True},
    ),
    "a header": (
        ["Item 1,Item 2", *map(",".join, BASKETS)],
        "--header",
        {"header": True},
    ),
    "ids in front": (
        [f"{1000 + n}," + ",".join(basket) for n, basket in enumerate(BASKETS)],
        "--columns 2-",
        {"columns": "2-"},
    ),
    "MovieLens's ratings": (
        [
            f"{n + 1}\t{ITEMS.index(item) + 40}\t{n % 5 + 1}\t{891_350_000 + 7 * n}"
            for n, item in NUMBERED
        ],
        "--layout long --columns 1,2",
        {"kind": "long", "columns": "1,2"},
    ),
    "ids, a header and baskets in quotes": (
        ["id,items", *(f'{1000 + n},"' + ",".join(one) + '"' for n, one in enumerate(BASKETS))],
        "--header --columns 2-",
        {"columns": "2-", "header": True},
    ),
    "ids and a header": (
        ["id,Item 1", *(f"{1000 + n}," + ",".join(one) for n, one in enumerate(BASKETS))],
        "--header --columns 2-",
        {"columns": "2-", "header": True},
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_another_layout_is_reported_with_options_that_read_it(tmp_path: Path, name: str) -> None:
    lines, advice, layout = WRONG[name]
    (remark,) = remarks(lines)
    assert f"{advice} " in remark
    warnings: list[str] = []
    load(tmp_path, lines, warnings.append)
    assert f"my.csv: {remark}" in warnings
    expected = [set(basket) for basket in BASKETS]
    if "MovieLens" in name:
        expected = [{str(ITEMS.index(item) + 40) for item in basket} for basket in BASKETS]
    assert named(load(tmp_path, lines, **layout)) == expected


@pytest.mark.parametrize("form", ['"{}"', '"{{{}}}"', '"[{}]"'])
def test_baskets_quoted_as_a_whole_are_read(tmp_path: Path, form: str) -> None:
    lines = [form.format(",".join(basket)) for basket in BASKETS]
    assert named(load(tmp_path, lines)) == [set(basket) for basket in BASKETS]


def test_baskets_in_a_cell_are_separated_as_in_the_cell(tmp_path: Path) -> None:
    lines = ["id\titems", *(f"{n}\t" + ";".join(one) for n, one in enumerate(BASKETS))]
    baskets = load(tmp_path, lines, columns="2", header=True)
    assert named(baskets) == [set(basket) for basket in BASKETS]
    assert baskets.separator == ";"


def test_the_separator_line_of_a_spreadsheet_is_not_a_basket(tmp_path: Path) -> None:
    lines = ["sep=;", *(";".join(basket) for basket in BASKETS)]
    assert named(load(tmp_path, lines)) == [set(basket) for basket in BASKETS]


def test_a_header_of_rows_of_one_item_is_reported(tmp_path: Path) -> None:
    lines = ["user,item", *(f"{1000 + n},{item}" for n, item in NUMBERED)]
    warnings: list[str] = []
    load(tmp_path, lines, warnings.append, kind="long")
    (warning,) = warnings
    assert "--header leaves it out" in warning
    assert len(load(tmp_path, lines, kind="long", header=True)) == len(BASKETS)


def test_items_with_quantities_are_reported() -> None:
    (remark,) = remarks(["item;quantity"] + [f"{item};{n % 4 + 1}" for n, item in NUMBERED])
    assert "--header --columns 1 " in remark


def test_a_table_without_names_is_reported(tmp_path: Path) -> None:
    (remark,) = remarks(TABLE)
    assert "--layout table --no-header" in remark
    baskets = load(tmp_path, TABLE, kind="table", header=False)
    assert set(baskets.items) == set("123456789")


@pytest.mark.parametrize(
    "lines",
    [
        [",".join(basket) for basket in BASKETS],
        [";".join(basket) for basket in BASKETS],
        [",".join(basket + [""] * (5 - len(basket))) for basket in BASKETS],
        [",".join((basket * 3)[:3]) for basket in BASKETS],
        [",".join(str(ITEMS.index(item) + 40) for item in basket) for basket in BASKETS],
        [",".join(trip) for trip in shopping_trips()],
        ["7up,milk", "7up,item of the day", "milk"] * 20,
        [],
        ["1"],
    ],
)
def test_ordinary_baskets_cause_no_remark(lines: list[str]) -> None:
    assert remarks(lines) == []


def test_a_given_layout_causes_no_remark(tmp_path: Path) -> None:
    lines = ["Item 1,Item 2", *map(",".join, BASKETS)]
    for layout in ({"kind": "lines"}, {"header": False}, {"columns": "1-"}):
        assert len(load(tmp_path, lines, **layout)) == 301


@pytest.mark.real_data
def test_the_real_groceries_cause_no_remark() -> None:
    if Store(offline=True).find(get_set("groceries")) is None:
        pytest.skip("NNLAB_DATA has no groceries")
    load_baskets(Store(offline=True), "groceries", warn=pytest.fail)
