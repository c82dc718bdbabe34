"""A network mixed with counts of n-grams, and how the counts travel."""

import base64
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.errors import CheckpointError
from nnlab.experiments.textgen import mixture
from nnlab.experiments.textgen.characters import Reader
from nnlab.experiments.textgen.kneser_ney import KneserNey

CODES = np.random.default_rng(0).integers(0, 5, 400).astype(np.uint8)


class Constant(Reader):
    """Tells the same whatever it reads."""

    def read(self, code: int) -> np.ndarray:
        return np.array([0.5, 0.2, 0.1, 0.1, 0.1], np.float32)


def fact(**changes: Any) -> dict[str, Any]:
    return {**mixture.packed(CODES, 5, 4, 0.3), **changes}


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60), st.integers(1, 6))
def test_counts_come_back_as_they_were_packed(text: list[int], order: int) -> None:
    codes = np.array(text, np.uint8)
    if len(codes) < order:
        codes = np.resize(codes, order)
    packed = mixture.packed(codes, 5, order, 0.25)
    mixture.check(packed, 5)
    known, share = mixture.unpacked(packed, 5)
    assert share == 0.25
    own = KneserNey.fit(codes, 5, order)
    np.testing.assert_array_equal(
        known.probabilities(CODES, codes), own.probabilities(CODES, codes)
    )


def test_reading_mixes_as_scoring_does() -> None:
    known, share = mixture.unpacked(fact(), 5)
    before, text = CODES[:50], CODES[50:90]
    counted = known.probabilities(text, before)
    alone = Constant().likelihoods(before, text)
    reader = mixture.MixingReader(Constant(), known, share)
    came = reader.likelihoods(before, text)
    np.testing.assert_allclose(came, mixture.mixed(alone, counted, share), rtol=1e-6)


@given(st.integers(0, 2**31))
def test_the_best_share_is_the_one_of_fewest_bits(seed: int) -> None:
    one, other = np.random.default_rng(seed).uniform(0.01, 1, (2, 50))
    bits = [-np.log2(mixture.mixed(one, other, share)).mean() for share in np.linspace(0, 1, 201)]
    came = -np.log2(mixture.mixed(one, other, mixture.best_share(one, other))).mean()
    assert came <= min(bits) + 1e-3


@pytest.mark.parametrize(
    "damaged",
    [
        None,
        [],
        {},
        fact(share=2.0),
        fact(share="0.3"),
        fact(length=0),
        fact(length=True),
        fact(length=99),
        fact(count=0),
        fact(count=10**9),
        fact(first=[5]),
        fact(first=[1] * 50),
        fact(length=13),
        fact(first="abc"),
        fact(data=None),
        fact(more=1),
    ],
)
def test_a_fact_of_another_form_is_refused(damaged: Any) -> None:
    with pytest.raises(CheckpointError, match="expected counts of n-grams"):
        mixture.check(damaged, 5)


def bomb(size: int) -> str:
    return base64.b64encode(zlib.compress(bytes(size))).decode()


@pytest.mark.parametrize(
    "damaged",
    [
        fact(data="%%%"),
        fact(data="AAAA"),
        fact(data=bomb(10)),
        fact(data=bomb(10**8)),
        fact(data=bomb(12 * 3), count=3),  # three n-grams, all the same, that occur never
        fact(length=3),  # the codes of four characters are none of three
    ],
)
def test_damaged_data_are_refused(damaged: dict[str, Any]) -> None:
    mixture.check(damaged, 5)
    with pytest.raises(CheckpointError, match="counts of n-grams"):
        mixture.unpacked(damaged, 5)
