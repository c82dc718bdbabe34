"""Text in capitals, which a network has hardly seen."""

import re

from nnlab.datasets.text.subwords import Subwords

SURE = 3.0
"""By how much a word is likelier with a capital, as a logarithm, to have one inside a sentence.

Every word begins a sentence now and then, and has a capital there; names have one everywhere.
"""
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")


def is_shouted(text: str) -> bool:
    """Tell whether a text of several words is written in capitals."""
    words = _WORD.findall(text)
    return len(words) > 1 and text.isupper() and any(len(word) > 1 for word in words)


def calmed(sentence: str, subwords: Subwords) -> str:
    """Write each word of a sentence in capitals as the network is likeliest to have seen it."""

    def usual(match: re.Match[str]) -> str:
        word = match[0]
        small, large = word.lower(), word.capitalize()
        if len(word) > 1:  # unlike the English word I
            gain = subwords.logarithm(large) - subwords.logarithm(small)
            return large if gain > SURE else small
        return max(small, large, key=subwords.logarithm)

    calm = _WORD.sub(usual, sentence)
    return calm[:1].upper() + calm[1:]
