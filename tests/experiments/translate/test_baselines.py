import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest

from nnlab.experiments.translate import baselines as nearest_sentence
from nnlab.experiments.translate.baselines import nearest_translations

WORDS = ["ik", "jij", "hij", "loop", "loopt", "lopen", "huis", "boom", "het", "de", "😀", "ß"]


def trigrams(sentence: str) -> Counter[str]:
    padded = f" {sentence} "
    return Counter(padded[i : i + 3] for i in range(len(padded) - 2))


def similarities(train: Sequence[str], sentence: str) -> list[float]:
    """Cosine of the weighted trigrams, as it is written down."""
    known = [trigrams(other) for other in train]
    spread = Counter(gram for grams in known for gram in grams)
    rarity = {gram: math.log(len(train) / count) + 1 for gram, count in spread.items()}
    asked = trigrams(sentence)

    def norm(grams: Counter[str]) -> float:
        return math.sqrt(sum((n * rarity.get(gram, 0)) ** 2 for gram, n in grams.items())) or 1

    return [
        sum(n * asked[gram] * rarity[gram] ** 2 for gram, n in grams.items())
        / (norm(grams) * norm(asked))
        for grams in known
    ]


@pytest.mark.parametrize("cells", [1, 100, 1 << 24])
def test_the_most_similar_sentence_answers_whatever_the_size_of_a_block(
    monkeypatch: pytest.MonkeyPatch, cells: int
) -> None:
    monkeypatch.setattr(nearest_sentence, "CELLS", cells)
    rng = np.random.default_rng(0)
    sentences = [" ".join(rng.choice(WORDS, rng.integers(1, 6))) for _ in range(90)]
    train, test = sentences[:60], sentences[60:]
    found = nearest_translations(train, [str(place) for place in range(60)], test)
    for sentence, place in zip(test, map(int, found), strict=True):
        alike = similarities(train, sentence)
        assert alike[place] == pytest.approx(max(alike), abs=1e-5)


def test_a_known_sentence_gets_its_translation_and_ties_go_to_the_first() -> None:
    train = ["the cat sat", "a dog", "a dog", "the dog sat"]
    targets = ["de kat zat", "een hond", "een teef", "de hond zat"]
    assert nearest_translations(train, targets, ["a dog", "the dog sat"]) == [
        "een hond",
        "de hond zat",
    ]
    assert nearest_translations(train, targets, ["xyzzy", ""]) == ["de kat zat"] * 2


def test_rare_trigrams_count_more_than_frequent_ones() -> None:
    train = ["the the the the", "zebra", *(f"the {word}" for word in ["one", "two", "six", "ten"])]
    assert nearest_translations(train, train, ["the zebra"]) == ["zebra"]


def test_sentences_of_no_length_and_no_sentences() -> None:
    assert nearest_translations(["", ""], ["x", "y"], ["a"]) == ["x"]
    assert nearest_translations(["a"], ["x"], []) == []
    with pytest.raises(ValueError, match="got 0 and 0"):
        nearest_translations([], [], ["a"])
    with pytest.raises(ValueError, match="got 1 and 2"):
        nearest_translations(["a"], ["x", "y"], ["a"])
