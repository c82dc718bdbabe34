"""Exported networks compute what nnlab computes, and say what they are."""

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import nnlab
from nnlab import experiments
from nnlab.errors import OutputExistsError, UsageError
from nnlab.exporting import export
from nnlab.inference import Network
from nnlab.inference.sequences import Embedding
from nnlab.runs.answering import Trained
from nnlab.runs.choosing import shipped_checkpoints
from tests.annotations import Shell

if TYPE_CHECKING:
    import onnxruntime

ROOT = Path(__file__).parents[2]
SHIPPED = [path.stem for path in shipped_checkpoints()]
STEPS = {
    "add.modern": [""],
    "add.report": ["decoder", "encoder"],
    "textgen.report": ["step"],
    "translate.modern": ["decoder", "encoder"],
    "translate.report": ["decoder", "encoder"],
}


def shipped(stem: str) -> Trained:
    (path,) = (path for path in shipped_checkpoints() if path.stem == stem)
    return nnlab.load(path)


def opened(file: Path) -> "onnxruntime.InferenceSession":
    import onnxruntime

    return onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])


def some_inputs(network: Network) -> list[np.ndarray]:
    """Return numbers below 1, or whole ones where an embedding looks them up."""
    rng = np.random.default_rng(0)
    rows = {
        name: node.layer.input_dim
        for node in network.graph.nodes.values()
        if isinstance(node.layer, Embedding)
        for name in node.inputs
    }
    return [
        rng.integers(1, rows[name], (2, *shape)).astype(np.float32)
        if name in rows
        else rng.random((2, *shape), np.float32)
        for name, shape in network.input_shapes.items()
    ]


def assert_same(network: Network, session: "onnxruntime.InferenceSession") -> None:
    inputs = some_inputs(network)
    names = [one.name for one in session.get_inputs()]
    outputs = session.run(None, dict(zip(names, inputs, strict=True)))
    for ours, theirs in zip(network.outputs(*inputs).values(), outputs, strict=True):
        largest = max(1.0, float(np.abs(theirs).max(initial=0)))  # places in the plane pass 90
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5 * largest)


@pytest.mark.parametrize("stem", SHIPPED)
def test_every_shipped_network_computes_the_same_as_onnx(stem: str, tmp_path: Path) -> None:
    trained = shipped(stem)
    (file,) = export(trained, tmp_path / "net.onnx")
    session = opened(file)
    (network,) = trained.experiment.parts(trained.model, step=False).values()
    assert_same(network, session)
    facts = session.get_modelmeta().custom_metadata_map
    assert facts["experiment"] == trained.experiment.name
    assert json.loads(facts["scores"]) == trained.header.metrics["scores"]
    tensors = [one.name for one in (*session.get_inputs(), *session.get_outputs())]
    assert all(facts[f"tensor {name}"] for name in tensors)
    assert facts["licence of the data"]


@pytest.mark.parametrize("name", STEPS)
def test_parts_that_run_step_by_step_compute_the_same(name: str, tmp_path: Path) -> None:
    trained = nnlab.load(name)
    files = export(trained, tmp_path / "net.onnx", step=True)
    parts = trained.experiment.parts(trained.model, step=True)
    assert sorted(parts) == STEPS[name]
    assert [file.name for file in files] == [
        f"net.{part}.onnx".replace("..", ".") for part in parts
    ]
    for network, file in zip(parts.values(), files, strict=True):
        assert_same(network, opened(file))


def test_axes_that_may_have_any_length_are_open(tmp_path: Path) -> None:
    (file,) = export(nnlab.load("denoise"), tmp_path / "net.onnx")
    (clean,) = opened(file).run(None, {"page": np.full((1, 64, 48, 1), 255, np.float32)})
    assert clean.shape == (1, 64, 48, 1)
    (file,) = export(nnlab.load("classify"), tmp_path / "other.onnx")
    assert opened(file).get_inputs()[0].shape == ["batch", 28, 28]


def test_half_precision_halves_the_file(tmp_path: Path) -> None:
    trained = nnlab.load("recommend")
    (whole,) = export(trained, tmp_path / "whole.onnx")
    (half,) = export(trained, tmp_path / "half.onnx", float16=True)
    assert half.stat().st_size < 0.6 * whole.stat().st_size
    assert_same(trained.network, opened(half))


@pytest.mark.filterwarnings("error")
def test_half_precision_leaves_out_what_it_cannot_hold(tmp_path: Path) -> None:
    import onnx
    from onnx import numpy_helper

    files = export(nnlab.load("translate"), tmp_path / "half.onnx", float16=True)  # masks with -1e9
    graphs = [onnx.load(file).graph for file in files]
    stored = [numpy_helper.to_array(one) for graph in graphs for one in graph.initializer]
    assert all(np.isfinite(one).all() for one in stored if one.dtype.kind == "f")
    assert any(one.dtype == np.float16 for one in stored)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["classify", "translate"])
def test_keras_loads_its_own_format_without_nnlab(name: str, tmp_path: Path) -> None:
    import keras

    trained = nnlab.load(name)
    (file,) = export(trained, tmp_path / "net.keras")
    model = keras.saving.load_model(file, safe_mode=True)
    inputs = some_inputs(trained.network)
    outputs = model(inputs if len(inputs) > 1 else inputs[0])
    np.testing.assert_allclose(trained.network(*inputs), outputs, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    "name",
    sorted(set(experiments.names()) - {stem.split(".")[0] for stem in STEPS} - {"perm-test"}),
)
def test_a_network_without_steps_has_none_to_export(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no steps"):
        export(nnlab.load(name), tmp_path / "net.onnx", step=True)


def test_nothing_is_written_where_one_of_the_files_exists(tmp_path: Path) -> None:
    (tmp_path / "net.decoder.onnx").write_text("kept")
    with pytest.raises(OutputExistsError, match=r"net\.decoder\.onnx exists"):
        export(nnlab.load("add.report"), tmp_path / "net.onnx", step=True)
    assert [path.name for path in tmp_path.iterdir()] == ["net.decoder.onnx"]


def test_a_checkpoint_is_not_written_over_itself(tmp_path: Path) -> None:
    path = Path(shutil.copy(nnlab.load("add.report").path, tmp_path / "mine.h5"))
    with pytest.raises(OutputExistsError, match="is the checkpoint itself; name another file"):
        export(nnlab.load(path), path, force=True)


def test_the_files_are_printed(shell: Shell) -> None:
    result = shell("export", "translate", "-o", "net.onnx", "--step", "--card")
    assert result.stdout.splitlines() == ["net.encoder.onnx", "net.decoder.onnx", "README.md"]
    assert result.stderr.startswith("exported ")


@pytest.mark.parametrize(
    "arguments", [("-o", "net.keras", "--float16"), ("-o", "net.h5", "--step")]
)
def test_options_that_a_format_lacks_are_refused(shell: Shell, arguments: tuple[str, ...]) -> None:
    result = shell("export", "classify", *arguments)
    assert result.returncode == 2
    assert "ends in .onnx" in result.stderr
