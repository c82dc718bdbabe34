"""A network and counts of n-grams, mixed to one model of text.

The counts are among the facts of the checkpoint: those of the longest n-grams, sorted, compressed
by zlib and written in base64.
"""

import base64
import binascii
import reprlib
import zlib
from collections import deque
from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlab.errors import CheckpointError
from nnlab.experiments.textgen.characters import Reader
from nnlab.experiments.textgen.kneser_ney import KneserNey
from nnlab.experiments.textgen.ngram_counts import NgramCounts, longest_order

MOST_COUNTED = 1_000_000
"""Characters of a text, its last ones, whose n-grams are counted."""
MOST_NGRAMS = 1_000_000
"""Most n-grams in a checkpoint."""
LONGEST = 12
"""Most characters of an n-gram."""
MOST_BYTES = 6 * 2**20
"""Most bytes of packed counts; the header that contains them has at most 8 MiB."""
ROUNDS = 100
"""Rounds of expectation maximisation; the share converges well before."""


def mixed(network: np.ndarray, ngrams: np.ndarray, share: float) -> np.ndarray:
    """Return the mean of two probabilities, weighted: `share` is that of the n-grams."""
    result: np.ndarray = (1 - share) * network + share * ngrams
    return result


def best_share(network: np.ndarray, ngrams: np.ndarray) -> float:
    """Find the share with which a text is likeliest, by expectation maximisation.

    Args:
        network: Probability that the network gave to each character of the text, (count,), above 0.
        ngrams: That of the n-grams, likewise.

    Returns:
        From 0 to 1, rounded to thousandths.
    """
    share = 0.5
    for _ in range(ROUNDS):
        share = float((share * ngrams / mixed(network, ngrams, share)).mean())
    return round(share, 3)


class MixingReader(Reader):
    """Reads with a network, and mixes what n-grams say into what it says."""

    def __init__(self, network: Reader, ngrams: KneserNey, share: float) -> None:
        self._network = network
        self._ngrams = ngrams
        self._share = share
        self._last: deque[int] = deque(maxlen=ngrams.order - 1)

    def read(self, code: int) -> np.ndarray:
        """Read a character; return the probabilities of the next one, float64 (characters,)."""
        self._last.append(code)
        counted = self._ngrams.distribution(tuple(self._last))
        return mixed(self._network.read(code), counted, self._share)


def packed(codes: np.ndarray, characters: int, order: int, share: float) -> dict[str, Any]:
    """Count the n-grams of a text, and write them as a fact: JSON of text and numbers.

    Of a text with too many, those of its second half, and so on.
    """
    fact = _packed(codes, characters, order, share)
    while len(fact["data"]) > MOST_BYTES:
        codes = codes[len(codes) // 2 :]
        fact = _packed(codes, characters, order, share)
    return fact


def _packed(codes: np.ndarray, characters: int, order: int, share: float) -> dict[str, Any]:
    counts = NgramCounts.of(codes, characters, order)
    steps = np.diff(counts.grams, prepend=np.uint64(0)).astype("<u8")
    # Most bytes of the steps are 0; side by side, they compress well.
    columns = np.concatenate([_bytes(steps), _bytes(counts.counts.astype("<u4"))], axis=1)
    data = zlib.compress(np.ascontiguousarray(columns.T).tobytes(), 9)
    return {
        "share": share,
        "length": counts.order,
        "first": counts.first.tolist(),
        "count": len(counts.grams),
        "data": base64.b64encode(data).decode(),
    }


def check(fact: Any, characters: int) -> None:
    """Refuse what `packed` did not make, without unpacking it.

    Raises:
        CheckpointError: It is something else.
    """
    longest = min(LONGEST, longest_order(characters))
    expected: Mapping[str, bool] = {}
    if isinstance(fact, dict):
        share, first = fact.get("share"), fact.get("first")
        expected = {
            "share": isinstance(share, float) and 0 <= share <= 1,
            "length": _is_count(fact.get("length"), longest),
            "count": _is_count(fact.get("count"), MOST_NGRAMS),
            "first": isinstance(first, list)
            and len(first) <= longest
            and all(type(code) is int and 0 <= code < characters for code in first),
            "data": isinstance(fact.get("data"), str),
        }
    wrong = [name for name, right in expected.items() if not right]
    if not expected or wrong or fact.keys() != expected.keys():
        named = bool(wrong) and wrong[0] in fact
        what = f"its {wrong[0]} is {reprlib.repr(fact[wrong[0]])}" if named else reprlib.repr(fact)
        raise CheckpointError(f"expected counts of n-grams, but {what}")


def unpacked(fact: Mapping[str, Any], characters: int) -> tuple[KneserNey, float]:
    """Read a checked fact: the n-grams, and their share.

    Raises:
        CheckpointError: The data are damaged.
    """
    size = 12 * fact["count"]
    try:
        content = zlib.decompressobj().decompress(base64.b64decode(fact["data"]), size + 1)
    except (zlib.error, binascii.Error, ValueError) as error:
        raise CheckpointError(f"the counts of n-grams are damaged: {error}") from error
    if len(content) != size:
        raise CheckpointError(f"expected {size:,} bytes of counts of n-grams, got {len(content):,}")
    columns = np.frombuffer(content, np.uint8).reshape(12, -1).T
    steps = np.ascontiguousarray(columns[:, :8]).view("<u8")[:, 0].astype(np.uint64)
    counts = np.ascontiguousarray(columns[:, 8:]).view("<u4")[:, 0].astype(np.int64)
    try:
        made = NgramCounts(
            characters, fact["length"], steps.cumsum(), counts, np.array(fact["first"], np.uint64)
        )
    except ValueError as error:
        raise CheckpointError(f"the counts of n-grams are damaged: {error}") from error
    return KneserNey.of_counts(made), fact["share"]


def _bytes(numbers: np.ndarray) -> np.ndarray:
    return numbers.view(np.uint8).reshape(len(numbers), -1)


def _is_count(value: Any, most: int) -> bool:
    return type(value) is int and 1 <= value <= most
