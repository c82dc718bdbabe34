"""Memory that a process frees and takes again."""

import subprocess
import sys

import pytest

FAULTS = """
import resource, sys
import numpy as np
from nnlab.machine.allocation import keep_freed_memory
if "keep" in sys.argv and not keep_freed_memory():
    sys.exit("not here")
def work():
    for _ in range(20):
        np.ones(2**23)  # 64 MiB, which glibc would return to the system at once
work()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
work()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def page_faults(*arguments: str) -> int:
    command = [sys.executable, "-c", FAULTS, *arguments]
    result = subprocess.run(command, capture_output=True, text=True)
    if "not here" in result.stderr:
        pytest.skip("this C library keeps or returns memory as it likes")
    return int(result.stdout)


def test_freed_memory_is_used_again_without_asking_the_system() -> None:
    assert page_faults("keep") < page_faults() / 10
