"""Cores and memory: what the machine has, and how much of it this process may use."""

import math
import os

from nnlab import machine
from nnlab.doctor.check import Result
from nnlab.wording import counted

LITTLE_MEMORY = 2 * 2**30
"""Bytes below which to warn: TensorFlow alone takes 700 MB, and the data come on top."""


def processors() -> Result:
    """Report how many cores there are, and how many this process may use."""
    there, usable = os.cpu_count() or 1, machine.usable_cores()
    text = f"{counted(there, 'core')}, of which this process may use {usable}"
    share = machine.allowed_cores()
    if share is None or share >= usable:
        return Result("ok", text)
    threads = max(1, math.floor(share))
    return Result(
        "warning",
        f"{text}, but a control group limits it to {share:g}",
        f"train with --threads {threads}; more threads would only wait for each other",
    )


def memory() -> Result:
    """Report how much memory is available."""
    system, group = machine.system_memory(), machine.allowed_memory()
    known = [size for size in (system, group) if size is not None]
    if not known:
        return Result("ok", "this system does not report how much is available")
    least = min(known)
    text = f"{least / 2**30:.1f} GiB available"
    if group == least:
        text += ", limited by a control group"
    if least < LITTLE_MEMORY:
        advice = "close other programs, or train with a smaller --batch-size and fewer --units"
        return Result("warning", f"{text}; training needs 1 GiB or more", advice)
    return Result("ok", text)
