"""The completion script in a real shell."""

import os
import pty
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

Typed = Callable[[str, str], str]
"""Types keys, and returns what the terminal shows up to the expected text."""

PATIENCE = 60  # seconds, on a busy machine


@pytest.fixture
def typed(tmp_path: Path) -> Iterator[Typed]:
    """Return a function that types into an interactive bash set up as the docs say."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("needs bash")
    program = tmp_path / "bin" / "nnlab"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m nnlab "$@"\n')
    program.chmod(0o755)
    (tmp_path / "rc").write_text('eval "$(nnlab completion bash)"\nPS1="ready> "\n')
    ours, theirs = pty.openpty()
    env = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "TERM": "dumb"}
    env["INPUTRC"] = os.devnull
    process = subprocess.Popen(
        [bash, "--noprofile", "--rcfile", tmp_path / "rc", "-i"],
        env=env,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    os.set_blocking(ours, False)
    try:
        wait_for(ours, "ready> ")

        def type_(keys: str, expected: str) -> str:
            os.write(ours, keys.encode())
            return wait_for(ours, expected)

        yield type_
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def wait_for(terminal: int, expected: str) -> str:
    """Return what the terminal shows up to the expected text."""
    shown = ""
    end = time.monotonic() + PATIENCE
    while expected not in shown:
        assert time.monotonic() < end, shown
        try:
            shown += os.read(terminal, 4096).decode(errors="replace")
        except BlockingIOError:
            time.sleep(0.02)
    return shown


def test_bash_completes_commands_options_and_choices(typed: Typed) -> None:
    assert typed("nnlab cl\t", "nnlab classify ")
    assert typed("--lo\t", "--loss ")
    assert typed("m\t", "mse ")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("data", "fetch", "nois"), ["noisyoffice"]),
        (("show", "classify.m"), ["classify.modern"]),
        (("evaluate", "cl"), ["classify", "classify.modern", "classify.report"]),
        (("sweep", "perm"), ["perm-test"]),
        (("show", "perm"), []),
        (("export", "recommend.m"), ["recommend.mine", "recommend.modern"]),
        (("show", "runs/cl"), []),
    ],
)
def test_names_are_completed(words: tuple[str, ...], expected: list[str]) -> None:
    from nnlab.cli.main import nnlab

    Path("recommend.mine").mkdir()
    *before, begun = words
    found = ShellComplete(nnlab, {}, "nnlab", "_NNLAB_COMPLETE").get_completions(before, begun)
    assert [one.value for one in found if one.type == "plain"] == expected
    assert [one.type for one in found] == ["plain"] * len(expected) or ["file"]


def test_bash_completes_input_files(typed: Typed, tmp_path: Path) -> None:
    Path("seven.png").touch()
    assert typed("nnlab classify sev\t", "seven.png ")
