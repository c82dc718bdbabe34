"""Remarks on files of baskets that seem to have another layout, and the options to use."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise

from nnlab.datasets.baskets.layouts import ABSENT, PRESENT, Layout
from nnlab.datasets.text.columns import column_list, is_number, numeric_columns
from nnlab.wording import percent

FEWEST_ROWS = 10
LEAST_ZEROS = 0.3
"""Share of zeros from which a column of numbers is taken for the quantities of an item."""
MOST_COLUMNS = 12
"""Columns of a file with one item per row."""
MOST_RATINGS = 11
"""Different values of a rating, such as 0 to 5 in steps of one half."""
SHORTEST_TIME = 9
"""Digits of a time in seconds since 1970."""
GROUP_SIZES = (1.1, 50.0)
"""Average number of rows per basket number; for quantities and times it is larger or smaller."""
MIXED_SHARES = (0.1, 0.9)
"""Shares of numbers between which to warn; with more numbers, the items are codes."""

BASKET_WORDS = {"basket", "transaction", "order", "invoice", "receipt", "bill", "ticket", "session"}
USER_WORDS = {"user", "member", "customer", "visitor", "client", "person"}
ITEM_WORDS = {"item", "items", "product", "products", "article", "movie", "track", "description"}
AMOUNT_WORDS = {
    "quantity",
    "qty",
    "amount",
    "price",
    "count",
    "rating",
    "time",
    "timestamp",
    "date",
}
OTHER_WORDS = {"id", "no", "number", "name", "category", "department"}
HEADER_WORDS = BASKET_WORDS | USER_WORDS | ITEM_WORDS | AMOUNT_WORDS | OTHER_WORDS

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?P<time>[T ].*)?")
_CODE = re.compile(r"[A-Za-z]{0,5}[-_]?\d+")

Row = Sequence[str]


def remarks_on(rows: Sequence[Row], layout: Layout) -> Iterator[str]:
    """Yield remarks on a file that is about to be read with this layout."""
    if not layout.is_chosen:
        yield from basket_remarks(rows)
        return
    only_long = (layout.kind, layout.columns, layout.header) == ("long", None, None)
    if only_long and len(rows) >= FEWEST_ROWS and _is_header(rows[0], rows[1:]):
        yield _header_remark(rows[0])


def basket_remarks(rows: Sequence[Row]) -> Iterator[str]:
    """Yield remarks on a file read as one basket per line; each remark names the options to use.

    Args:
        rows: The cells of the file's first lines.

    The lines "milk,tea", "1,0", "0,1" ... yield the remark that this is a table.
    """
    rows = [row for row in rows if any(row)]
    if len(rows) < FEWEST_ROWS:
        return
    first, body = rows[0], rows[1:]
    shapes = (_table, _ratings, _long, _numbers)
    remark = next(filter(None, (shape(first, body) for shape in shapes)), None)
    if remark:
        yield remark
    elif _is_header(first, body):
        yield _header_remark(first)


def _header_remark(first: Row) -> str:
    return f"the first line looks like a header ({_listed(first)}); --header leaves it out"


def _table(first: Row, body: Sequence[Row]) -> str | None:
    """Return the remark that this is a table with one column per item."""
    width = len(first)
    if width < 2 or any(len(row) != width for row in body):
        return None
    items = [column for column in range(width) if _is_switch([row[column] for row in body])]
    if len(items) < max(2, width / 2):
        return None
    chosen = ""
    if len(items) < width:
        ends = items == list(range(items[0], width))
        chosen = f" --columns {items[0] + 1}-" if ends else _columns(items, first, named=False)
    if all(_is_switch([first[column]]) for column in items):
        return (
            "looks like a table of 0 and 1 without item names; "
            f"--layout table --no-header{chosen} numbers the items"
        )
    return (
        f"looks like a table with one column per item ({_listed([first[one] for one in items])}); "
        f"--layout table{chosen} reads it as baskets"
    )


def _is_switch(cells: Sequence[str]) -> bool:
    """Return whether a column says which baskets contain an item, or how much of it."""
    lowered = [cell.lower() for cell in cells]
    if not any(lowered):
        return False
    if all(cell in ABSENT or cell in {"1", "1.0", "0.0"} | PRESENT for cell in lowered):
        return True
    zeros = sum(cell in {"0", "0.0"} for cell in lowered)
    return all(map(is_number, cells)) and zeros >= LEAST_ZEROS * len(cells)


def _long(first: Row, body: Sequence[Row]) -> str | None:
    """Return the remark that each row has one item of a basket."""
    width = len(first)
    if not 2 <= width <= MOST_COLUMNS or any(len(row) != width for row in body):
        return None
    columns = [[row[column] for row in body] for column in range(width)]
    codes = [column for column in range(width) if _share(_CODE, columns[column]) > 0.95]
    dates = [column for column in range(width) if _share(_DATE, columns[column]) > 0.95]
    texts = [column for column in range(width) if column not in codes + dates]
    header = _is_header(first, body)
    item = _item_column(first, texts, codes, header)
    if item is None:
        return None
    basket = _basket_column(first, columns, [one for one in codes if one != item], header)
    if basket is None:
        return None
    whole_days = [one for one in dates if not any(_time_of(cell) for cell in columns[one])]
    by_order = header and set(_words(first[basket])) & BASKET_WORDS
    group = sorted({basket, *([] if by_order else whole_days[:1])})
    named = " --header" if header else ""
    chosen = _columns([*group, item], first, named=header)
    if header and first[item] in chosen.split()[-1].split(","):
        named = ""
    return (
        f"looks like one item per row ({_listed(first)}), not one basket per line; "
        f"--layout long{named}{chosen} groups the items into baskets"
    )


def _ratings(first: Row, body: Sequence[Row]) -> str | None:
    """Return the remark that each row rates one item: user, item, rating and perhaps a time.

    As in MovieLens, all are numbers, and users and items occur many times.
    """
    width = len(first)
    if not 3 <= width <= 4 or any(len(row) != width for row in body):
        return None
    if not all(map(is_number, chain.from_iterable(body))) or not all(map(is_number, first)):
        return None
    users, items, ratings = ({row[column] for row in body} for column in range(3))
    times = [row[3] for row in body if width == 4 and len(row[3]) >= SHORTEST_TIME]
    if len(ratings) > MOST_RATINGS or (width == 4 and len(times) < len(body)):
        return None
    if not all(len(ratings) < len(others) < len(body) for others in (users, items)):
        return None
    return (
        f"looks like one user, item and rating per row ({_listed(first)}), not one basket per "
        "line; --layout long --columns 1,2 makes a basket of each user's items"
    )


def _item_column(
    first: Row, texts: Sequence[int], codes: Sequence[int], header: bool
) -> int | None:
    candidates = [*texts, *codes] if header else texts
    named = [one for one in candidates if header and set(_words(first[one])) & ITEM_WORDS]
    return next(iter([*named, *texts]), None)


def _basket_column(
    first: Row, columns: Sequence[Sequence[str]], codes: Sequence[int], header: bool
) -> int | None:
    low, high = GROUP_SIZES
    sizes = {one: len(columns[one]) / len(set(columns[one])) for one in codes}
    fitting = [one for one in codes if low <= sizes[one] <= high]
    if header:
        fitting = [one for one in fitting if not set(_words(first[one])) & AMOUNT_WORDS]
        for words in (BASKET_WORDS, USER_WORDS):
            for one in fitting:
                if set(_words(first[one])) & words:
                    return one
    return next(iter(fitting), None)


def _numbers(first: Row, body: Sequence[Row]) -> str | None:
    """Return the remark that there are numbers among the items."""
    cells = [cell for cell in chain.from_iterable(body) if cell]
    share = sum(map(is_number, cells)) / max(len(cells), 1)
    low, high = MIXED_SHARES
    numeric = numeric_columns(body)
    if share > high or (share < low and 0 not in numeric):
        return None
    width = len(first)
    even = all(len(row) == width for row in body)
    others = [column for column in range(width) if column not in numeric]
    if numeric and (even or numeric == [0]) and others:
        named = any(not is_number(first[one]) for one in numeric if one < width)
        chosen = " --columns 2-" if numeric == [0] else _columns(others, first, named=False)
        header = " --header" if named or _is_header(first, body) else ""
        places = ", ".join(str(one + 1) for one in numeric)
        return (
            f"column {places} of the lines holds numbers; if those are not items,{header}{chosen} "
            "leaves them out"
        )
    example = next(cell for cell in cells if is_number(cell))
    return (
        f"{percent(share, 0)} of the items are numbers, such as {example!r}; if those are not "
        "items, choose the columns to read with --columns"
    )


def _is_header(first: Row, body: Sequence[Row]) -> bool:
    """Return whether the first row names columns: it has such words, and no cell occurs again."""
    cells = {cell for cell in first if cell}
    if not any(set(_words(cell)) & HEADER_WORDS for cell in cells):
        return False
    return cells.isdisjoint(chain.from_iterable(body))


def _columns(numbers: Sequence[int], first: Row, *, named: bool) -> str:
    if not named and len(numbers) > 2 and all(b == a + 1 for a, b in pairwise(numbers)):
        return f" --columns {numbers[0] + 1}-{numbers[-1] + 1}"
    return f" --columns {column_list(numbers, first, named=named)}"


def _words(cell: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(cell)]


def _share(pattern: re.Pattern[str], cells: Sequence[str]) -> float:
    counts = Counter(bool(pattern.fullmatch(cell)) for cell in cells)
    return counts[True] / max(len(cells), 1)


def _time_of(cell: str) -> str | None:
    found = _DATE.fullmatch(cell)
    return found["time"] if found else None


def _listed(cells: Row) -> str:
    shown = ", ".join(cell[:30] for cell in cells[:4])
    return shown + (", ..." if len(cells) > 4 else "")
