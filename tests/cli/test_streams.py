"""Streams that close early or were never open, and names that are not text."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.annotations import Shell

Bash = Callable[[str], subprocess.CompletedProcess[str]]

PNG = Path(__file__).parents[2] / "data" / "examples" / "7.png"
CHECKPOINT = PNG.parents[2] / "nnlab" / "checkpoints" / "recommend.report.h5"
EVIL = "b\x1b[31m\nc.png"


@pytest.fixture
def bash(tmp_path: Path) -> Bash:
    """Return a function that runs a line of bash in which `nnlab` is a command."""
    if shutil.which("bash") is None:
        pytest.skip("needs bash")

    def run(script: str) -> subprocess.CompletedProcess[str]:
        function = f'nnlab() {{ "{sys.executable}" -m nnlab "$@"; }}\n'
        return subprocess.run(
            ["bash", "-c", function + script], cwd=tmp_path, capture_output=True, text=True
        )

    return run


@pytest.mark.parametrize(
    "command", [f"yes {PNG} | head -20000 | nnlab classify -", "nnlab data list --json"]
)
def test_a_closed_pipe_exits_silently_with_141(bash: Bash, command: str) -> None:
    reader = "head -1" if "classify" in command else "(exec <&-; sleep 3)"
    result = bash(f"{command} | {reader}; echo ${{PIPESTATUS[*]}}")
    assert result.stdout.split()[-2] == "141", result
    assert result.stderr.count("\n") == ("classify" in command)  # which checkpoint answers


def test_help_into_a_closed_pipe_exits_with_141(bash: Bash) -> None:
    result = bash("nnlab --help | (exec <&-; sleep 3); echo ${PIPESTATUS[0]}")
    assert result.stdout.strip() == "141"
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("closed", "code", "lines"),
    [("<&-", 1, 1), (">&-", 1, 0), ("2>&-", 1, 1), ("<&- >&- 2>&-", 1, 0)],
)
def test_a_stream_that_was_never_open_is_no_error(
    bash: Bash, closed: str, code: int, lines: int
) -> None:
    result = bash(f"nnlab classify {PNG} none.png {closed}")
    assert result.returncode == code
    assert result.stdout.count("\n") == lines
    assert "Traceback" not in result.stderr
    assert "error:" not in result.stdout


def test_a_closed_stdin_has_no_lines(bash: Bash) -> None:
    result = bash("nnlab classify - <&-")
    assert (result.returncode, result.stdout) == (0, "")


@pytest.mark.parametrize("given", [["x.png", "-v"], ["-qv", "x.png"], ["-vv", "x.png"]])
def test_verbose_is_recognised_in_every_form(shell: Shell, given: list[str]) -> None:
    assert "Traceback" in shell("show", *given).stderr
    assert "Traceback" not in shell("show", "--", "-v").stderr


@pytest.mark.parametrize(
    "command", [["data", "path", "mnist"], ["data", "fetch", "x"], ["export", "x.h5", "-o", "y.h5"]]
)
def test_data_and_export_take_verbose_as_well(shell: Shell, command: list[str]) -> None:
    result = shell(*command, "-v")
    assert result.returncode in (2, 3, 4)
    assert "Traceback" in result.stderr


def test_files_with_names_that_are_not_utf8_are_answered(shell: Shell, tmp_path: Path) -> None:
    name = b"a\xff.png"
    shutil.copy(PNG, tmp_path / os.fsdecode(name))
    result = shell("classify", "-", "-q", input=name + b"\n", text=False)
    assert (result.returncode, result.stderr) == (0, b"")
    assert result.stdout.startswith(name + b"\t7\t")
    lines = shell("classify", os.fsdecode(name), "-q", "--json").stdout
    assert json.loads(lines)["input"] == os.fsdecode(name)


def test_control_characters_of_a_name_are_not_printed(shell: Shell, tmp_path: Path) -> None:
    shutil.copy(PNG, tmp_path / EVIL)
    result = shell("classify", EVIL, f"none{EVIL}", "-q")
    _, *answer = shell("classify", PNG, "-q").stdout.split("\t")
    assert result.stdout == "\t".join(["b\\x1b[31m\\nc.png", *answer])
    assert result.stderr.count("\n") == 1
    assert "\x1b" not in result.stderr
    assert json.loads(shell("classify", EVIL, "-q", "--json").stdout)["input"] == EVIL


def test_bad_inputs_do_not_stop_the_rest(shell: Shell) -> None:
    result = shell("classify", "", "x" * 5000, PNG, "-q")
    assert result.returncode == 1
    assert result.stdout.count("\n") == 1
    assert "the name is empty" in result.stderr
    assert "too long" in result.stderr
    lines = shell("classify", "-", "-q", input=f"\n{PNG}\n")
    assert (lines.returncode, lines.stdout.count("\n")) == (1, 2)


def test_a_table_into_a_closed_pipe_ends_like_any_other_output(bash: Bash) -> None:
    result = bash("nnlab data list | (exec <&-; sleep 3); echo ${PIPESTATUS[0]}")
    assert result.stdout == "141\n"
    assert result.stderr == ""


def test_an_option_of_the_run_asks_for_a_training_too(shell: Shell) -> None:
    result = shell("add", "--out", "/dev/null/x", "-q", input="1+1\n")
    assert "to train, give" not in result.stderr
    assert "training does not read stdin" in result.stderr


def test_training_warns_about_unread_lines_on_stdin(shell: Shell) -> None:
    result = shell("add", "--epochs", 1, "--problems", 100, "--units", 2, "-q", input="1+1\n")
    assert "training does not read stdin; to answer its lines, give - as input" in result.stderr


@pytest.mark.parametrize("how", ["printf '1+1\n' | nnlab add", "nnlab add < sums.txt"])
def test_lines_on_stdin_start_no_training_unless_an_option_asks_for_one(
    bash: Bash, how: str
) -> None:
    result = bash(f"printf '1+1\n' > sums.txt; {how}")
    assert result.returncode == 2
    assert "to answer its lines, give - as input; to train, give a training option" in result.stderr


def test_with_json_an_argument_without_an_answer_has_an_error_in_its_place(shell: Shell) -> None:
    result = shell("add", "x", "1+1", "", "-q", "--json")
    wrong, right, empty = map(json.loads, result.stdout.splitlines())
    assert (wrong["input"], right["answer"], empty["input"]) == ("x", "2", "")
    assert "expected a sum" in wrong["error"]
    assert result.returncode == 1
    lines = shell("add", "-", "-q", "--json", input="1+1\n\n2+2\n").stdout.splitlines()
    assert [json.loads(line)["input"] for line in lines] == ["1+1", "", "2+2"]


def test_tables_in_a_pipe_have_no_blanks_at_the_ends_of_lines(shell: Shell) -> None:
    lines = shell("data", "list").stdout.splitlines()
    assert len(lines) > 5
    assert all(line == line.rstrip() for line in lines)


def test_without_a_command_the_help_is_shown_and_is_no_error(shell: Shell) -> None:
    result = shell()
    assert result.returncode == 2
    assert result.stderr.startswith("Usage: nnlab")


def outcome(
    shell: Shell, *arguments: object, given: bytes = b"", encoding: str | None = None
) -> tuple[int, bytes, bytes]:
    """Return exit code, stdout and stderr in bytes."""
    env = {**os.environ, **({"PYTHONIOENCODING": encoding} if encoding else {})}
    result = shell(*arguments, input=given, text=False, env=env)
    return result.returncode, result.stdout, result.stderr


def test_a_line_that_cannot_be_answered_gives_an_empty_line_and_a_numbered_error(
    shell: Shell,
) -> None:
    given = b"1+2\n12-5\n\n100+200"
    code, out, err = outcome(shell, "add", "-", "-q", given=given)
    assert code == 1
    answers = out.split(b"\n")
    assert len(answers) == 5  # four lines, each ended
    assert [bool(answer) for answer in answers] == [True, False, False, True, False]
    assert [line.split(b":")[1] for line in err.splitlines()] == [b" line 2", b" line 3"]


def test_a_line_that_cannot_be_answered_is_an_error_in_json(shell: Shell) -> None:
    _, out, _ = outcome(shell, "add", "-", "-q", "--json", given=b"1+2\n12-5\n3+4\n")
    first, second, third = map(json.loads, out.splitlines())
    assert "answer" in first
    assert "answer" in third
    assert second["input"] == "12-5"
    assert "minus" in second["error"]


@pytest.mark.parametrize(
    ("command", "good", "bad"),
    [
        ("translate", "Come in.", "a" * 1500),
        ("classify", str(PNG), "no-such-file.png"),
        ("embed", str(PNG), "no-such-file.png"),
        ("recommend", "soda", "no such thing"),
    ],
)
def test_every_command_writes_one_line_per_line_read(
    shell: Shell, command: str, good: str, bad: str
) -> None:
    one_each = ("--top", 1) if command == "recommend" else ()
    result = shell(command, "-", "-q", *one_each, input=f"{good}\n{bad}\n{good}")
    first, second, third = result.stdout.split("\n")[:-1]
    assert (first, second) == (third, "")
    assert result.stderr.startswith("error: line 2: ")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_byte_order_mark_decides_the_encoding_of_lines(shell: Shell, encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-le" else ""
    given = f"{mark}I am cold.\r\nCome in.\r\n".encode(encoding)
    plain = outcome(shell, "translate", "-", "-q", given=b"I am cold.\nCome in.\n")
    assert outcome(shell, "translate", "-", "-q", given=given) == plain


def test_piped_input_that_is_not_lines_is_named(shell: Shell) -> None:
    code, _, err = outcome(shell, "classify", "-", "-q", given=PNG.read_bytes())
    assert code == 2
    assert b"picture (PNG)" in err
    assert b"nnlab classify FILE" in err
    code, _, err = outcome(shell, "classify", "-", "-q", given=b"a.png\0b.png\0")
    assert (code, b"find -print0" in err) == (2, True)


ENCODINGS = ["ascii", "latin-1", "cp1252", "cp437", "ascii:strict", "utf-8", "utf-16"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_character_can_be_written_in_any_encoding_of_stdout(
    shell: Shell, encoding: str
) -> None:
    prompt = "\u65e5 \U0001f600 caf\xe9"
    written = ("textgen", prompt, "--length", 5, "-q", "--seed", 1)
    code, out, err = outcome(shell, *written, encoding=encoding)
    assert code == 0, err
    known = out.decode(encoding.partition(":")[0])
    assert known.startswith("\u65e5" if encoding.startswith("utf") else "\\u65e5 \\U0001f600 caf")
    code, out, err = outcome(shell, *written, "--json", encoding=encoding)
    assert code == 0, err
    assert json.loads(out.decode(encoding.partition(":")[0]))["prompt"] == prompt
    for arguments in (("data", "list"), ("show", CHECKPOINT), ("--help",), ("nosuch",)):
        code, _, err = outcome(shell, *arguments, encoding=encoding)
        assert code in (0, 2)
        assert b"Traceback" not in err
