import os
import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.machine.priority import GROUP, NICENESS, give_way

WORK = "print(flush=True)\nwhile True: pass"


@pytest.mark.skipif(not hasattr(os, "setpriority"), reason="this system knows no niceness")
def test_a_process_that_gives_way_is_nicer_than_others() -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WORK], stdout=subprocess.PIPE, start_new_session=True
        )
        for _ in range(2)
    ]
    try:
        first, second = processes
        for process in processes:
            assert process.stdout is not None
            process.stdout.readline()  # it has begun
        before = os.getpriority(os.PRIO_PROCESS, first.pid)
        give_way(second.pid)
        assert os.getpriority(os.PRIO_PROCESS, first.pid) == before
        assert os.getpriority(os.PRIO_PROCESS, second.pid) == min(19, before + NICENESS)
        group = Path(GROUP.format(second.pid))
        if group.exists() and os.geteuid() == 0:  # Linux lets others set it ten times a second
            assert group.read_text().split()[-1] == str(NICENESS)
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_a_process_that_has_ended_is_no_error() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    give_way(process.pid)
