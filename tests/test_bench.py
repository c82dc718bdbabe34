"""Kept figures of benchmarks are found by version and stand beside new ones."""

import json
from pathlib import Path

from tools.bench import BENCHMARKS, OPTIONS, beside, newest


def test_every_benchmark_is_run() -> None:
    programs = {path.stem for path in BENCHMARKS.glob("*.py")} - {
        "figures",
        "http_client",
        "memory",
        "one_core",
    }
    assert programs == OPTIONS.keys()


def test_the_newest_version_is_compared_with_and_not_the_last_by_name(tmp_path: Path) -> None:
    assert newest(tmp_path) == {}
    for version in ("0.9.0", "0.10.0"):
        (tmp_path / f"{version}.json").write_text(json.dumps({"nnlab": version}))
    assert newest(tmp_path) == {"nnlab": "0.10.0"}


def test_figures_stand_beside_those_before_with_their_ratio() -> None:
    before = {"sweep": {"seconds": 4.0}}
    heading, *lines = beside({"sweep": {"seconds": 5.0, "new": 1.0}}, before)
    assert heading.split() == ["now", "before", "ratio"]
    assert [line.split() for line in lines] == [
        ["sweep:", "seconds", "5", "4", "1.25"],
        ["sweep:", "new", "1", "-", "-"],
    ]
