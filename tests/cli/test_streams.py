"""Streams that close early or were never open, and names that are not text."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PNG = Path(__file__).parents[2] / "data" / "examples" / "7.png"
EVIL = "b\x1b[31m\nc.png"


@pytest.fixture
def bash(tmp_path):
    """Return a function that runs a line of bash in which `nnlab` is a command."""

    def run(script: str) -> subprocess.CompletedProcess[str]:
        function = f'nnlab() {{ "{sys.executable}" -m nnlab "$@"; }}\n'
        return subprocess.run(
            ["bash", "-c", function + script], cwd=tmp_path, capture_output=True, text=True
        )

    return run


@pytest.mark.parametrize(
    "command", [f"yes {PNG} | head -20000 | nnlab classify -", "nnlab data list --json"]
)
def test_a_closed_pipe_is_exit_141_and_silence(bash, command):
    reader = "head -1" if "classify" in command else "(exec <&-; sleep 3)"
    result = bash(f"{command} | {reader}; echo ${{PIPESTATUS[*]}}")
    assert result.stdout.split()[-2] == "141", result
    assert result.stderr.count("\n") == ("classify" in command)  # which checkpoint answers


def test_help_into_a_closed_pipe_is_exit_141(bash):
    result = bash("nnlab --help | (exec <&-; sleep 3); echo ${PIPESTATUS[0]}")
    assert result.stdout.strip() == "141"
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("closed", "code", "lines"),
    [("<&-", 1, 1), (">&-", 1, 0), ("2>&-", 1, 1), ("<&- >&- 2>&-", 1, 0)],
)
def test_a_stream_that_was_never_open_is_no_mistake(bash, closed, code, lines):
    result = bash(f"nnlab classify {PNG} none.png {closed}")
    assert result.returncode == code
    assert result.stdout.count("\n") == lines
    assert "Traceback" not in result.stderr
    assert "error:" not in result.stdout


def test_a_closed_stdin_has_no_lines(bash):
    result = bash("nnlab classify - <&-")
    assert (result.returncode, result.stdout) == (0, "")


@pytest.mark.parametrize("given", [["x.png", "-v"], ["-qv", "x.png"], ["-vv", "x.png"]])
def test_verbose_is_seen_in_every_form(shell, given):
    assert "Traceback" in shell("show", *given).stderr
    assert "Traceback" not in shell("show", "--", "-v").stderr


@pytest.mark.parametrize(
    "command", [["data", "path", "mnist"], ["data", "fetch", "x"], ["export", "x.h5", "-o", "y.h5"]]
)
def test_data_and_export_take_verbose_as_well(shell, command):
    result = shell(*command, "-v")
    assert result.returncode in (3, 4)
    assert "Traceback" in result.stderr


def test_names_that_are_not_utf8_are_answered(shell, tmp_path):
    name = b"a\xff.png"
    shutil.copy(PNG, tmp_path / os.fsdecode(name))
    result = shell("classify", "-", "-q", input=name + b"\n", text=False)
    assert (result.returncode, result.stderr) == (0, b"")
    assert result.stdout.startswith(name + b"\t7\t")
    result = shell("classify", os.fsdecode(name), "-q", "--json")
    assert json.loads(result.stdout)["input"] == os.fsdecode(name)


def test_control_characters_of_a_name_are_not_printed(shell, tmp_path):
    shutil.copy(PNG, tmp_path / EVIL)
    result = shell("classify", EVIL, f"none{EVIL}", "-q")
    assert result.stdout == "b\\x1b[31m\\nc.png\t7\t0.9999\n"
    assert result.stderr.count("\n") == 1
    assert "\x1b" not in result.stderr
    assert json.loads(shell("classify", EVIL, "-q", "--json").stdout)["input"] == EVIL


def test_bad_inputs_do_not_stop_the_rest(shell):
    result = shell("classify", "", "x" * 5000, PNG, "-q")
    assert result.returncode == 1
    assert result.stdout.count("\n") == 1
    assert "empty name" in result.stderr
    assert "too long" in result.stderr
    lines = shell("classify", "-", "-q", input=f"\n{PNG}\n")
    assert (lines.returncode, lines.stdout.count("\n")) == (1, 1)


def test_a_table_into_a_closed_pipe_ends_like_any_other_output(bash):
    result = bash("nnlab data list | (exec <&-; sleep 3); echo ${PIPESTATUS[0]}")
    assert result.stdout == "141\n"
    assert result.stderr == ""


def test_lines_that_nobody_reads_are_told(shell):
    result = shell("add", "--epochs", 1, "--problems", 100, "--units", 2, "-q", input="1+1\n")
    assert "training does not read stdin; to answer its lines, add -" in result.stderr


def test_without_a_command_the_help_is_shown_and_is_no_error(shell):
    result = shell()
    assert result.returncode == 2
    assert result.stderr.startswith("Usage: nnlab")
