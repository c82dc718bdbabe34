"""Cores and memory: what there is, and what this process may have of it."""

import math
import os

from nnlab import machine
from nnlab.doctor.check import Result

LITTLE_MEMORY = 2 * 2**30
"""Bytes below which training gets tight: TensorFlow alone takes 700 MB, data come on top."""


def processors() -> Result:
    """Say how many cores there are, and how many the process may use."""
    there, usable = os.cpu_count() or 1, machine.usable_cores()
    text = f"{there} cores, {usable} of them for this process"
    share = machine.allowed_cores()
    if share is None or share >= usable:
        return Result("ok", text)
    threads = max(1, math.floor(share))
    return Result(
        "warning",
        f"{text}, but a control group allows it the time of {share:g}",
        f"train with --threads {threads}: more threads than that only wait for each other",
    )


def memory() -> Result:
    """Say how much memory can be had."""
    system, group = machine.system_memory(), machine.allowed_memory()
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
