"""kill -9 at random moments: no damaged file, and the end is that of an uninterrupted run.

CI kills a few times; `NNLAB_TEST_KILLS=20 pytest tests/runs/test_killed.py` is the long form.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.annotations import Here, Shell
from tests.h5 import same_variables
from tests.tiny_images import tiny_arguments
from tests.waiting import PATIENCE

KILLS = int(os.environ.get("NNLAB_TEST_KILLS", "3"))
TRAINING = [*tiny_arguments(), "--batch-size=10", "--epochs=600", "--units=64"]
TRAINING += ["--save-every=0.1s", "-q"]


def start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "nnlab", *arguments]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)


def test_a_run_that_is_killed_again_and_again_ends_as_if_it_never_was(
    tmp_path: Path, shell: Shell, here: Here
) -> None:
    assert here("classify", *TRAINING, "--out", "whole").returncode == 0
    (tmp_path / "killed").mkdir()
    process = start(tmp_path, "classify", *TRAINING, "--out", "killed")
    moments = random.Random(2018)
    last = tmp_path / "killed" / "last.h5"
    kills = 0
    while kills < KILLS:
        wait_for_news(last, process)
        time.sleep(moments.uniform(0, 0.4))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.wait()
        assert shell("show", last).returncode == 0
        (tmp_path / "killed" / ".last.h5.0.tmp").write_text("half a checkpoint")
        process = start(tmp_path, "resume", "killed", "-q")
    assert process.wait(timeout=300) == 0
    assert not list((tmp_path / "killed").glob(".*.tmp"))
    for name in ("last.h5", "best.h5"):
        assert same_variables(tmp_path / "whole" / name, tmp_path / "killed" / name)


def wait_for_news(path: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until the process has written a checkpoint of its own, or has ended."""
    known = path.stat().st_mtime_ns if path.exists() else 0
    end = time.monotonic() + PATIENCE
    while process.poll() is None and (not path.exists() or path.stat().st_mtime_ns == known):
        assert time.monotonic() < end
        time.sleep(0.01)
