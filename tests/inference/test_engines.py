"""What computes a network: NumPy or ONNX Runtime."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

import nnlab
from nnlab.errors import CheckpointError, NnlabError, UsageError
from nnlab.inference import Network
from nnlab.inference.engines import ENGINES, NUMPY, ONNX, choose, multiplications
from nnlab.runs.choosing import shipped_checkpoints
from tests.inference.agreement import normal
from tests.inference.test_tiles import autoencoder, conv, described, network_of

ROOT = Path(__file__).parents[2]
CHOOSING = [
    path
    for path in shipped_checkpoints()
    if path.stem.partition(".")[0] not in ("denoise", "embed")
]
"""Shipped networks whose answers are a choice: a class, a character, an item."""


def wide(side: int) -> Network:
    """One convolution of 64 filters, after one of 64 channels."""
    nodes = conv("many", "scale", 64), conv("wide", "many", 64)
    return network_of(described(*nodes, side=side, output="wide"))


def asked(path: Path, engine: str) -> Sequence[Mapping[str, object]]:
    """Let a network answer the example inputs of its experiment."""
    trained = nnlab.load(path, engine=engine)
    inputs = trained.experiment.example_inputs
    paths = (ROOT / one for one in inputs if one)
    given = [str(path) if path.is_file() else one for path, one in zip(paths, inputs, strict=False)]
    return trained.answer(given or list(inputs))


def test_multiplications_count_every_convolution() -> None:
    network = wide(10)
    assert multiplications(network.graph) == 100 * (9 * 64 + 9 * 64 * 64)


def test_onnx_runtime_computes_large_or_many_images_and_numpy_few_small_ones() -> None:
    assert choose(wide(28).graph, 1) == NUMPY
    assert choose(wide(28).graph, 1000) == ONNX
    assert choose(wide(800).graph, 1) == ONNX


def test_without_convolutions_numpy_computes_any_number_of_examples() -> None:
    network = nnlab.load("recommend").network
    assert multiplications(network.graph) == 0
    assert choose(network.graph, 10**9) == NUMPY


@pytest.mark.parametrize("batch_size", [1, 3, 256])
@pytest.mark.parametrize("cores", ["1", "2"])
def test_engines_batches_and_threads_agree(
    monkeypatch: pytest.MonkeyPatch, cores: str, batch_size: int
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", cores)
    first, images = autoencoder(), np.abs(normal(7, 36, 36, 1)) * 100
    expected = first(images)
    for engine in ENGINES:
        network = Network(first.graph, first.weights, engine=engine)
        came = network.predict(images, batch_size=batch_size)
        np.testing.assert_allclose(came, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("path", CHOOSING, ids=lambda path: str(path.stem))
def test_shipped_networks_give_the_same_answers_with_both_engines(path: Path) -> None:
    numpy, onnx = (asked(path, engine) for engine in ENGINES)
    assert numpy
    for ours, theirs in zip(numpy, onnx, strict=True):
        for key, value in ours.items():
            if isinstance(value, str | int):
                assert theirs[key] == value


def test_single_steps_run_on_the_requested_engine() -> None:
    network = nnlab.load("textgen.report").network.stepwise()
    inputs = [normal(1, *shape) for shape in network.input_shapes.values()]
    other = Network(network.graph, network.weights, engine=ONNX)
    for ours, theirs in zip(network.run(*inputs), other.run(*inputs), strict=True):
        np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-5)


def test_a_part_keeps_the_engine() -> None:
    network = Network(autoencoder().graph, autoencoder().weights, engine=ONNX)
    assert network.part({"page": (8, 8, 1)}, ["clean"]).engine == ONNX
    assert network.resized((8, 8, 1)).engine == ONNX


def test_the_last_resized_network_is_reused() -> None:
    network = autoencoder()
    first = network.resized((8, 8, 1))
    assert network.resized((8, 8, 1)) is first
    assert network.resized((12, 8, 1)).input_shapes == {"page": (12, 8, 1)}


def test_without_onnx_runtime_numpy_computes_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    first = wide(8)
    many = np.zeros((10_000, 8, 8, 1), np.float32)
    assert choose(first.graph, len(many)) == ONNX
    assert first.predict(many).shape == (10_000, 8, 8, 64)
    with pytest.raises(NnlabError, match="cannot start ONNX Runtime"):
        Network(first.graph, first.weights, engine=ONNX)(many[:1])


def test_an_expected_number_of_examples_chooses_the_engine_of_a_network_but_not_of_its_parts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun = []

    def failing(graph: object, _: object) -> NoReturn:
        begun.append(graph)
        raise NnlabError("cannot start")

    monkeypatch.setattr("nnlab.inference.network.OnnxSession", failing)
    one = wide(28)
    many = Network(one.graph, one.weights, expected=1000)
    image = normal(1, *next(iter(one.input_shapes.values())))
    assert np.array_equal(many(image), one(image))
    assert begun == [many.graph]
    many.part(many.input_shapes, ["many"])(image)
    assert begun == [many.graph]


def test_a_runtime_that_fails_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def failing(*_: object) -> NoReturn:
        tried.append(1)
        raise NnlabError("cannot start")

    monkeypatch.setattr("nnlab.inference.network.OnnxSession", failing)
    first, many = wide(8), np.zeros((10_000, 8, 8, 1), np.float32)
    for _ in range(3):
        first.predict(many)
    assert len(tried) == 1


def test_a_runtime_that_fails_while_it_runs_is_not_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs = []

    class Failing:
        def __init__(self, *_: object) -> None: ...

        def run(self, _: object) -> NoReturn:
            runs.append(1)
            raise NnlabError("no memory")

    monkeypatch.setattr("nnlab.inference.network.OnnxSession", Failing)
    network, many = wide(8), np.ones((10_000, 8, 8, 1), np.float32)
    came = network.predict(many, batch_size=500)
    assert len(runs) == 1
    np.testing.assert_array_equal(came, np.broadcast_to(came[:1], came.shape))


def test_what_leads_to_no_output_is_neither_counted_nor_written() -> None:
    nodes = conv("many", "scale", 64), conv("dead", "many", 64), conv("clean", "scale", 1)
    graph = network_of(described(*nodes, side=10)).graph
    assert [node.name for node in graph.needed()] == ["scale", "clean"]
    assert multiplications(graph) == 100 * 9


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown engine 'tpu'; expected one of numpy, onnx"):
        Network(autoencoder().graph, autoencoder().weights, engine="tpu")


def test_an_output_that_overflows_is_refused_with_both_engines() -> None:
    network = autoencoder()
    weights = {name: array * np.float32(1e30) for name, array in network.weights.items()}
    for engine in ENGINES:
        with pytest.raises(CheckpointError, match="too large"):
            Network(network.graph, weights, engine=engine).answer(normal(1, 36, 36, 1))


def test_one_small_image_imports_no_onnx() -> None:
    program = (
        "import sys; from nnlab.cli.main import run; "
        f"run(['classify', {str(ROOT / 'data/examples/7.png')!r}]); "
        "print([name for name in ('onnx', 'onnxruntime') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"
