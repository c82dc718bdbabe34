"""Decoding with a Transformer, one step at a time: keys and values are computed once."""

from collections.abc import Sequence

import numpy as np

from nnlab.errors import CheckpointError
from nnlab.experiments.translate.beam import Found, State, beam_search
from nnlab.inference import Network
from nnlab.inference.activations import log_softmax
from nnlab.inference.attention import Attention
from nnlab.inference.sequences import Embedding

INPUTS = ["source", "source_positions", "target", "target_positions"]


class AttentionDecoder:
    """Runs a network of `nnlab.models.transformer`.

    A text is translated by itself, without padding. So the translation does not depend on others.

    Attributes:
        encoder: From a source and its positions to the keys and values of each block.
        decoder: From a piece of the target, its position, the keys and values of the source and
            those of the target so far to the logits of the next piece, and the new keys and values.
        vocabulary: How many pieces there are.
        longest: The largest position.
    """

    def __init__(self, network: Network) -> None:
        """Take the network apart.

        Raises:
            CheckpointError: It is another network.
        """
        if list(network.input_shapes) != INPUTS:
            raise CheckpointError(
                f"expected the inputs {', '.join(INPUTS)}, "
                f"but it has {', '.join(network.input_shapes)}"
            )
        if any(len(shape) != 1 for shape in network.input_shapes.values()):
            raise CheckpointError("expected numbers of pieces and of their positions as inputs")
        network.resized((2,), (2,), (3,), (3,))  # any length, or it is refused here
        self._network = network
        nodes = network.graph.nodes
        across = [
            (node, node.layer)
            for node in nodes.values()
            if isinstance(node.layer, Attention) and not node.layer.causal
            if node.name.startswith("decoder")
        ]
        self._memories = [name for node, _ in across for name in node.inputs[1:]]
        if not across or len(network.output_shapes) != 1:
            raise CheckpointError("expected a decoder that attends to the source, and one output")
        self._last = across[-1]
        text, positions = network.input_shapes["source"], network.input_shapes["source_positions"]
        self.encoder = network.part({"source": text, "source_positions": positions}, self._memories)
        given = {name: network.shapes[name] for name in self._memories}
        (output,) = network.output_shapes
        steps = {name: network.input_shapes[name] for name in INPUTS[2:]}
        self.decoder = network.part({**steps, **given}, [output]).stepwise(INPUTS[2:])
        self.vocabulary: int = network.output_shapes[output][-1]
        self.longest = min(
            [
                node.layer.input_dim - 1
                for node in nodes.values()
                if isinstance(node.layer, Embedding) and node.inputs[0] in (INPUTS[1], INPUTS[3])
            ]
            or [0]
        )
        past = list(self.decoder.input_shapes.values())[2 + len(given) :]
        if not past or any(len(shape) != 2 for shape in past):
            raise CheckpointError("expected a decoder that remembers its steps by attention alone")
        self._sizes = [shape[-1] for shape in past]

    def search(
        self, source: Sequence[int], *, start: int, end: int, beam: int, never: Sequence[int]
    ) -> list[Found]:
        """Return the best translations, best first.

        Args:
            source: Numbers of the pieces, at most `longest`.
            start: The piece that the decoder is given first.
            end: The piece that ends a translation.
            beam: How many beginnings to follow.
            never: Pieces that no translation has.

        Raises:
            CheckpointError: The network computes no finite numbers.
        """
        memories = self._encode(source)
        empty = tuple(np.zeros((1, 0, size), np.float32) for size in self._sizes)
        return beam_search(
            self._step,
            (*memories, *empty),
            start=start,
            end=end,
            beam=beam,
            longest=min(self.longest - 1, 2 * len(source) + 10),
            never=never,
        )

    def attention(self, source: Sequence[int], target: Sequence[int]) -> np.ndarray:
        """Tell how much each step of the decoder looked at each piece of the source.

        Args:
            source: Numbers of the pieces.
            target: Those of the translation, with the start in front.

        Returns:
            float32 (pieces of the target, pieces of the source), 1 in sum over the source: the mean
            over the heads of the last block.
        """
        node, layer = self._last
        query, keys, _ = node.inputs
        arrays = [_row(source), _places(len(source)), _row(target), _places(len(target))]
        given = dict(zip(INPUTS, (array.shape[1:] for array in arrays), strict=True))
        found = self._network.part(given, [query, keys]).run(*arrays)
        weights = self._network.weights
        variables = {name: weights[f"{node.owner}/{name}"] for name in node.variable_shapes}
        result: np.ndarray = layer.weights(*found, **variables)[0].mean(axis=0)
        return result

    def _encode(self, source: Sequence[int]) -> State:
        return self.encoder.run(_row(source), _places(len(source)))

    def _step(self, codes: np.ndarray, state: State) -> tuple[np.ndarray, State]:
        own = state[len(self._memories) :]
        place = np.full((len(codes), 1), own[0].shape[1] + 1, np.float32)
        logits, *after = self.decoder.run(codes[:, None].astype(np.float32), place, *state)
        return log_softmax(logits[:, 0]), (*state[: len(self._memories)], *after)


def _row(codes: Sequence[int]) -> np.ndarray:
    return np.array([codes], np.float32)


def _places(count: int) -> np.ndarray:
    return np.arange(1, count + 1, dtype=np.float32)[None]
