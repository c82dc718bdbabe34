"""Sentence pairs with other names and numbers, from which a network learns to copy them.

A name that stands in both sentences, such as Tom, is replaced in both by a word that was never
seen. What a network cannot know, it can then only copy.
"""

import re
from collections.abc import Sequence

import numpy as np

_WORD = re.compile(r"[^\W\d_]+|\d+")
SHARE = 0.3
"""Of the pairs that share a name or a number, how many get another one."""
SHORTEST = 3  # letters of a name


class Replacer:
    """Replaces names and numbers of pairs.

    Args:
        sources: Sentences to learn from.
        targets: Their translations, in the same order.
    """

    def __init__(self, sources: Sequence[str], targets: Sequence[str]) -> None:
        words = {word for text in (*sources, *targets) for word in _WORD.findall(text)}
        self._common = {word for word in words if word == word.lower()}
        long = (word for word in self._common if word.isalpha() and len(word) > SHORTEST)
        self._material = sorted(long)

    def replaced(self, source: str, target: str, rng: np.random.Generator) -> tuple[str, str]:
        """Return a pair with other names and numbers, or the pair itself."""
        shared = sorted(set(_WORD.findall(source)) & set(_WORD.findall(target)))
        names = [word for word in shared if self._can_be_copied(word)]
        if not names or rng.random() >= SHARE:
            return source, target
        others = {name: self._other(name, rng) for name in names}

        def other(match: re.Match[str]) -> str:
            return others.get(match[0], match[0])

        return _WORD.sub(other, source), _WORD.sub(other, target)

    def _can_be_copied(self, word: str) -> bool:
        if word.isdecimal():
            return len(word) > 1
        is_capitalized = word[0] != word[0].lower()
        return is_capitalized and len(word) >= SHORTEST and word.lower() not in self._common

    def _other(self, word: str, rng: np.random.Generator) -> str:
        """Make a number of two to five digits, or a word of the halves of two words."""
        if word.isdecimal():
            return str(rng.integers(10, 10 ** rng.integers(2, 6)))
        if not self._material:
            return word
        first, second = (self._material[rng.integers(len(self._material))] for _ in range(2))
        half = first[: (len(first) + 1) // 2] + second[len(second) // 2 :]
        return str(half.capitalize())
