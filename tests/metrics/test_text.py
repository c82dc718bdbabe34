from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab import metrics
from nnlab.metrics import text as text_metrics

codes = st.lists(st.integers(0, 2), max_size=60)


def longest_by_brute_force(text: Sequence[int], corpus: Sequence[int]) -> int:
    text, corpus = bytes(text), bytes(corpus)
    ends = range(1, len(text) + 1)
    return max(
        (end - start for end in ends for start in range(end) if text[start:end] in corpus),
        default=0,
    )


@settings(max_examples=200)
@given(codes, codes, st.integers(1, 25), st.sampled_from([3, 10, 1 << 20]))
def test_runs_and_shares_match_a_brute_force_search(
    text: list[int], corpus: list[int], n: int, part: int
) -> None:
    arrays = np.array(text, np.uint8), np.array(corpus, np.uint8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_metrics, "PART", part)  # pieces that cross parts are found too
        assert metrics.longest_copied_run(*arrays) == longest_by_brute_force(text, corpus)
        if n <= len(text):
            pieces = [bytes(text[i : i + n]) for i in range(len(text) - n + 1)]
            share = sum(piece in bytes(corpus) for piece in pieces) / len(pieces)
            assert metrics.copied_share(*arrays, n) == pytest.approx(share)


def test_a_copied_run_is_measured_to_the_character() -> None:
    rng = np.random.default_rng(0)
    corpus = rng.integers(0, 60, 50_000)
    text = np.concatenate([rng.integers(0, 60, 500), corpus[777:850], rng.integers(0, 60, 400)])
    text[499], text[573] = 61, 62  # characters missing from the corpus surround the copy
    assert metrics.longest_copied_run(text, corpus) == 73
    assert metrics.copied_share(text, corpus) == pytest.approx((73 - 19) / (len(text) - 19))


def test_a_text_is_a_full_copy_of_itself_whatever_the_type_of_the_codes() -> None:
    text = np.arange(300) % 257
    assert metrics.longest_copied_run(text.astype(np.uint16), text.astype(np.int32)) == 300
    assert metrics.copied_share(text, text) == 1
    assert metrics.copied_share(text[:100], text[200:], n=1) == pytest.approx(43 / 100)


def test_a_text_without_n_grams_has_no_share() -> None:
    text = np.zeros(19, np.uint8)
    with pytest.raises(ValueError, match="expected n-grams of 1 to 19 characters, got 20"):
        metrics.copied_share(text, text)
    with pytest.raises(ValueError, match="got 0"):
        metrics.copied_share(text, text, n=0)
    assert metrics.longest_copied_run(text[:0], text) == 0
    assert metrics.longest_copied_run(text, text[:0]) == 0
