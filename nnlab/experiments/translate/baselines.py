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


def nearest_translations(
    train_sources: Sequence[str], train_targets: Sequence[str], test_sources: Sequence[str]
) -> list[str]:
    """The translation of the training sentence that is most like each test sentence.

    Sentences are compared by the cosine of their character trigrams, with a blank before and after
    the sentence, weighted by inverse document frequency (Salton and Buckley, "Term-weighting
    approaches in automatic text retrieval", 1988): log(sentences / sentences with the trigram) + 1.

    Args:
        train_sources: known sentences.
        train_targets: their translations, in the same order.
        test_sources: the sentences to translate.

    Returns:
        A translation a test sentence. Of several equally similar the first is taken, so that a
        sentence with nothing in common with any gets the first translation of all.

    Raises:
        ValueError: if there is no training sentence, or not one translation for each.
    """
    if len(train_sources) != len(train_targets) or not len(train_sources):
        raise ValueError(
            "expected sentences and as many translations, "
            f"got {len(train_sources)} and {len(train_targets)}"
        )
    keys, rows = _trigrams(train_sources)
    vocabulary, columns = np.unique(keys, return_inverse=True)
    if not len(vocabulary):
        return [train_targets[0]] * len(test_sources)
    seen = np.unique(rows * len(vocabulary) + columns) % len(vocabulary)  # once a sentence
    rarity = np.log(len(train_sources) / np.bincount(seen, minlength=len(vocabulary))) + 1
    known = _vectors(rows, columns, rarity, len(train_sources)).T.tocsr()
    nearest: list[int] = []
    for block in _blocks(test_sources, max(CELLS // len(train_sources), 1)):
        keys, rows = _trigrams(block)
        columns = np.minimum(np.searchsorted(vocabulary, keys), len(vocabulary) - 1)
        held = vocabulary[columns] == keys
        vectors = _vectors(rows[held], columns[held], rarity, len(block))
        nearest += (vectors @ known).toarray().argmax(axis=1).tolist()
    return [train_targets[place] for place in nearest]


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
