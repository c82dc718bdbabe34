"""Beam search finds what an exhaustive search finds."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.errors import CheckpointError
from nnlab.experiments.translate.beam import Found, State, beam_search

CODES, LONGEST = 4, 4
START, END = 0, 1


class Tables:
    """A decoder with a table of probabilities for each code before; the state counts the steps."""

    def __init__(self, seed: int) -> None:
        chances = np.random.default_rng(seed).dirichlet(np.full(CODES, 0.5), (LONGEST + 1, CODES))
        self.logs = np.log(np.maximum(chances, 1e-9))

    def step(self, codes: np.ndarray, state: State) -> tuple[np.ndarray, State]:
        (steps,) = state
        assert len(set(steps[:, 0].tolist())) == 1
        return self.logs[int(steps[0, 0]), codes].copy(), (steps + 1,)

    def search(self, beam: int) -> list[Found]:
        state = (np.zeros((1, 1)),)
        return beam_search(self.step, state, start=START, end=END, beam=beam, longest=LONGEST)

    def score(self, codes: tuple[int, ...], ended: bool) -> float:
        steps = zip(range(LONGEST + 1), (START, *codes), (*codes, END), strict=False)
        logs = [self.logs[step, before, after] for step, before, after in steps]
        return float(sum(logs if ended else logs[: len(codes)]))


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6))
def test_a_wide_beam_finds_the_best_texts(seed: int) -> None:
    tables = Tables(seed)
    words = [
        Found(codes, tables.score(codes, ended=True))
        for length in range(LONGEST)
        for codes in itertools.product((2, 3), repeat=length)
    ]
    best = sorted(words, key=lambda one: -one.rank)
    found = tables.search(beam=len(words))
    assert [one.codes for one in found[:3]] == [one.codes for one in best[:3]]
    np.testing.assert_allclose([one.score for one in found[:3]], [one.score for one in best[:3]])


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6))
def test_a_beam_of_one_takes_the_likeliest_code_each_time(seed: int) -> None:
    tables, codes = Tables(seed), [START]
    while len(codes) <= LONGEST:
        logs = tables.logs[len(codes) - 1, codes[-1]].copy()
        logs[START] = -np.inf
        code = int(logs.argmax())
        if code == END:
            break
        codes.append(code)
    (found,) = tables.search(beam=1)
    assert list(found.codes) == codes[1:]


def test_codes_that_never_occur() -> None:
    tables = Tables(0)
    state = (np.zeros((1, 1)),)
    found = beam_search(
        tables.step, state, start=START, end=END, beam=3, longest=LONGEST, never=[2]
    )
    assert all(2 not in one.codes for one in found)


def test_with_fewer_codes_than_the_beam_is_wide_none_that_never_occurs_is_found() -> None:
    tables = Tables(0)
    state = (np.zeros((1, 1)),)
    found = beam_search(tables.step, state, start=START, end=END, beam=9, longest=2, never=[2])
    assert all(set(one.codes) <= {3} and np.isfinite(one.score) for one in found)


def test_numbers_that_are_not_finite_are_refused() -> None:
    def step(codes: np.ndarray, state: State) -> tuple[np.ndarray, State]:
        return np.full((len(codes), CODES), np.nan), state

    with pytest.raises(CheckpointError, match="finite"):
        beam_search(step, (), start=START, end=END, beam=2, longest=3)
