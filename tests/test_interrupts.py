"""A burst of signals counts as one."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnlab import interrupts
from nnlab.cli.training import interruptible
from nnlab.errors import InterruptedRun
from nnlab.interrupts import Interrupt, raised_once
from tests.annotations import Begun
from tests.waiting import PATIENCE

PAUSES = (0, 0.03)


class Clock:
    """Stands still except in `wait`, so that the speed of the machine does not matter."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def wait(self) -> None:
        self.now += 1.01 * interrupts.PATIENCE


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """Replace the clock of `interrupts`."""
    clock = Clock()
    monkeypatch.setattr(interrupts, "time", clock)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield clock
    signal.signal(signal.SIGINT, before)


def press(times: int = 1) -> None:
    for _ in range(times):
        signal.raise_signal(signal.SIGINT)


def test_the_first_signal_sets_a_flag_and_a_late_one_interrupts(clock: Clock) -> None:
    with Interrupt() as interrupt:
        press(5)
        assert interrupt.requested
        clock.wait()
        with pytest.raises(KeyboardInterrupt):
            press()


def test_a_burst_that_outlasts_the_block_is_ignored_and_then_the_handler_is_restored(
    clock: Clock,
) -> None:
    with Interrupt():
        press()
    press(5)
    clock.wait()
    with pytest.raises(KeyboardInterrupt):
        press()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_exception_is_raised_once() -> None:
    caught = []
    with raised_once():
        try:
            press()
        except KeyboardInterrupt as error:
            press(5)
            caught.append(error)
    press(5)
    assert len(caught) == 1


def test_an_interrupt_that_was_swallowed_reaches_the_next_block() -> None:
    with raised_once():
        with contextlib.suppress(KeyboardInterrupt):
            press()
        with Interrupt() as interrupt:
            assert interrupt.requested
    with Interrupt() as interrupt:
        assert not interrupt.requested


def test_a_signal_that_was_ignored_stays_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with raised_once(), Interrupt() as interrupt:
        press(3)
    assert not interrupt.requested


def test_an_interrupt_of_code_in_a_string_does_not_change_the_exit_code(tmp_path: Path) -> None:
    (tmp_path / "interrupted.py").write_text(
        "import sys\n"
        "from nnlab import interrupts\n"
        "try:\n"
        "    exec('raise KeyboardInterrupt')\n"
        "except KeyboardInterrupt:\n"
        "    interrupts.ignore_all()\n"
        "    sys.exit(130)\n"
    )
    command = [sys.executable, "-m", "interrupted"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    assert subprocess.run(command, env=environment, check=False).returncode == 130


@pytest.mark.parametrize("pause", PAUSES)
@pytest.mark.parametrize("after", ["reading the data", "training recommend", "epoch 1/"])
def test_however_fast_ctrl_c_is_pressed_one_line_says_what_was_kept(
    tmp_path: Path, begun: Begun, after: str, pause: float
) -> None:
    options = ("--baskets", "sample", "--threads", 1, "--epochs", 500)
    process = begun("recommend", *options, "--out", "run")
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(after):
            break
    for _ in range(5):
        process.send_signal(signal.SIGINT)
        time.sleep(pause)
    told = process.stderr.read().splitlines()
    assert process.wait(PATIENCE) == 130
    errors = [line for line in told if line.startswith("error:")]
    assert len(errors) == 1, told
    assert not any("Traceback" in line for line in told)
    assert "saved" in errors[0] or "nothing was trained yet" in errors[0]
    if (tmp_path / "run" / "config.json").exists():
        assert "nnlab resume run" in errors[0]


def test_what_is_kept_of_a_reproduction_is_said(tmp_path: Path) -> None:
    for folder, words in (("", "nothing was trained"), ("a/seed-1", "the last checkpoint is kept")):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        if folder:
            (tmp_path / folder / "last.h5").touch()
        with pytest.raises(InterruptedRun, match=words), interruptible(tmp_path, "go on"):
            raise KeyboardInterrupt
