"""Which program goes first where several want a core."""

import contextlib
import os

NICENESS = 10
"""How much is added for a program that gives way: it gets a tenth of a core that another wants."""


def give_way(process: int) -> None:
    """Let all other programs go before a process that was just started, where systems can do so.

    Threads that it starts later give way too; those that it has already do not.
    """
    if hasattr(os, "setpriority"):  # not on Windows
        with contextlib.suppress(OSError):  # it has ended, or gives way already
            nicer = os.getpriority(os.PRIO_PROCESS, process) + NICENESS
            os.setpriority(os.PRIO_PROCESS, process, nicer)
