"""Limits that a container or batch system sets with Linux control groups, versions 1 and 2.

Version 2 has one tree of groups, version 1 one per resource. The limits of all groups from the
process's own up to the root apply. In a container, the path of the process's own group may not
exist; then only the root of the mounted tree counts.
"""

from collections.abc import Iterator
from pathlib import Path

MOUNTED = Path("/sys/fs/cgroup")
MEMBERSHIP = Path("/proc/self/cgroup")


def cores() -> float | None:
    """Return how many cores' worth of time the process may use; None without a limit."""
    shares = [share for folder in _groups("cpu") if (share := _cores(folder)) is not None]
    return min(shares, default=None)


def memory() -> int | None:
    """Return how many more bytes the process may use; None without a limit."""
    rooms = [room for folder in _groups("memory") if (room := _memory(folder)) is not None]
    return min(rooms, default=None)


def _groups(resource: str) -> Iterator[Path]:
    """Yield the folders of the process's groups, innermost first."""
    for line in (_text(MEMBERSHIP) or "").splitlines():
        _, resources, path = line.split(":", 2)
        if resources and resource not in resources.split(","):
            continue
        root = MOUNTED / resource if resources else MOUNTED
        group = root / path.lstrip("/")
        yield group
        yield from (folder for folder in group.parents if folder.is_relative_to(root))


def _cores(folder: Path) -> float | None:
    quota, period = (_text(folder / "cpu.max") or "max 1").split()
    if quota == "max":
        quota = _text(folder / "cpu.cfs_quota_us") or "-1"
        period = _text(folder / "cpu.cfs_period_us") or "1"
    return int(quota) / int(period) if int(quota) > 0 else None


def _memory(folder: Path) -> int | None:
    for limit, usage in (
        ("memory.max", "memory.current"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes"),
    ):
        most, used = _text(folder / limit), _text(folder / usage)
        if most and used and most != "max":
            return max(0, int(most) - int(used) + _cached(folder))
    return None


def _cached(folder: Path) -> int:
    """Return the bytes of cached file contents, which count as used but can be reclaimed."""
    fields = dict(line.split(" ", 1) for line in (_text(folder / "memory.stat") or "").splitlines())
    return int(fields.get("total_inactive_file", fields.get("inactive_file", 0)))


def _text(path: Path) -> str | None:
    try:
        return path.read_text().strip()
    except OSError:
        return None
