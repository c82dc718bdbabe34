from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.datasets.store import Store
from nnlab.datasets.text.corpus import load_corpus
from nnlab.experiments.textgen import kneser_ney
from nnlab.experiments.textgen.context_free import uniform_bits, unigram_bits
from nnlab.experiments.textgen.kneser_ney import KneserNey


def codes_of(text: str) -> np.ndarray:
    return np.frombuffer(text.encode(), np.uint8) - ord("a")


def counted(text: str, order: int) -> dict[int, Counter[str]]:
    """Counts of the n-grams by length: raw for the longest, else by characters before them."""
    grams = {n: [text[i : i + n] for i in range(len(text) - n + 1)] for n in range(1, order + 1)}
    counts = {order: Counter(grams[order])}
    for n in range(1, order):
        before: defaultdict[str, set[str | None]] = defaultdict(set)
        for gram in grams[n + 1]:
            before[gram[1:]].add(gram[0])
        before[text[:n]] |= before[text[:n]] or {None}
        counts[n] = Counter({gram: len(found) for gram, found in before.items() if gram})
    return counts


def plain_probability(text: str, order: int, characters: int, context: str, letter: str) -> float:
    """Interpolated Kneser-Ney as it is written down, without any packing."""
    counts = counted(text, order)
    probability = 1 / characters
    for n in range(1, order + 1):
        if n - 1 > len(context):
            break
        history = context[len(context) - n + 1 :]
        inside = {gram: count for gram, count in counts[n].items() if gram[:-1] == history}
        if not inside:
            continue
        n1, n2 = (sum(c == k for c in counts[n].values()) for k in (1, 2))
        discount = n1 / (n1 + 2 * n2) if n1 and n2 else 0.5
        total = sum(inside.values())
        own = max(inside.get(history + letter, 0) - discount, 0) / total
        probability = own + discount * len(inside) / total * probability
    return probability


@settings(max_examples=60)
@given(st.text("abcd", min_size=4, max_size=60), st.text("abcd", max_size=7), st.integers(1, 4))
def test_probabilities_are_those_of_the_definition_and_add_up_to_1(
    text: str, context: str, order: int
) -> None:
    model = KneserNey.fit(codes_of(text), 5, order)
    found = [
        model.probabilities(np.array([code]), codes_of(context))[0]
        for code in range(model.characters)
    ]
    expected = [plain_probability(text, order, 5, context, letter) for letter in "abcde"]
    last = codes_of(context)[len(context) - min(len(context), model.order - 1) :]
    np.testing.assert_allclose(model.distribution(tuple(last.tolist())), found, rtol=1e-12)
    assert found == pytest.approx(expected, abs=1e-12)
    assert sum(found) == pytest.approx(1, abs=1e-12)
    assert min(found) > 0


def test_a_small_case_by_hand() -> None:
    # aab, order 2: aa 1, ab 1, discount 0.5; before a stands a, before b stands a: 1 and 1, 0.5;
    # p(a) = 0.5 / 2 + 0.5 * 2 / 2 * 1/2 = 0.5; p(b | a) = 0.5 / 2 + 0.5 * 2 / 2 * 0.5 = 0.5
    model = KneserNey.fit(codes_of("aab"), 2, order=2)
    assert model.probabilities(codes_of("b"), codes_of("a"))[0] == pytest.approx(0.5)
    # one more character in the alphabet: p(b) = 0.25 + 0.5 / 3, p(b | a) = 0.25 + 0.5 p(b)
    model = KneserNey.fit(codes_of("aab"), 3, order=2)
    assert model.probabilities(codes_of("b"), codes_of("a"))[0] == pytest.approx(
        0.25 + 0.5 * (0.25 + 0.5 / 3)
    )


