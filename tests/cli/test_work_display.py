"""The display of runs in progress, read from folders written by hand."""

import io
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console as RichConsole

from nnlab.cli.work_display import WorkDisplay
from nnlab.console import Console
from nnlab.results import TrainingRecord
from nnlab.runs.folder import RunFolder
from nnlab.sweeps.task import Outcome, Task
from nnlab.sweeps.work import Standing
from nnlab.training.settings import TrainingSettings
from tests.made_metrics import run_metrics


def task(folder: Path) -> Task:
    return Task("classify", TrainingSettings(epochs=3), RunFolder(folder))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def open_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Terminal]:
    """Return a function that makes stderr a terminal: pytest resets stderr before each test."""

    def opened() -> Terminal:
        made = Terminal()
        monkeypatch.setattr("sys.stderr", made)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", "80")
        for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
            monkeypatch.delenv(name, raising=False)
        return made

    return opened


def begin(path: Path, epochs: int) -> None:
    """Write the folder of a run that has finished some epochs."""
    path.mkdir()
    folder = RunFolder(path)
    folder.config.write_text("{}")
    rows = [
        {"epoch": n, "loss": 1 / n, "validation_accuracy": n / 10} for n in range(1, 1 + epochs)
    ]
    if rows:
        folder.write_history(rows)


def seen(display: WorkDisplay) -> list[str]:
    """Return the lines now on the terminal."""
    shown = io.StringIO()
    RichConsole(file=shown, width=80).print(display.view())
    return shown.getvalue().splitlines()


def test_runs_in_progress_are_shown_with_their_epoch(
    open_terminal: Callable[[], Terminal], tmp_path: Path
) -> None:
    terminal = open_terminal()
    names = ("a/seed-1", "b/seed-1", "b/seed-2", "c/seed-1")
    tasks = {name: task(tmp_path / name.replace("/", "-")) for name in names}
    begin(tmp_path / "c-seed-1", 2)  # left behind by an earlier call
    time.sleep(0.05)
    with WorkDisplay(Console()) as display:
        display.begun(tasks, Standing(4, 0, 2, 0))
        begin(tmp_path / "a-seed-1", 0)
        begin(tmp_path / "b-seed-1", 2)
        begin(tmp_path / "b-seed-2", 3)
        bar, *lines = seen(display)
        assert "0 of 4 runs, 2 running" in bar
        assert [line.split("  ")[0] for line in lines if line] == [
            "a/seed-1",
            "b/seed-1",
            "b/seed-2",
        ]
        assert "epoch 1 of 3" in lines[0]
        assert "epoch 3 of 3  validation accuracy 0.2000" in lines[1]
        assert "scoring" in lines[2]
        display.ended("b/seed-1", Outcome("failed", "no luck"), Standing(4, 0, 2, 1))
        assert not any("b/seed-1" in line for line in seen(display))
    assert "b/seed-1 failed: no luck" in terminal.getvalue()


def test_a_name_cannot_control_the_terminal(
    open_terminal: Callable[[], Terminal], tmp_path: Path
) -> None:
    open_terminal()
    with WorkDisplay(Console()) as display:
        display.begun({"a\x1b[2J": task(tmp_path / "a")}, Standing(1, 0, 1, 0))
        begin(tmp_path / "a", 1)
        assert seen(display)[1].startswith(r"a\x1b[2J")


def test_without_a_terminal_one_line_per_run_is_printed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    training = TrainingRecord(epochs=1, best_epoch=1, seconds=1.25)
    metrics = run_metrics({"accuracy": 0.5}, training=training)
    outcome = Outcome("finished", metrics=metrics)
    with WorkDisplay(Console()) as display:
        display.begun({"a": task(tmp_path)}, Standing(2, 1, 1, 0))
        display.ended("a", outcome, Standing(2, 2, 0, 0))
    assert capsys.readouterr().err.splitlines() == [
        "already finished: 1 of 2 runs",
        "2 of 2 runs: a  accuracy 0.5000  1.2 s",
    ]
