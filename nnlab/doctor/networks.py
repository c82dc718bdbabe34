"""Whether trained networks are computed and answer, and an untrained one can be trained."""

import math
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from nnlab import experiments, versions
from nnlab.datasets.store import Store
from nnlab.doctor.check import Result
from nnlab.errors import CheckpointError, InterruptedRun, NnlabError
from nnlab.experiments.contract import AnyExperiment
from nnlab.inference import Network
from nnlab.inference.engines import ENGINES, multiplications
from nnlab.runs import answering
from nnlab.runs.folder import RunFolder
from nnlab.wording import counted

EXAMPLES = "data/examples/"  # only in a checkout; an installed nnlab draws the examples again
TOLERANCE = 1e-5
DEVICE_FILES = Path("/dev")


def checkpoint(path: Path, answers: bool) -> Result:
    """Load a checkpoint, which checks everything in it.

    Args:
        path: The file.
        answers: Whether to answer its experiment's example inputs too, which may take seconds.
    """
    try:
        trained = answering.load(path)
    except CheckpointError as error:  # its advice, to train again, is for the user's own files
        return Result("failed", str(error), "reinstall nnlab; this file is part of it")
    weights = sum(array.size for array in trained.weights.values())
    text = f"loads; trained by {trained.experiment.name}, {weights:,} weights"
    if answers:
        with TemporaryDirectory(prefix="nnlab-doctor-") as folder:
            count = len(trained.answer(_examples(trained.experiment, Path(folder))))
        text += f"; answers {counted(count, 'example')}"
    return Result("ok", text)


def engine(paths: Sequence[Path]) -> Result:
    """Let NumPy and ONNX Runtime compute the same convolutions, and compare.

    Args:
        paths: Checkpoints, at least one with convolutions.
    """
    networks = (answering.load(path).network for path in paths)
    network = next(one for one in networks if multiplications(one.graph))
    rng = np.random.default_rng(0)
    inputs = [rng.uniform(0, 1, (1, *shape)) for shape in network.input_shapes.values()]
    try:
        ours, theirs = (
            Network(network.graph, network.weights, engine=one).predict(*inputs) for one in ENGINES
        )
    except NnlabError as error:
        advice = "pip install --force-reinstall onnxruntime onnx; until then NumPy cleans pages"
        return Result("warning", str(error), advice)
    version = versions.installed()["onnxruntime"]
    if not np.abs(ours - theirs).max() <= TOLERANCE:  # also if one is not a number
        return Result("failed", f"ONNX Runtime {version} computes something else than NumPy")
    return Result("ok", f"ONNX Runtime {version} computes the same as NumPy")


def _examples(experiment: AnyExperiment, folder: Path) -> list[str]:
    """Return the example inputs; any pictures are first drawn into `folder`."""
    inputs = experiment.example_inputs
    if any(given.startswith(EXAMPLES) for given in inputs):
        from nnlab.datasets.samples.examples import write_examples

        write_examples(folder)
    return [
        str(folder / given.removeprefix(EXAMPLES)) if given.startswith(EXAMPLES) else given
        for given in inputs
    ]


def devices() -> Result:
    """Start TensorFlow and list its devices; warn of NVIDIA cards that it does not see."""
    from nnlab.training import backend

    backend.start()
    seen = backend.devices()
    text = f"TensorFlow sees {', '.join(seen)}"
    cards = sorted(DEVICE_FILES.glob("nvidia[0-9]*"))
    if cards and not any(device.startswith("GPU") for device in seen):
        advice = (
            "pip install 'tensorflow[and-cuda]'; if that is done, check that CUDA_VISIBLE_DEVICES "
            "does not hide the card"
        )
        return Result("warning", f"{text}, but not the NVIDIA card {cards[0]}", advice)
    return Result("ok", text)


def training() -> Result:
    """Train classify for one epoch on its sample, in a temporary folder."""
    from nnlab.runs.single import run
    from nnlab.runs.workshop import RunObserver, Workshop

    experiment = experiments.get("classify")
    config = experiment.configure({"epochs": 1, "dataset": "sample"}, "nnlab doctor")
    workshop = Workshop(Store(offline=True), RunObserver(), lambda _: None)
    with TemporaryDirectory(prefix="nnlab-doctor-") as place:
        folder = RunFolder(Path(place))
        try:
            metrics = run(experiment, config, folder, workshop)
        except InterruptedRun as error:  # its own message would say that the run was saved
            raise InterruptedRun("interrupted") from error
        before, after = _validation_losses(folder)
    rate = metrics.training.examples_per_second or 0
    text = f"{rate:,} examples per second; validation loss {before:.3f}, {after:.3f} after an epoch"
    if not after < before:  # true for NaN as well
        advice = "pip install --force-reinstall tensorflow keras"
        return Result("failed", f"{text}: it did not fall", advice)
    return Result("ok", text)


def _validation_losses(folder: RunFolder) -> tuple[float, float]:
    """Return the loss before training and after the first epoch."""
    losses = folder.read_history()["validation_loss"]
    before, after = (math.nan if loss is None else loss for loss in losses[:2])
    return before, after