def test_the_history_runs_over_and_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    codes = np.cumsum(rng.integers(0, 2, 3000)) % 7
    model = KneserNey.fit(codes[:2000], 7)
    whole = model.probabilities(codes[1000:])
    after = model.probabilities(codes[2000:], codes[:2000])
    assert np.allclose(after, whole[1000:], atol=1e-15)
    assert not np.allclose(model.probabilities(codes[2000:])[:5], after[:5])
    monkeypatch.setattr(kneser_ney, "BLOCK", 17)
    assert np.allclose(model.probabilities(codes[2000:], codes[:2000]), after, atol=1e-15)
    assert model.bits_per_character(codes[2000:], codes[:2000]) == pytest.approx(
        -np.log2(after).mean()
    )


def test_a_predictable_text_takes_few_bits_and_a_random_one_those_of_the_alphabet() -> None:
    cycle = np.tile(np.arange(8), 500)
    assert KneserNey.fit(cycle, 8).bits_per_character(cycle[:800], cycle) < 0.05
    noise = np.random.default_rng(0).integers(0, 8, 60_000)
    bits = KneserNey.fit(noise[:50_000], 8, order=3).bits_per_character(noise[50_000:], noise)
    assert 3 - 0.02 < bits < 3.1


def test_the_order_falls_where_the_n_grams_of_a_large_alphabet_do_not_fit_into_a_key() -> None:
    codes = np.tile(np.arange(4990, 5000), 30)
    model = KneserNey.fit(codes, 5000)
    assert model.order == 4
    assert KneserNey.fit(codes % 1024, 1024).order == 6
    assert model.bits_per_character(codes, codes) < 0.3


def test_foreign_codes_and_impossible_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="got 0 characters and order 6"):
        KneserNey.fit(np.zeros(0, np.int64), 0)
    with pytest.raises(ValueError, match="got 4 characters and order 0"):
        KneserNey.fit(np.zeros(9, np.int64), 4, order=0)
    with pytest.raises(ValueError, match="expected codes 0 to 2, got 0 to 3"):
        KneserNey.fit(np.array([0, 3]), 3)
    model = KneserNey.fit(np.array([0, 1]), 3)
    with pytest.raises(ValueError, match="expected codes 0 to 2, got -1 to 0"):
        model.bits_per_character(np.array([0, -1]))
    with pytest.raises(ValueError, match="got none"):
        model.bits_per_character(np.array([], np.int64))


def test_a_text_shorter_than_an_n_gram_leaves_the_uniform_distribution_below() -> None:
    model = KneserNey.fit(np.array([], np.int64), 4)
    assert model.probabilities(np.array([0, 3])) == pytest.approx([0.25, 0.25])


def test_an_alphabet_of_256_characters_at_order_8_fills_the_key() -> None:
    codes = np.random.default_rng(0).integers(0, 256, 500)
    model = KneserNey.fit(codes, 256, order=8)
    assert model.probabilities(codes[100:101], codes[:100])[0] > 0.1


def test_unigrams_add_one_and_all_alike_is_uniform() -> None:
    train, test = np.array([0, 0, 1]), np.array([0, 2])
    expected = -(np.log2(3 / 6) + np.log2(1 / 6)) / 2
    assert unigram_bits(train, test, 3) == pytest.approx(expected)
    assert unigram_bits(np.array([], np.int64), test, 8) == pytest.approx(uniform_bits(8)) == 3
    with pytest.raises(ValueError, match="got none"):
        unigram_bits(train, np.array([], np.int64), 3)
    with pytest.raises(ValueError, match="got 0"):
        uniform_bits(0)


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "bits"), [("tom_sawyer", 2.07), ("nietzsche", 1.98)])
def test_it_takes_as_many_bits_as_measured_elsewhere(name: str, bits: float) -> None:
    warnings: list[str] = []
    corpus = load_corpus(Store(), name, keep_case=False, encoding=None, warn=warnings.append)
    cut = len(corpus.codes) * 9 // 10
    train, test = corpus.codes[:cut], corpus.codes[cut:]
    alphabet = len(corpus.characters)
    found = KneserNey.fit(train, alphabet).bits_per_character(test, train)
    assert found == pytest.approx(bits, abs=0.01)
    assert found < unigram_bits(train, test, alphabet) < uniform_bits(alphabet)
