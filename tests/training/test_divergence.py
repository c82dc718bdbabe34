"""A training that gets out of control: for real, through the shell, and resumed."""

import json

import pytest

import nnlab
from nnlab import experiments
from nnlab.checkpoint import open_checkpoint, write
from nnlab.errors import DivergedError, InterruptedRun
from nnlab.running.single import resume, run
from nnlab.runs import RunFolder
from nnlab.training.divergence import REMEDY, in_words
from nnlab.training.progress import Progress
from tests.h5 import variables_of
from tests.watching import Watcher, make_workshop

WILD = {"dataset": "sample", "units": 64, "optimizer": "rmsprop", "learning_rate": 0.1}
FLAGS = ("--dataset", "sample", "--units", 64, "--learning-rate", 0.1, "-q", "--epochs")
EPOCHS = 12


def weights_of(path):
    found = variables_of(path)
    return {name: array for name, array in found.items() if name.startswith("model/")}


def rows_of(folder):
    return [int(epoch or 0) for epoch in folder.read_history()["epoch"]]


@pytest.mark.parametrize("stop", [True, False])
def test_a_wild_learning_rate_is_told_and_its_best_weights_are_kept(shell, tmp_path, stop):
    flag = "--stop" if stop else "--no-stop"
    result = shell("classify", *FLAGS, EPOCHS, flag, "--out", "wild")
    assert result.returncode == 6, result.stderr
    folder = RunFolder(tmp_path / "wild")
    training = json.loads(folder.metrics.read_text())["training"]
    epoch, best = training["diverged"]["epoch"], training["best_epoch"]
    told = result.stderr.splitlines()[-1]
    assert f"in epoch {epoch} " in told
    assert f"the weights of epoch {best} are kept in wild" in told
    assert (f"went on to epoch {EPOCHS} (--no-stop)" in told) is not stop
    assert rows_of(folder)[-1] == (epoch if stop else EPOCHS)
    assert (folder.figures / "learning-curves.png").exists()
    assert shell("classify", *FLAGS, best, "--out", "short").returncode in (0, 6)
    short = weights_of(tmp_path / "short" / "last.h5")
    for name, array in weights_of(folder.best).items():
        assert (array == short[name]).all()
    again = shell("resume", "wild")
    assert again.returncode == 6
    assert told in again.stderr


def test_a_loss_that_is_not_finite_ends_the_run_in_either_case(shell):
    wild = ("--optimizer", "sgd", "--learning-rate", 100, "--no-stop")
    result = shell("classify", "--dataset", "sample", "--epochs", 3, "-q", *wild)
    assert result.returncode == 6
    assert "the loss became" in result.stderr
    assert "end a training with --no-stop as well" in result.stderr


def test_a_run_that_went_on_is_resumed_after_its_climb(tmp_path, monkeypatch):
    monkeypatch.setattr("nnlab.training.loop.CHUNK_SECONDS", 0)  # one step a chunk
    classify = experiments.get("classify")
    config = classify.configure({**WILD, "epochs": EPOCHS, "stop": False}, "test")
    whole, halted = RunFolder(tmp_path / "whole"), RunFolder(tmp_path / "halted")
    for folder in (whole, halted):
        folder.path.mkdir()
    watcher = Watcher()
    heard: list[str] = []
    with pytest.raises(DivergedError, match="went on to epoch"):
        run(classify, config, whole, make_workshop(watcher, heard))
    assert sum("goes on (--no-stop)" in text for text in heard) == 1
    epoch = json.loads(whole.metrics.read_text())["training"]["diverged"]["epoch"]
    steps = watcher.chunks // EPOCHS
    with pytest.raises(InterruptedRun):
        run(classify, config, halted, make_workshop(Watcher(interrupt_at=epoch * steps + 2)))
    assert rows_of(halted)[-1] == epoch
    with pytest.raises(DivergedError, match=f"in epoch {epoch} .*went on to epoch"):
        resume(halted, make_workshop())
    for name, array in variables_of(whole.last).items():
        assert (array == variables_of(halted.last)[name]).all()
    assert rows_of(halted) == rows_of(whole) == list(range(EPOCHS + 1))
    assert nnlab.load(halted.best).header.metrics["training"]["diverged"]["epoch"] == epoch


def test_a_checkpoint_from_before_the_option_is_gone_on_with(tmp_path):
    classify = experiments.get("classify")
    config = classify.configure({"dataset": "sample", "units": 8, "epochs": 2}, "test")
    folder = RunFolder(tmp_path)
    with pytest.raises(InterruptedRun):
        run(classify, config, folder, make_workshop(Watcher(interrupt_at=1)))
    with open_checkpoint(folder.last) as file:
        header = file.header
    del header.config["stop"], header.state["diverged"]
    groups: dict[str, dict] = {}
    for name, array in variables_of(folder.last).items():
        group, variable = name.split("/", 1)
        groups.setdefault(group, {})[variable] = array
    write(folder.last, header, groups)
    _, metrics = resume(folder, make_workshop())
    assert metrics["training"]["epochs"] == 2


def test_words_tell_the_first_climb_and_the_end():
    progress = Progress(epoch=20)
    progress.note_divergence(5, f"it climbed in epoch 5; {REMEDY}")
    assert in_words(progress, None, True) == f"it climbed in epoch 5; {REMEDY}"
    assert in_words(progress, None, False).endswith(
        "; the training went on to epoch 20 (--no-stop)"
    )
    end = DivergedError(f"the loss became nan in epoch 9; {REMEDY}")
    told = in_words(progress, end, False)
    assert told.startswith(
        "it climbed in epoch 5; the training went on (--no-stop), until the loss"
    )
    assert told.count(REMEDY) == 1
