"""Writing text in the shell: streams, prompts from stdin, and files that are no text."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.annotations import Begun, Command, Here, Shell
from tests.experiments.textgen.networks import write_untrained
from tests.experiments.textgen.texts import write_corpus
from tests.waiting import PATIENCE


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("untrained")
    corpus = write_corpus(folder)
    return write_untrained(folder / "best.h5", "textgen", corpus=corpus, units=6, seq_len=10)


@pytest.fixture
def write(shell: Shell, checkpoint: Path) -> Command:
    """Return a function that runs `nnlab textgen` with a checkpoint."""

    def answer(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
        return shell("textgen", *arguments, "--checkpoint", checkpoint, "-q", **options)

    return answer


def test_json_holds_the_text_of_the_plain_stream(write: Command) -> None:
    arguments = ["tom ", "a—b", "--length", 50, "-n", 2]
    plain, lines = write(*arguments), write(*arguments, "--json")
    answers = [json.loads(line) for line in lines.stdout.splitlines()]
    rule = "-" * 40 + "\n"
    expected = rule.join(f"{one['prompt']}{one['text']}\n" for one in answers)
    assert len(answers) == 4
    assert plain.stdout == expected
    assert (plain.returncode, lines.returncode) == (0, 0)
    assert plain.stderr.count("ignored characters that the training text does not have: —") == 1


def test_sample_needs_no_input(write: Command) -> None:
    result = write("--sample", "--length", 30, "--json")
    assert json.loads(result.stdout)["prompt"] == ""
    assert len(json.loads(result.stdout)["text"]) == 30
    assert write("", "--length", 30, "--json").stdout == result.stdout
    assert write("--sample", "--epochs", 3).returncode == 2


def test_prompts_come_from_stdin_a_line_each(write: Command) -> None:
    result = write("-", "--length", 5, "--json", input="tom \r\n\naunt")
    assert [json.loads(line)["prompt"] for line in result.stdout.splitlines()] == [
        "tom ",
        "",
        "aunt",
    ]
    assert (write("-", input="").returncode, write("-", input="").stdout) == (0, "")


def test_the_first_characters_come_before_the_last_are_made(checkpoint: Path, begun: Begun) -> None:
    options = ("--length", "2000000000", "--checkpoint", checkpoint)
    process = begun("textgen", "tom ", *options, text=False)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.read(30).startswith(b"tom ")
    process.stdout.close()
    assert process.wait(timeout=PATIENCE) == 141
    assert process.stderr.read().count(b"\n") == 1  # which checkpoint answers


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b" \n \n", "only blanks"),
        (b"tom", "windows of 40"),
        (b"\x00\x01\x02" * 100, "not text"),
        ("café ".encode("latin-1") * 100, "--encoding"),
        (None, "does not exist"),
        ("folder", "is a folder"),
    ],
)
def test_what_is_no_corpus_ends_in_one_clear_error(
    shell: Shell, tmp_path: Path, content: bytes | str | None, told: str
) -> None:
    if content == "folder":
        (tmp_path / "my.txt").mkdir()
    elif isinstance(content, bytes):
        (tmp_path / "my.txt").write_bytes(content)
    result = shell("textgen", "--corpus", "my.txt", "-q")
    assert (result.returncode, result.stdout) == (3, "")
    assert result.stderr.count("\n") == 1
    assert told in result.stderr
    assert not list(tmp_path.glob("runs/textgen/*"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--length", "0"],
        ["--temperature", "-1"],
        ["--temperature", "nan"],
        ["--temperature", "inf"],
        ["--top-k", "-1"],
        ["--top-p", "0"],
        ["--top-p", "1.1"],
        ["-n", "0"],
        ["--context", "all"],
    ],
)
def test_options_out_of_range_are_refused(write: Command, arguments: list[str]) -> None:
    result = write("tom", *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert "Traceback" not in result.stderr


def test_a_text_in_another_encoding_is_trained_on(shell: Shell, here: Here, tmp_path: Path) -> None:
    text = "Ça va très bien. Où est la fenêtre? " * 40
    (tmp_path / "my.txt").write_bytes(text.encode("latin-1"))
    tiny = ["--units", 4, "--epochs", 1, "--seq-len", 5, "--step", 9]
    result = here("textgen", "--corpus", "my.txt", "--encoding", "latin-1", *tiny, "--out", "run")
    assert result.returncode == 0, result.stderr
    assert "learns little" in result.stderr
    written = shell("textgen", "Où ", "--checkpoint", "run", "--length", 20, "-q")
    assert written.stderr == ""
    assert written.stdout.startswith("Où ")
    again = shell("evaluate", "run/best.h5", "--json", "-q")
    assert again.returncode == 0, again.stderr
