"""How the C library gives memory back to the system: for trainings, as late as possible."""

import ctypes
import sys

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4
"""Parameters of mallopt, see its manual page."""
MOST = 2**31 - 1
PAD = 64 * 2**20
"""Bytes that are taken from the system beyond those asked for."""


def keep_freed_memory() -> bool:
    """Keep freed memory in the process instead of returning it to the system.

    A training frees and takes the same large arrays in every step. By default, glibc returns them
    to the system each time, and the system clears their pages each time. Kept memory is used again
    at once; in return, the process does not shrink.

    Returns:
        Whether the C library is one that can do so.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):  # musl and others
        return False
    wanted = ((M_MMAP_MAX, 0), (M_TRIM_THRESHOLD, MOST), (M_TOP_PAD, PAD))
    # each is set, even if another cannot be
    taken = [mallopt(parameter, value) for parameter, value in wanted]
    return all(taken)
