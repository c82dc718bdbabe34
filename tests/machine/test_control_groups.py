"""Limits of control groups, read from file trees like those of Linux."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from nnlab.machine import control_groups

Tree = Callable[[str, Mapping[str, object]], None]
"""Takes what /proc says of the process, and the contents of the files below the tree."""


@pytest.fixture
def tree(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Tree:
    """Return a function that writes the process's membership and files into an empty tree."""
    monkeypatch.setattr(control_groups, "MOUNTED", tmp_path / "cgroup")
    monkeypatch.setattr(control_groups, "MEMBERSHIP", tmp_path / "self")

    def write(membership: str, files: Mapping[str, object]) -> None:
        (tmp_path / "self").write_text(membership)
        for name, content in files.items():
            path = tmp_path / "cgroup" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{content}\n")

    return write


def test_without_control_groups_there_is_no_limit(tree: Tree) -> None:
    assert control_groups.cores() is control_groups.memory() is None
    tree("0::/\n", {"cpu.max": "max 100000", "memory.max": "max", "memory.current": "5"})
    assert control_groups.cores() is control_groups.memory() is None


def test_in_version_2_the_tightest_limit_up_to_the_root_applies(tree: Tree) -> None:
    files = {
        "jobs/a/cpu.max": "max 100000",
        "jobs/cpu.max": "150000 100000",
        "jobs/a/memory.max": "1000",
        "jobs/a/memory.current": "900",
        "jobs/a/memory.stat": "anon 100\ninactive_file 300",
        "jobs/memory.max": "9000",
        "jobs/memory.current": "1000",
    }
    tree("0::/jobs/a\n", files)
    assert control_groups.cores() == 1.5
    assert control_groups.memory() == 400


def test_version_1_in_a_container_reads_the_root_of_the_mounted_tree(tree: Tree) -> None:
    files = {
        "cpu/cpu.cfs_quota_us": "50000",
        "cpu/cpu.cfs_period_us": "100000",
        "memory/memory.limit_in_bytes": "1000",
        "memory/memory.usage_in_bytes": "1200",
        "memory/memory.stat": "inactive_file 1\ntotal_inactive_file 100",
    }
    tree("4:memory:/docker/1\n3:cpu,cpuacct:/docker/1\n1:name=systemd:/\n0::/\n", files)
    assert control_groups.cores() == 0.5
    assert control_groups.memory() == 0


def test_version_1_without_a_quota_has_no_limit(tree: Tree) -> None:
    tree("3:cpu:/\n", {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"})
    assert control_groups.cores() is None
