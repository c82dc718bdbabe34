"""Splitting a recurrent network into chains that can be drawn unrolled over time.

It must be one chain of layers over a sequence, optionally followed by vectors, or two such chains:
the second (the decoder) starts in the states of the first (the encoder) or repeats its result.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nnlab.inference.graph import Graph, Node

MOST_LEVELS = 12  # networks with more are drawn as graphs


@dataclass(frozen=True)
class Chain:
    """Layers over one time axis, from its source on: a network input or a repeated vector."""

    steps: int
    names: tuple[str, ...]
    is_output: bool


@dataclass(frozen=True)
class Unrolled:
    """One or two chains from left to right, and how they are connected.

    Attributes:
        chains: The encoder and the decoder, or a single one.
        levels: The height of each layer, from 0 for the sources.
        passed: Pairs of LSTMs, the second of which starts in the states of the first.
        repeated: The last layer of the first chain, if the second chain repeats its output.
    """

    chains: tuple[Chain, ...]
    levels: Mapping[str, int]
    passed: tuple[tuple[str, str], ...]
    repeated: str | None


class _UnsupportedError(Exception):
    """The network cannot be drawn unrolled."""


def unroll(graph: Graph) -> Unrolled | None:
    """Split a recurrent network into chains.

    Returns:
        What to draw, or None if the network cannot be drawn unrolled.
    """
    if not any(node.kind == "lstm" for node in graph.nodes.values()):
        return None
    try:
        return _Reader(graph).read()
    except _UnsupportedError:
        return None


class _Reader:
    """Splits one network into chains."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._nodes = graph.nodes.values()
        self._users: dict[str, list[Node]] = {}
        for node in self._nodes:
            for reference in node.inputs[: 1 if node.kind == "lstm" else None]:
                self._users.setdefault(reference, []).append(node)

    def read(self) -> Unrolled:
        """Find the chains, order them from encoder to decoder, and find the level of each layer."""
        repeats = [node for node in self._nodes if node.kind == "repeat_vector"]
        sources = [*self._graph.inputs, *(node.name for node in repeats)]
        chains = [self._chain(source) for source in sources]
        names = [name for chain in chains for name in chain.names]
        _expect(sorted(names) == sorted([*self._graph.inputs, *self._graph.nodes]))
        ends = {chain.names[-1] for chain in chains}
        _expect(all(output in ends for output in self._graph.outputs))
        _expect(all("lstm" in map(self._graph.kind, chain.names) for chain in chains))
        passed = tuple(self._passed())
        links = [*passed, *((node.inputs[0], node.name) for node in repeats)]
        # both at once only from the same LSTM, because their lines would cross otherwise
        _expect(
            not (passed and repeats) or tuple(giver for giver, _ in passed) == repeats[0].inputs
        )
        ordered = _ordered(chains, links)
        levels = _levels(ordered, passed)
        return Unrolled(ordered, levels, passed, links[-1][0] if repeats else None)

    def _chain(self, source: str) -> Chain:
        """Follow the main outputs from a source to a repeated vector or to the end."""
        names = [source]
        steps = self._steps(source)
        while True:
            last = names[-1]
            users = self._users.get(last, [])
            _expect(len(users) <= 1 and not (users and last in self._graph.outputs))
            if not users or users[0].kind == "repeat_vector":
                return Chain(steps, tuple(names), last in self._graph.outputs)
            self._check_follower(last, users[0], steps)
            names.append(users[0].name)

    def _steps(self, source: str) -> int:
        """The length of the sequence that a source yields."""
        shape = self._graph.shapes[source]
        users = self._users.get(source, [])
        numbered = len(shape) == 1 and [user.kind for user in users] == ["embedding"]
        _expect(len(shape) == 2 or numbered)
        return shape[0]

    def _check_follower(self, before: str, node: Node, steps: int) -> None:
        shape, recurrent = self._graph.shapes[node.name], node.kind == "lstm"
        _expect(recurrent or len(node.inputs) == 1)
        over_time = len(self._graph.shapes[before]) == 2 or node.kind == "embedding"
        if over_time:
            _expect(recurrent or node.layer.each_position)
            _expect((len(shape) == 2 and shape[0] == steps) or (recurrent and len(shape) == 1))
        else:
            _expect(len(shape) == 1 and not recurrent)

    def _passed(self) -> Iterator[tuple[str, str]]:
        """Pairs of LSTMs, the second of which starts in the last states of the first."""
        recurrent = {node.name for node in self._nodes if node.kind == "lstm"}
        for node in self._nodes:
            states = node.inputs[1:] if node.kind == "lstm" else ()
            if states:
                giver = states[0].partition(":")[0]
                _expect(giver in recurrent and states == (f"{giver}:1", f"{giver}:2"))
                yield giver, node.name


def _ordered(chains: Sequence[Chain], links: Sequence[tuple[str, str]]) -> tuple[Chain, ...]:
    """Put the chain where all links start before the one where they end."""
    home = {name: index for index, chain in enumerate(chains) for name in chain.names}
    _expect(all(name in home for link in links for name in link))
    pairs = {(home[start], home[stop]) for start, stop in links}
    if len(chains) == 1:
        _expect(not pairs)
        return (chains[0],)
    _expect(len(chains) == 2 and pairs in ({(0, 1)}, {(1, 0)}))
    return tuple(chains[index] for index in pairs.pop())


def _levels(chains: Sequence[Chain], passed: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Place each layer above the one before, and LSTMs that share states at the same height."""
    levels = {name: height for chain in chains for height, name in enumerate(chain.names)}
    partners = dict([*passed, *((taker, giver) for giver, taker in passed)])
    _expect(len(partners) == 2 * len(passed))
    settled = False
    while not settled:
        settled = True
        for chain in chains:
            height = -1
            for name in chain.names:
                needed = max(height + 1, levels[name], levels.get(partners.get(name, ""), 0))
                settled = settled and needed == levels[name]
                levels[name] = height = needed
        # states that cross would push each other up for ever
        _expect(max(levels.values()) < MOST_LEVELS)
    return levels


def _expect(fits: bool) -> None:
    if not fits:
        raise _UnsupportedError
