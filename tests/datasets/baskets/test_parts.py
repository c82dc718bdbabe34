from collections.abc import Collection, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.datasets.baskets.parts import hold_out_one, multi_hot, split_baskets, take_rows

ROWS = st.lists(st.sets(st.integers(0, 6)).map(sorted), min_size=1, max_size=12)


def csr(rows: Sequence[Collection[int]]) -> tuple[np.ndarray, np.ndarray]:
    indptr = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    return indptr, np.array([item for row in rows for item in row], np.int32)


def as_lists(indptr: np.ndarray, indices: np.ndarray) -> list[list[int]]:
    return [part.tolist() for part in np.split(indices, indptr[1:-1])] if len(indptr) > 1 else []


@given(st.integers(0, 400), st.integers(0, 5))
def test_baskets_are_split_into_seven_one_and_two_tenths(count: int, seed: int) -> None:
    _, validation, test = parts = split_baskets(count, seed)
    assert sorted(np.concatenate(parts).tolist()) == list(range(count))
    assert all((np.diff(part) > 0).all() for part in parts)
    assert len(test) == count // 5
    assert len(validation) == (count - len(test)) // 8
    for part, again in zip(parts, split_baskets(count, seed), strict=True):
        assert np.array_equal(part, again)


def test_the_split_seed_determines_what_is_held_out() -> None:
    assert not np.array_equal(split_baskets(100, 1)[2], split_baskets(100, 2)[2])
    assert [len(part) for part in split_baskets(9835, 0)] == [6885, 983, 1967]


@given(ROWS, st.data())
def test_rows_are_taken_and_made_multi_hot(rows: list[list[int]], data: st.DataObject) -> None:
    wanted = np.array(data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=8)), np.int64)
    assert as_lists(*take_rows(*csr(rows), wanted)) == [rows[row] for row in wanted]
    spread = multi_hot(*csr(rows), wanted, 7)
    assert spread.shape == (len(wanted), 7)
    assert spread.dtype == np.uint8
    assert [np.flatnonzero(line).tolist() for line in spread] == [rows[row] for row in wanted]
    assert spread.max(initial=0) <= 1


@given(ROWS, st.integers(0, 9))
def test_one_item_of_each_larger_basket_is_hidden(rows: list[list[int]], seed: int) -> None:
    held_out = hold_out_one(*csr(rows), np.arange(len(rows)), seed)
    assert held_out.rows.tolist() == [n for n, row in enumerate(rows) if len(row) >= 2]
    others = as_lists(held_out.indptr, held_out.indices)
    for row, hidden, rest in zip(held_out.rows, held_out.hidden, others, strict=True):
        assert hidden not in rest
        assert sorted([*rest, hidden]) == rows[row]
    again = hold_out_one(*csr(rows), np.arange(len(rows)), seed)
    assert np.array_equal(held_out.hidden, again.hidden)


def test_every_item_of_a_basket_is_hidden_equally_often() -> None:
    rows = np.zeros(6000, int)
    hidden = hold_out_one(*csr([[2, 5, 9]]), rows, seed=0).hidden
    assert np.bincount(hidden)[[2, 5, 9]] == pytest.approx(2000, rel=0.1)
    assert not np.array_equal(hidden, hold_out_one(*csr([[2, 5, 9]]), rows, seed=1).hidden)
