"""A training that diverges: reported by the command, and resumed."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nnlab
from nnlab import experiments
from nnlab.checkpoint import open_checkpoint, write
from nnlab.errors import DivergedError, InterruptedRun
from nnlab.runs.folder import RunFolder
from nnlab.runs.single import resume, run
from nnlab.training.divergence import REMEDY, check_climb, in_words
from nnlab.training.progress import Progress
from tests.annotations import Here
from tests.drawing import drawing
from tests.h5 import variables_of
from tests.tiny_images import tiny_arguments, tiny_options
from tests.training.climbing import BROKEN, TURN, diverging
from tests.watching import Watcher, make_workshop

OPTIONS = {**tiny_options(), "batch_size": 10, "units": 16}
FLAGS = (*tiny_arguments(), "--batch-size", 10, "--units", 16, "-q", "--epochs")
EPOCHS = 8
ROOT = Path(__file__).parents[2]


def diverging_shell(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run `nnlab ARGUMENTS` in a process of its own where training diverges."""
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-m", "tests.training.climbing", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=300,
    )


def weights_of(path: Path) -> dict[str, np.ndarray]:
    found = variables_of(path)
    return {name: array for name, array in found.items() if name.startswith("model/")}


def rows_of(folder: RunFolder) -> list[int]:
    return [int(epoch or 0) for epoch in folder.read_history()["epoch"]]


@pytest.mark.parametrize("stop", [True, False])
def test_a_climbing_loss_is_reported_and_the_best_weights_are_kept(
    here: Here, tmp_path: Path, stop: bool
) -> None:
    flag = "--stop" if stop else "--no-stop"
    with diverging(), drawing():
        result = here("classify", *FLAGS, EPOCHS, flag, "--out", "wild")
    assert result.returncode == 6, result.stderr
    folder = RunFolder(tmp_path / "wild")
    training = json.loads(folder.metrics.read_text())["training"]
    epoch, best = training["diverged"]["epoch"], training["best_epoch"]
    assert epoch == TURN
    message = result.stderr.splitlines()[-1]
    assert f"in epoch {epoch} " in message
    assert f"the weights of epoch {best} are kept in wild" in message
    assert (f"continued to epoch {EPOCHS} (--no-stop)" in message) is not stop
    assert rows_of(folder)[-1] == (epoch if stop else EPOCHS)
    assert (folder.figures / "learning-curves.png").exists()
    with diverging():
        assert here("classify", *FLAGS, best, "--out", "short").returncode in (0, 6)
    short = weights_of(tmp_path / "short" / "last.h5")
    for name, array in weights_of(folder.best).items():
        assert (array == short[name]).all()
    again = here("resume", "wild")
    assert again.returncode == 6
    assert message in again.stderr


def test_a_loss_that_is_not_finite_ends_the_run_despite_no_stop() -> None:
    result = diverging_shell(BROKEN, "classify", *FLAGS, EPOCHS, "--no-stop")
    assert result.returncode == 6
    assert f"in epoch {TURN}" in result.stderr
    assert "the loss became" in result.stderr
    assert "even --no-stop cannot continue" in result.stderr


@diverging()
def test_a_run_that_continued_after_a_climb_can_be_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnlab.training.loop.CHUNK_SECONDS", 0)  # one step per chunk
    classify = experiments.get("classify")
    config = classify.configure({**OPTIONS, "epochs": EPOCHS, "stop": False}, "test")
    whole, halted = RunFolder(tmp_path / "whole"), RunFolder(tmp_path / "halted")
    for folder in (whole, halted):
        folder.path.mkdir()
    watcher = Watcher()
    heard: list[str] = []
    with pytest.raises(DivergedError, match="continued to epoch"):
        run(classify, config, whole, make_workshop(watcher, heard))
    assert sum("continues (--no-stop)" in text for text in heard) == 1
    epoch = json.loads(whole.metrics.read_text())["training"]["diverged"]["epoch"]
    steps = watcher.chunks // EPOCHS
    with pytest.raises(InterruptedRun):
        run(classify, config, halted, make_workshop(Watcher(interrupt_at=epoch * steps + 2)))
    assert rows_of(halted)[-1] == epoch
    with pytest.raises(DivergedError, match=f"in epoch {epoch} .*continued to epoch"):
        resume(halted, make_workshop())
    for name, array in variables_of(whole.last).items():
        assert (array == variables_of(halted.last)[name]).all()
    assert rows_of(halted) == rows_of(whole) == list(range(EPOCHS + 1))
    assert nnlab.load(halted.best).header.metrics["training"]["diverged"]["epoch"] == epoch


def test_a_checkpoint_older_than_the_option_can_be_resumed(tmp_path: Path) -> None:
    classify = experiments.get("classify")
    config = classify.configure({**OPTIONS, "epochs": 2}, "test")
    folder = RunFolder(tmp_path)
    with pytest.raises(InterruptedRun):
        run(classify, config, folder, make_workshop(Watcher(interrupt_at=1)))
    with open_checkpoint(folder.last) as file:
        header = file.header
    del header.config["stop"], header.state["diverged"]
    groups: dict[str, dict[str, np.ndarray]] = {}
    for name, array in variables_of(folder.last).items():
        group, variable = name.split("/", 1)
        groups.setdefault(group, {})[variable] = array
    write(folder.last, header, groups)
    _, metrics = resume(folder, make_workshop())
    assert metrics.training.epochs == 2


@pytest.mark.parametrize(
    ("untrained", "lowest", "loss", "diverges"),
    [
        (2.3, 0.1, 1.3, True),  # more than half way back
        (2.3, 0.1, 1.1, False),
        (2.3, 2.299, 2.31, False),  # nothing was learned that could be lost: chance
        (2.3, None, 81.0, True),  # the first epoch exploded
        (2.3, None, 4.0, False),  # it began with too large steps, and may come back
        (2.3, 2.4, 30.0, True),
        (-0.5, -0.9, -0.4, True),  # a loss may be negative
        (-0.5, -0.51, -0.4, False),
        (None, 0.1, 99.0, False),  # older checkpoints do not know it
    ],
)
def test_what_counts_as_a_climb(
    untrained: float | None, lowest: float | None, loss: float, diverges: bool
) -> None:
    progress = Progress(untrained_loss=untrained, lowest_loss=lowest)
    with pytest.raises(DivergedError) if diverges else contextlib.nullcontext():
        check_climb(loss, 3, progress)


def test_the_message_names_the_first_climb_and_the_end() -> None:
    progress = Progress(epoch=20)
    progress.note_divergence(5, f"it climbed in epoch 5; {REMEDY}")
    assert in_words(progress, None, True) == f"it climbed in epoch 5; {REMEDY}"
    assert in_words(progress, None, False).endswith("; training continued to epoch 20 (--no-stop)")
    end = DivergedError(f"the loss became nan in epoch 9; {REMEDY}")
    message = in_words(progress, end, False)
    assert message.startswith("it climbed in epoch 5; training continued (--no-stop) until the ")
    assert message.count(REMEDY) == 1
