"""Cores and memory: what the machine has, and how much of it this process may use."""

import os
import re
from pathlib import Path

from nnlab.machine import control_groups

MEMORY_INFO = Path("/proc/meminfo")


def usable_cores() -> int:
    """Return the number of cores this process may run on; TensorFlow starts as many threads."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cores() -> int:
    """Return the number of cores to use, at least 1.

    OMP_NUM_THREADS if it is set (of a list, its first number), else all usable ones; in a
    container, no more than it allows.
    """
    outermost = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    given = int(outermost) if re.fullmatch("[0-9]{1,6}", outermost) else 0
    wanted = given or usable_cores()
    allowed = allowed_cores()
    return wanted if allowed is None else max(1, min(wanted, int(allowed)))


def system_memory() -> int | None:
    """Return the bytes available without swapping, as Linux reports them; None if unknown."""
    try:
        lines = MEMORY_INFO.read_text().splitlines()
        fields = dict(line.split(":", 1) for line in lines)
        return int(fields["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return None


def allowed_memory() -> int | None:
    """Return the bytes that a control group still allows; None without a limit."""
    return control_groups.memory()


def allowed_cores() -> float | None:
    """Return how many cores' worth of time a control group allows; None without a limit."""
    return control_groups.cores()
