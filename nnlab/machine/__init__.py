"""Cores and memory: what this machine has, and what this process may have of it."""

import os
from pathlib import Path

from nnlab.machine import control_groups

MEMORY_INFO = Path("/proc/meminfo")


def usable_cores() -> int:
    """Return the number of cores that the process may run on, and TensorFlow starts threads for."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cores() -> int:
    """Return the number of cores to use, as OMP_NUM_THREADS or else the system says."""
    said = os.environ.get("OMP_NUM_THREADS", "")
    return int(said) if said.isdecimal() and int(said) else usable_cores()


def system_memory() -> int | None:
    """Return the bytes that Linux can give to a program without swapping; None if unknown."""
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
