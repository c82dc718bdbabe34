"""Text in capitals is read as if it were not."""

import pytest

from nnlab.datasets.text.subwords import BLANK, Subwords
from nnlab.experiments.translate.capitals import calmed, is_shouted

WORDS = {"he": -5.0, "He": -4.0, "i": -9.0, "I": -3.0, "is": -4.0, "Tom": -4.0, "don't": -6.0}
SUBWORDS = Subwords(
    {f"{BLANK}{word}": likely for word, likely in WORDS.items()}
    | dict.fromkeys("abcdefghijklmnopqrstuvwxyz", -12.0)
)


@pytest.mark.parametrize("text", ["WHERE IS TOM?", "DON'T GO", "\u00c9COLE ICI"])
def test_several_words_in_capitals_are_shouted(text: str) -> None:
    assert is_shouted(text)


@pytest.mark.parametrize("text", ["TOM", "Where IS Tom?", "A B", "I, I", "", "5 %", "\u4f60\u597d"])
def test_names_letters_and_other_scripts_are_not(text: str) -> None:
    assert not is_shouted(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HE IS TOM", "He is Tom"),
        ("IS HE HERE?", "Is he here?"),  # though He is likelier than he
        ("TOM, I DON'T GO", "Tom, I don't go"),
        ("DON\u2019T", "Don\u2019t"),
    ],
)
def test_words_get_the_letters_that_are_likeliest(text: str, expected: str) -> None:
    assert calmed(text, SUBWORDS) == expected
