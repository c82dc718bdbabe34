"""Reading and writing text a character at a time."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from nnlab.experiments.textgen.sampling import Sampler
from nnlab.inference import Network
from nnlab.inference.finite import check_finite

_CHANCES = 1024  # drawn at a time; one by one they cost as much as the network's step
_TOGETHER = 512  # characters of a known text that are read at a time, in less time than one by one


class Chosen(NamedTuple):
    """A character that was written.

    Attributes:
        code: Which one.
        probability: What the reader gave it, whatever the sampler made of that.
    """

    code: int
    probability: float


class Reader(ABC):
    """Reads text a character at a time and knows, after each, what may follow."""

    @abstractmethod
    def read(self, code: int) -> np.ndarray:
        """Read a character; return the probabilities of the next one, (characters,).

        Raises:
            CheckpointError: They are not finite.
        """

    def write(
        self, prompt: np.ndarray, sampler: Sampler, rng: np.random.Generator
    ) -> Iterator[Chosen]:
        """Read a prompt of one character or more, then yield what follows, without end."""
        for code in prompt:
            probabilities = self.read(int(code))
        while True:
            for chance in rng.random(_CHANCES).tolist():
                code = sampler.pick(probabilities, chance)
                yield Chosen(code, float(probabilities[code]))
                probabilities = self.read(code)

    def likelihoods(self, before: np.ndarray, text: np.ndarray) -> np.ndarray:
        """Return the probability that was given to each character of a text: float64 (count,).

        Args:
            before: Codes that are read first, one or more.
            text: Codes (count,).
        """
        for code in before.tolist():
            probabilities = self.read(code)
        likelihoods = np.empty(len(text))
        for place, code in enumerate(text.tolist()):
            likelihoods[place] = probabilities[code]
            probabilities = self.read(code)
        return likelihoods


class CarriedReader(Reader):
    """Reads with a network that predicts every character, and whose state is never reset."""

    def __init__(self, network: Network) -> None:
        """Start without any text.

        Args:
            network: From codes (length,) to probabilities (length, characters).
        """
        self._step = network.stepwise()
        self._input = np.zeros((1, 1), np.float32)
        states = list(self._step.input_shapes.values())[1:]
        self._states = [np.zeros((1, *shape), np.float32) for shape in states]

    def read(self, code: int) -> np.ndarray:
        """Read a character; return the probabilities of the next one, float32 (characters,)."""
        self._input[0, 0] = code
        probabilities, *self._states = self._step.run(self._input, *self._states)
        known: np.ndarray = probabilities[0, 0]
        check_finite(known)
        return known

    def likelihoods(self, before: np.ndarray, text: np.ndarray) -> np.ndarray:
        """Do as `Reader` does, some hundred characters at a time."""
        states = [state.shape[1:] for state in self._states]
        codes = np.concatenate([before, text]).astype(np.intp)
        found = []
        for start in range(0, len(codes), _TOGETHER):
            block = codes[start : start + _TOGETHER]
            network = self._step.resized((len(block),), *states)
            (probabilities,), *self._states = network.run(
                block[None].astype(np.float32), *self._states
            )
            check_finite(probabilities)
            following = codes[start + 1 : start + 1 + len(block)]
            found.append(probabilities[np.arange(len(following)), following])
        return np.concatenate(found)[len(before) - 1 :].astype(np.float64)


class WindowReader(Reader):
    """Reads with a network of windows.

    "carried" is one LSTM state that is never reset. "window" gives what the network gives for the
    last window alone: as many states as a window has places run side by side, each begun at zero
    one character after the other, so that one of them has read exactly a window at any time.
    """

    def __init__(self, network: Network, context: str) -> None:
        """Start without any text.

        Args:
            network: From one-hot windows (length, characters) to probabilities (characters,).
            context: "carried" or "window".
        """
        ((window, characters),) = network.input_shapes.values()
        self._forgets = context == "window"
        self._rows = window if self._forgets else 1
        self._step = network.stepwise()
        self._input = np.zeros((self._rows, 1, characters), np.float32)
        states = list(self._step.input_shapes.values())[1:]
        self._states = [np.zeros((self._rows, *shape), np.float32) for shape in states]
        self._read = 0

    def read(self, code: int) -> np.ndarray:
        """Read a character; return the probabilities of the next one, float32 (characters,)."""
        if self._forgets:
            for state in self._states:
                state[self._read % self._rows] = 0
        self._input[:, 0, code] = 1
        probabilities, *self._states = self._step.run(self._input, *self._states)
        self._input[:, 0, code] = 0
        self._read += 1
        longest = self._read % self._rows if self._read >= self._rows else 0
        known: np.ndarray = probabilities[longest]
        check_finite(known)
        return known
