"""Beam search: follow the likeliest beginnings of a text side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.inference.finite import check_finite

State = tuple[np.ndarray, ...]
"""What a decoder remembers of each beginning: arrays (beginnings, ...)."""

Step = Callable[[np.ndarray, State], tuple[np.ndarray, State]]
"""From the last code of each beginning (beginnings,) and the state to the logarithms of the
probabilities of the next code (beginnings, codes), and the state after."""


@dataclass(frozen=True)
class Found:
    """A text that was found.

    Attributes:
        codes: Without start and end.
        score: The logarithm of its probability, including that it ends there, if it ended.
    """

    codes: tuple[int, ...]
    score: float

    @property
    def rank(self) -> float:
        """The score per code: long texts are not less likely because they are long."""
        return self.score / (len(self.codes) + 1)


def beam_search(
    step: Step,
    state: State,
    *,
    start: int,
    end: int,
    beam: int,
    longest: int,
    never: Sequence[int] = (),
) -> list[Found]:
    """Return the best texts, best first: at most `beam`, and at least one.

    Beginnings that did not end are returned only if no text ended.

    Args:
        step: The decoder.
        state: What it begins in, for one beginning: arrays (1, ...).
        start: The code that it is given first.
        end: The code that ends a text.
        beam: How many beginnings to follow; 1 takes the likeliest code every time.
        longest: Codes after which a text ends in any case.
        never: Codes that never occur in a text; `start` is one of them.

    Raises:
        CheckpointError: The network computes no finite numbers.
    """
    begun = [Found((), 0.0)]
    codes = np.array([start])
    done: list[Found] = []
    excluded = [start, *never]
    for _ in range(longest):
        logs, state = step(codes, state)
        check_finite(logs)
        logs[:, excluded] = -np.inf
        scores = logs + np.array([[one.score] for one in begun])
        best = np.argsort(-scores, axis=None, kind="stable")[: 2 * beam]
        rows, following = np.unravel_index(best, scores.shape)
        kept: list[tuple[int, Found]] = []
        for row, code in zip(rows.tolist(), following.tolist(), strict=True):
            score = float(scores[row, code])
            if score == -np.inf:  # only codes are left that never occur
                break
            if code == end:
                if len(kept) < beam:
                    done.append(Found(begun[row].codes, score))
            elif len(kept) < beam:
                kept.append((row, Found((*begun[row].codes, code), score)))
        begun = [one for _, one in kept]
        if len(done) >= beam and max(one.rank for one in begun) <= sorted_ranks(done)[beam - 1]:
            break
        if beam == 1 and done:
            break
        chosen = [row for row, _ in kept]
        state = tuple(array[chosen] for array in state)
        codes = np.array([one.codes[-1] for one in begun])
    else:
        done = done or begun
    return sorted(done, key=lambda one: -one.rank)[:beam]


def sorted_ranks(found: Sequence[Found]) -> list[float]:
    """Return the ranks of texts, best first."""
    return sorted((one.rank for one in found), reverse=True)
