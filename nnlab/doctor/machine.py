"""Cores and memory: what there is, and what this process may have of it."""

import math
import os
from pathlib import Path

from nnlab.doctor import control_groups
from nnlab.doctor.check import Result

LITTLE_MEMORY = 2 * 2**30
"""Bytes below which training gets tight: TensorFlow alone takes 700 MB, data come on top."""
MEMORY_INFO = Path("/proc/meminfo")


def processors() -> Result:
    """Say how many cores there are, and how many the process may use."""
    there, usable = os.cpu_count() or 1, usable_cores()
    text = f"{there} cores, {usable} of them for this process"
    share = control_groups.cores()
    if share is None or share >= usable:
        return Result("ok", text)
    threads = max(1, math.floor(share))
    return Result(
        "warning",
        f"{text}, but a control group allows it the time of {share:g}",
        f"train with --threads {threads}: more threads than that only wait for each other",
    )


def usable_cores() -> int:
    """Return the number of cores that the process may run on, and TensorFlow starts threads for."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory() -> Result:
    """Say how much memory can be had."""
    system, group = _system_memory(), control_groups.memory()
    known = [size for size in (system, group) if size is not None]
    if not known:
        return Result("ok", "this system does not tell how much is available")
    least = min(known)
    text = f"{least / 2**30:.1f} GiB available"
    if group == least:
        text += ", as far as a control group allows"
    if least < LITTLE_MEMORY:
        advice = "end other programs, or train with a smaller --batch-size and fewer --units"
        return Result("warning", f"{text}; training takes 1 GiB and more", advice)
    return Result("ok", text)


def _system_memory() -> int | None:
    """Return the bytes that Linux can give to a program without swapping."""
    try:
        lines = MEMORY_INFO.read_text().splitlines()
        fields = dict(line.split(":", 1) for line in lines)
        return int(fields["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return None
