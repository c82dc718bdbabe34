"""The memory of a process."""

import resource
import sys


def peak_megabytes() -> float:
    """Return the most memory that this process had, in MB; Linux counts in KiB, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
