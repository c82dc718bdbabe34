import hashlib
from pathlib import Path

import pytest

from nnlab.cli import data as commands
from nnlab.cli import main
from nnlab.datasets.store.registry import DataFile, DataSet, Edition

CONTENT = b"a page"


def many_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, here: int) -> None:
    """Register a set of 30 files in two folders, and put the first `here` of them in ./data."""
    digest = hashlib.sha256(CONTENT).hexdigest()
    files = tuple(
        DataFile(f"role {n}", f"many/{n % 2}/{n}.bin", len(CONTENT), digest) for n in range(30)
    )
    data_set = DataSet("many", "Many files", "free", (Edition(files),))
    monkeypatch.setattr(commands, "get_set", lambda name: data_set)
    for file in files[:here]:
        path = tmp_path / "data" / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(CONTENT)


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Return the exit code and what went to stdout."""
    code = main.run(["data", *arguments])
    return code, capfd.readouterr().out


def test_many_files_are_summarised_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    many_files(monkeypatch, tmp_path, here=30)
    verified = run(capfd, "verify", "many")
    assert verified == (0, "found\t30 files of many in data/many/0, data/many/1\n")
    for command in ("path", "fetch"):
        assert run(capfd, command, "many") == (0, "data/many/0\ndata/many/1\n")
    assert len(run(capfd, "verify", "many", "--json")[1].splitlines()) == 30


def test_among_many_files_damaged_ones_are_named_and_missing_ones_counted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    many_files(monkeypatch, tmp_path, here=20)
    (tmp_path / "data/many/1/3.bin").write_bytes(b"x")
    code, out = run(capfd, "verify", "many")
    damaged, found, missing = out.splitlines()
    assert code == 3
    assert damaged.startswith("damaged\tdata/many/1/3.bin is damaged: expected 6 bytes")
    assert found.startswith("found\t19 files of many in ")
    assert missing == "missing\t10 files of many, such as many/0/20.bin"
