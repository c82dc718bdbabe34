import os

import pytest

from nnlab import machine


def test_only_cores_that_the_process_may_run_on_are_counted() -> None:
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("this system has no affinity")
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        assert machine.usable_cores() == 1
    finally:
        os.sched_setaffinity(0, before)


def test_omp_num_threads_sets_the_cores_to_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "usable_cores", lambda: 8)
    monkeypatch.setattr(machine, "allowed_cores", lambda: None)
    for said, cores in (("3", 3), ("3,2", 3), ("", 8), ("0", 8), ("many", 8), ("9" * 5000, 8)):
        monkeypatch.setenv("OMP_NUM_THREADS", said)
        assert machine.cores() == cores


def test_a_container_gives_no_more_cores_than_it_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "usable_cores", lambda: 64)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    for allowed, cores in ((2.5, 2), (0.5, 1), (100.0, 64), (None, 64)):
        monkeypatch.setattr(machine, "allowed_cores", lambda allowed=allowed: allowed)
        assert machine.cores() == cores
