"""A page cleaned tile by tile is the page cleaned at once."""

import tracemalloc
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.errors import CheckpointError, UsageError
from nnlab.inference import Network, checked_graph, tiles
from nnlab.inference.receptive import Field, receptive_field
from nnlab.inference.tiles import run_on_page
from nnlab.models.describe import Description
from tests.annotations import Node
from tests.inference.test_parts import node
from tests.inference.tiled import run_tiled

few = settings(max_examples=25)

sizes = st.tuples(st.integers(1, 70), st.integers(1, 70))


def run_whole(network: Network, page: np.ndarray) -> np.ndarray:
    return run_tiled(network, page, max(page.shape))


def conv(
    name: str,
    source: str,
    filters: int = 3,
    kernel: int = 3,
    stride: int = 1,
    activation: str = "relu",
    padding: str = "same",
) -> Node:
    return node(
        name,
        "conv2d",
        source,
        filters=filters,
        kernel_size=[kernel, kernel],
        strides=[stride, stride],
        padding=padding,
        activation=activation,
        use_bias=True,
    )


def pool(
    name: str, source: str, size: int, stride: int | None = None, padding: str = "same"
) -> Node:
    strides = [stride or size] * 2
    return node(
        name,
        "max_pooling2d",
        source,
        pool_size=[size, size],
        strides=strides,
        padding=padding,
    )


def larger(name: str, source: str, size: int) -> Node:
    return node(name, "up_sampling2d", source, size=[size, size], interpolation="nearest")


def blocks(name: str, source: str, size: int) -> Node:
    return node(
        name,
        "conv2d_transpose",
        source,
        filters=2,
        size=[size, size],
        activation="relu",
        use_bias=True,
    )


def described(*nodes: Node, side: int = 24, output: str = "clean") -> Description:
    scale = node("scale", "rescale", "page", scale=1 / 255, offset=0.0)
    return {
        "inputs": [{"name": "page", "shape": [side, side, 1]}],
        "nodes": [scale, *nodes],
        "outputs": [output],
    }


def network_of(description: Description) -> Network:
    rng = np.random.default_rng(0)
    weights = {
        name: rng.normal(0, 1.5 / np.sqrt(np.prod(shape[:-1])), shape).astype(np.float32)
        for name, shape in checked_graph(description).variable_shapes().items()
    }
    return Network(checked_graph(description), weights)


def autoencoder(strides: Sequence[int] = (2, 2), kernel: int = 3, by_pools: bool = True) -> Network:
    """One level for each stride: a convolution and a pool, or a convolution that strides."""
    nodes, last = [], "scale"
    for level, stride in enumerate(strides):
        nodes.append(conv(f"down_{level}", last, 3, kernel, 1 if by_pools else stride))
        last = f"down_{level}"
        if by_pools:
            nodes.append(pool(f"pool_{level}", last, stride))
            last = f"pool_{level}"
    nodes.append(conv("centre", last, 4, kernel))
    last = "centre"
    for level, stride in enumerate(reversed(strides), start=1):
        enlarge = blocks if level == len(strides) else larger
        nodes += [enlarge(f"larger_{level}", last, stride)]
        nodes += [conv(f"up_{level}", f"larger_{level}", 3, kernel)]
        last = f"up_{level}"
    nodes.append(conv("clean", last, 1, kernel, activation="sigmoid"))
    return network_of(described(*nodes, side=36))


def page_of(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(4).integers(0, 256, (height, width)).astype(np.float32)


def assert_same(network: Network, page: np.ndarray, tile: int) -> None:
    whole, tiled = run_whole(network, page), run_tiled(network, page, tile)
    assert tiled.shape == page.shape
    assert tiled.dtype == np.float32
    np.testing.assert_allclose(tiled, whole, rtol=0, atol=1e-5)


@few
@given(size=sizes, tile=st.integers(1, 40))
def test_tiles_are_the_whole_page(size: tuple[int, int], tile: int) -> None:
    assert_same(autoencoder(), page_of(*size), tile)


@few
@given(
    size=sizes,
    tile=st.integers(1, 30),
    strides=st.lists(st.integers(1, 3), min_size=1, max_size=3),
    kernel=st.integers(1, 5),
    by_pools=st.booleans(),
)
def test_tiles_are_the_whole_page_at_any_depth(
    size: tuple[int, int], tile: int, strides: list[int], kernel: int, by_pools: bool
) -> None:
    assert_same(autoencoder(tuple(strides), kernel, by_pools), page_of(*size), tile)


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (49, 2), (3, 3), (64, 37)])
def test_tiny_and_odd_pages(size: tuple[int, int]) -> None:
    assert_same(autoencoder(), page_of(*size), 8)


