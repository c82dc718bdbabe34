import os

import pytest

from nnlab import machine


def test_the_cores_are_those_that_the_process_may_run_on() -> None:
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("this system has no affinity")
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        assert machine.usable_cores() == 1
    finally:
        os.sched_setaffinity(0, before)


def test_threads_that_were_said_are_the_cores_to_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "usable_cores", lambda: 8)
    for said, cores in (("3", 3), ("", 8), ("0", 8), ("many", 8)):
        monkeypatch.setenv("OMP_NUM_THREADS", said)
        assert machine.cores() == cores
