"""`nnlab doctor` from the shell."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from nnlab.cli.main import run
from nnlab.doctor import Result, software
from tests.annotations import Shell


def test_json_is_one_object_and_missing_data_are_no_failure(shell: Shell) -> None:
    secret = {**os.environ, "NNLAB_SERVE_TOKEN": "s3cret-s3cret"}
    result = shell("doctor", "--quick", "--json", env=secret)
    assert result.returncode == 0, result.stderr
    (line,) = result.stdout.splitlines()
    assert "NNLAB_SERVE_TOKEN=(not shown)" in line
    assert "nothing reads" not in line
    assert "s3cret" not in line + result.stderr
    report = json.loads(line)
    assert report["ok"] is True
    states = {check["name"]: check["state"] for check in report["checks"]}
    assert states["data: mnist"] == "warning"
    assert all(check.keys() == {"name", "state", "text", "advice"} for check in report["checks"])


def test_a_damaged_data_file_fails_with_exit_code_1(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "data/mnist/t10k-labels-idx1-ubyte.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress(b"half of it"))
    result = shell("doctor", "--quick")
    assert result.returncode == 1
    (line,) = (line for line in result.stdout.splitlines() if "FAILED" in line)
    assert "t10k-labels-idx1-ubyte.gz is damaged: expected 4542 bytes" in line
    assert "remove or replace the damaged files, then: nnlab data fetch mnist" in result.stdout
    assert result.stderr.endswith(" 1 failed\n")


def test_a_check_that_raises_fails_and_the_others_continue(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken() -> NoReturn:
        raise RuntimeError("a font is broken")

    monkeypatch.setattr(software, "figures", broken)
    assert run(["doctor", "--quick", "--json", "-v"]) == 1
    out, err = capfd.readouterr()
    checks = {check["name"]: check for check in json.loads(out)["checks"]}
    assert checks["figures"]["text"] == "RuntimeError: a font is broken"
    assert checks["tesseract"]["state"] == "ok"
    assert "Traceback" in err


def test_quick_does_not_import_tensorflow() -> None:
    program = (
        "import sys; from nnlab.cli.main import run; "
        "code = run(['doctor', '--quick']); "
        "print([p for p in ('tensorflow', 'keras') if p in sys.modules], code, file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert result.stderr.splitlines()[-1] == "[] 0"


def test_names_with_control_characters_are_shown_escaped(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(software, "figures", lambda: Result("warning", "bad\x1b[2J", "look"))
    assert run(["doctor", "--quick"]) == 0
    assert "\x1b" not in capfd.readouterr().out
