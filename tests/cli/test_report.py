"""`nnlab report` in the shell."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.annotations import Shell
from tests.report.folders import embed_run


def test_the_path_of_the_page_is_printed_and_nothing_is_overwritten(
    shell: Shell, tmp_path: Path
) -> None:
    embed_run(tmp_path / "a")
    (embed_run(tmp_path / "early") / "metrics.json").unlink()
    first = shell("report", "a", "early", "--title", "My <runs>")
    assert first.returncode == 0, first.stderr
    assert first.stdout == "report.html\n"
    assert "left out early, which is not finished" in first.stderr
    assert "<h1>My &lt;runs&gt;</h1>" in (tmp_path / "report.html").read_text()
    refused = shell("report", "a")
    assert refused.returncode == 5
    assert "--force" in refused.stderr
    again = shell("report", "a", "--force", "-q")
    assert (again.returncode, again.stderr) == (0, "")
    assert "<h1>nnlab report</h1>" in (tmp_path / "report.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["none"], 4, "expected a run folder"),
        (["early"], 3, "no run is finished"),
        (["a", "./a"], 2, "named twice"),
        (["a", "-o", "page.pdf"], 2, ".html"),
        (["a", "-o", "folder.html"], 5, "is a folder"),
        (["a", "-o", "nowhere/page.html"], 1, "cannot write"),
        (["a", "--titel", "x"], 2, "--title"),
        ([], 2, "RUN"),
    ],
)
def test_what_cannot_be_reported_is_refused(
    shell: Shell, tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    embed_run(tmp_path / "a")
    (embed_run(tmp_path / "early") / "metrics.json").unlink()
    (tmp_path / "folder.html").mkdir()
    result = shell("report", *arguments)
    assert result.returncode == code, result.stderr
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    assert not list(tmp_path.glob("*.html.*"))


def test_tensorflow_is_not_imported(tmp_path: Path) -> None:
    embed_run(tmp_path / "a")
    program = (
        "import sys; from nnlab.cli.main import run; run(['report', 'a']); "
        "print([p for p in ('tensorflow', 'keras') if p in sys.modules], file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path
    )
    assert result.stderr.splitlines()[-1] == "[]"