@pytest.mark.parametrize("pooled", [pool("y", "x", 3, 2), conv("y", "x", 3, 5, 2)])
def test_windows_that_overlap(pooled: Node) -> None:
    network = network_of(
        described(conv("x", "scale"), pooled, larger("z", "y", 2), conv("clean", "z", 1))
    )
    assert_same(network, page_of(61, 58), 10)


def test_the_whole_page_is_the_network_run_once_on_the_page_continued_by_its_edge() -> None:
    network, page = autoencoder(), page_of(38, 35)
    continued = np.pad(page, [(0, 2), (0, 1)], "edge")
    once = network.part({"page": (40, 36, 1)}, ["clean"]).predict(continued[None, ..., None])
    np.testing.assert_array_equal(run_whole(network, page), once[0, :38, :35, 0])


def test_bytes_are_taken_as_they_are() -> None:
    network, page = autoencoder(), page_of(30, 41)
    np.testing.assert_array_equal(
        run_tiled(network, page.astype(np.uint8), 16), run_tiled(network, page, 16)
    )


def test_the_network_looks_exactly_as_far_as_it_does() -> None:
    network = autoencoder()
    field = receptive_field(network.graph)
    assert field == Field((4, 4), (14, 14))
    page = page_of(80, 80)
    clean = run_whole(network, page)
    seen = np.zeros(80, bool)
    for row in range(80):
        changed = page.copy()
        changed[row] = 255 - changed[row]
        seen[row] = (run_whole(network, changed)[40:44] != clean[40:44]).any()
    rows = np.flatnonzero(seen)
    assert rows[0] >= 40 - 14
    assert rows[-1] <= 43 + 14
    assert len(rows) > 20


def test_the_edge_of_a_page_is_no_edge_to_the_network() -> None:
    network = network_of(described(conv("clean", "scale", 1, activation="linear")))
    page = np.full((9, 13), 200.0)
    inside = run_whole(network, np.full((60, 60), 200.0))[30, 30]
    np.testing.assert_allclose(run_on_page(network, page), inside, rtol=1e-5)
    assert np.abs(run_whole(network, page)[0] - inside).max() > 1e-3


def test_too_small_a_margin_leaves_seams(monkeypatch: pytest.MonkeyPatch) -> None:
    network, page = autoencoder(), page_of(64, 64)
    whole = run_whole(network, page)
    monkeypatch.setattr(tiles, "receptive_field", lambda _: Field((4, 4), (0, 0)))
    assert np.abs(run_tiled(network, page, 16) - whole).max() > 1e-4


def test_memory_grows_with_the_tile_and_not_with_the_page() -> None:
    network = autoencoder()
    peaks = []
    for side in (200, 800):
        page = page_of(side, side).astype(np.uint8)
        tracemalloc.start()
        run_tiled(network, page, 64)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    grown = peaks[1] - peaks[0]
    assert grown < 6 * (800**2 - 200**2)  # the result is 4 bytes a pixel, the page 1


def test_wide_networks_get_smaller_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    network, page = autoencoder(), page_of(100, 90)
    whole = run_whole(network, page)
    monkeypatch.setattr(tiles, "MOST_HELD", network.most_held // 2)
    assert tiles._tile(network) < 36
    np.testing.assert_allclose(tiles.run_tiled(network, page), whole, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    "nodes",
    [
        [conv("clean", "scale", 1, padding="valid")],
        [conv("clean", "scale", 3)],
        [node("clean", "reshape", "scale", shape=[24, 24, 1])],
        [larger("clean", "scale", 2)],
        [pool("clean", "scale", 2)],
        [node("flat", "flatten", "scale"), node("clean", "reshape", "flat", shape=[24, 24, 1])],
        [node("clean", "concatenate", "scale", "scale", axis=1)],
    ],
)
def test_other_networks_are_refused(nodes: list[Node]) -> None:
    network = network_of(described(*nodes))
    with pytest.raises(CheckpointError, match="expected"):
        tiles.run_tiled(network, page_of(30, 30))


def test_weights_that_are_too_large_are_refused() -> None:
    network = autoencoder()
    weights = {name: array * np.float32(1e30) for name, array in network.weights.items()}
    with pytest.raises(CheckpointError, match="too large"):
        tiles.run_tiled(Network(network.graph, weights), page_of(20, 20))


@pytest.mark.parametrize("page", [np.zeros((3, 3, 1)), np.zeros((0, 3)), np.zeros((3, 3), complex)])
def test_what_is_no_page_is_refused(page: np.ndarray) -> None:
    with pytest.raises(UsageError, match="expected"):
        tiles.run_tiled(autoencoder(), page)
