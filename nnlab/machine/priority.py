"""Which program goes first where several want a core."""

import contextlib
import os
from pathlib import Path

NICENESS = 10
"""Of a program that gives way, above that of others: it gets a tenth of a core they want."""
GROUP = "/proc/{}/autogroup"
"""Where Linux shares cores among sessions first, and niceness counts within one: that of one."""


def give_way(process: int) -> None:
    """Let other programs go before a process that was just started in a session of its own.

    It does nothing where a system knows no niceness, as on Windows.
    """
    if not hasattr(os, "setpriority"):
        return
    with contextlib.suppress(OSError):  # it has ended
        nicer = os.getpriority(os.PRIO_PROCESS, process) + NICENESS
        os.setpriority(os.PRIO_PROCESS, process, nicer)
    with contextlib.suppress(OSError):  # there are no such groups
        Path(GROUP.format(process)).write_text(str(NICENESS))
