"""Translation memory: answer with the translation of the most similar known sentence."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

LENGTH = 3  # characters in an n-gram
BITS = 21  # of a Unicode character
CELLS = 1 << 24  # similarities that are held at once

Keys = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]


class TranslationMemory:
    """Known sentences, and which of them is most like another one.

    Sentences are compared by the cosine of their character trigrams, with a blank before and after
    the sentence, weighted by inverse document frequency (Salton and Buckley, "Term-weighting
    approaches in automatic text retrieval", 1988): log(sentences / sentences with the trigram) + 1.
    """

    def __init__(self, sentences: Sequence[str]) -> None:
        """Count the trigrams of one sentence or more."""
        self._count = len(sentences)
        keys, rows = _trigrams(sentences)
        self._vocabulary, columns = np.unique(keys, return_inverse=True)
        size = len(self._vocabulary)
        seen = np.unique(rows * size + columns) % max(size, 1)  # once a sentence
        self._rarity = np.log(self._count / np.bincount(seen, minlength=size)) + 1
        self._known = _vectors(rows, columns, self._rarity, self._count).T.tocsr()

    def nearest(self, sentences: Sequence[str]) -> list[tuple[int, float]]:
        """Return which known sentence is most like each sentence, and how much, 0 to 1.

        Of several equally similar the first is taken, so that a sentence with nothing in common
        with any gets the first of all, and 0.
        """
        if not len(self._vocabulary):
            return [(0, 0.0)] * len(sentences)
        nearest: list[tuple[int, float]] = []
        for block in _blocks(sentences, max(CELLS // self._count, 1)):
            keys, rows = _trigrams(block)
            columns = np.searchsorted(self._vocabulary, keys).clip(max=len(self._vocabulary) - 1)
            held = self._vocabulary[columns] == keys
            vectors = _vectors(rows[held], columns[held], self._rarity, len(block))
            alike = (vectors @ self._known).toarray()
            nearest += zip(alike.argmax(axis=1).tolist(), alike.max(axis=1).tolist(), strict=True)
        return nearest


def nearest_translations(
    train_sources: Sequence[str], train_targets: Sequence[str], test_sources: Sequence[str]
) -> list[str]:
    """The translation of the training sentence that is most like each test sentence.

    Args:
        train_sources: known sentences.
        train_targets: their translations, in the same order.
        test_sources: the sentences to translate.

    Returns:
        A translation a test sentence, as of `TranslationMemory.nearest`.

    Raises:
        ValueError: if there is no training sentence, or not one translation for each.
    """
    if len(train_sources) != len(train_targets) or not len(train_sources):
        raise ValueError(
            "expected sentences and as many translations, "
            f"got {len(train_sources)} and {len(train_targets)}"
        )
    nearest = TranslationMemory(train_sources).nearest(test_sources)
    return [train_targets[place] for place, _ in nearest]


def _blocks(sentences: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(sentences), size):
        yield sentences[start : start + size]


def _trigrams(sentences: Sequence[str]) -> tuple[Keys, Rows]:
    """Every trigram packed into 63 bits, and the number of the sentence that it stands in."""
    padded = [f" {sentence} " for sentence in sentences]
    text = "".join(padded).encode("utf-32-le", "surrogatepass")
    letters = np.frombuffer(text, np.uint32).astype(np.uint64)
    rows = np.repeat(np.arange(len(padded)), [len(sentence) for sentence in padded])
    places = max(len(letters) - LENGTH + 1, 0)
    keys = np.zeros(places, np.uint64)
    for offset in range(LENGTH):
        keys = keys << np.uint64(BITS) | letters[offset : offset + places]
    inside = rows[:places] == rows[LENGTH - 1 :]  # not across the end of a sentence
    return keys[inside], rows[:places][inside]


def _vectors(
    rows: Rows, columns: npt.NDArray[np.int64], rarity: npt.NDArray[np.float64], count: int
) -> "csr_matrix":
    """Weighted counts as unit vectors, float32 (count, vocabulary); empty sentences are zero."""
    from scipy.sparse import csr_matrix, diags

    shape = (count, len(rarity))
    matrix = csr_matrix((rarity[columns].astype(np.float32), (rows, columns)), shape=shape)
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    unit = diags(1 / np.where(norms > 0, norms, 1)).astype(np.float32)
    return (unit @ matrix).tocsr()
