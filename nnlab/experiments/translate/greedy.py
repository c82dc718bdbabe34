"""Greedy decoding with an encoder and a decoder, many sentences at once."""

from collections.abc import Sequence

import numpy as np

from nnlab.errors import CheckpointError
from nnlab.inference import Network
from nnlab.inference.finite import check_finite
from nnlab.inference.layer import Shape

ROWS = 32
"""Sentences computed together, always: fewer are filled up. The rounding of a matrix product
depends on its size, and with it a translation might depend on its neighbours."""


class GreedyDecoder:
    """Runs a network of `nnlab.models.translator` and takes the likeliest character every time."""

    def __init__(self, network: Network, start: int, end: int, longest: int) -> None:
        """Take the network apart.

        Args:
            network: Inputs "source" and "target", LSTMs "encoder" and "decoder".
            start: The code that the decoder is given first.
            end: The code that ends a translation.
            longest: Characters after which a translation ends in any case.

        Raises:
            CheckpointError: It is another network.
        """
        self._network = network
        self._decoder = decoder_step(network)
        self._characters = network.input_shapes["source"][1]
        target = self._decoder.input_shapes["target"]
        if self._decoder.output_shapes["probabilities"] != target:
            raise CheckpointError(
                f"expected probabilities of shape {target} from a step of the decoder, "
                f"but they are {self._decoder.output_shapes['probabilities']}"
            )
        self._start, self._end, self.longest = start, end, longest

    def decode(self, sources: Sequence[np.ndarray]) -> list[list[int]]:
        """Translate encoded sentences.

        Args:
            sources: Codes of each, counted from 0; any lengths.

        Returns:
            The codes of each translation, without start and end.

        Raises:
            CheckpointError: The network computes no finite numbers.
        """
        blocks = (sources[first : first + ROWS] for first in range(0, len(sources), ROWS))
        return [translation for block in blocks for translation in self._decode_block(block)]

    def begin(self, source: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the states (1, units) in which the decoder begins, for `step`."""
        return tuple(state[:1] for state in self._encode([source]))

    def step(self, codes: np.ndarray, states: tuple[np.ndarray, ...]) -> tuple[np.ndarray, ...]:
        """Return the probabilities of the next character (rows, characters), and the states."""
        target = np.zeros((len(codes), *self._decoder.input_shapes["target"]), np.float32)
        target[np.arange(len(codes)), 0, codes] = 1
        probabilities, *after = self._decoder.run(target, *states)
        return (probabilities[:, 0], *after)

    def _decode_block(self, sources: Sequence[np.ndarray]) -> list[list[int]]:
        hidden, cell = self._encode(sources)
        codes = np.full(ROWS, self._start)
        target = np.zeros((ROWS, *self._decoder.input_shapes["target"]), np.float32)
        running = np.arange(ROWS) < len(sources)
        translations: list[list[int]] = [[] for _ in sources]
        for _ in range(self.longest):
            target[:] = 0
            target[np.arange(ROWS), 0, codes] = 1
            probabilities, hidden, cell = self._decoder.run(target, hidden, cell)
            probabilities[..., self._start] = -1  # it stands in front of all, and nowhere else
            check_finite(probabilities)
            codes = probabilities.reshape(ROWS, -1).argmax(axis=-1)
            running &= codes != self._end
            if not running.any():
                break
            for row in np.flatnonzero(running):
                translations[row].append(int(codes[row]))
        return translations

    def _encode(self, sources: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
        length = max(1, *map(len, sources))
        encoder = self._network.part(
            {"source": (length, self._characters)}, ["encoder:1", "encoder:2"]
        )
        one_hot = np.zeros((ROWS, length, self._characters), np.float32)
        for row, source in enumerate(sources):
            one_hot[row, np.arange(len(source)), source] = 1
        return encoder.run(one_hot)


def decoder_step(network: Network) -> Network:
    """Return the decoder for one character, which begins in states from outside.

    Raises:
        CheckpointError: It is another network.
    """
    units = _states(network)
    return network.part(
        {
            "target": (1, network.input_shapes["target"][1]),
            "encoder:1": units,
            "encoder:2": units,
        },
        ["probabilities", "decoder:1", "decoder:2"],
    )


def _states(network: Network) -> Shape:
    shapes = network.shapes
    if list(network.input_shapes) != ["source", "target"]:
        raise CheckpointError(
            "expected inputs 'source' and 'target', but it has " + ", ".join(network.input_shapes)
        )
    if "encoder:1" not in shapes or "decoder:2" not in shapes:
        raise CheckpointError(
            "expected LSTMs 'encoder' and 'decoder' that give their states, but it has "
            + ", ".join(shapes)
        )
    return shapes["encoder:1"]
