"""`nnlab reproduce` from the shell."""

import json
import signal
from pathlib import Path

from tests.annotations import Begun, Shell
from tests.waiting import PATIENCE, wait_for


def test_one_part_of_the_tour_is_reproduced(shell: Shell, tmp_path: Path) -> None:
    result = shell("reproduce", "--quick", "--only", "recommend", timeout=300)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1] == "reproduction-quick/report.html"
    assert "nothing about the claims" in result.stdout
    claims = json.loads((tmp_path / "reproduction-quick" / "claims.json").read_text())
    assert [claim["plan"] for claim in claims] == ["recommend", "recommend"]
    page = (tmp_path / "reproduction-quick" / "report.html").read_text()
    assert "area under the ROC curve of .834" in page
    again = shell("reproduce", "--quick", "--only", "recommend", "--json", "-q")
    assert json.loads(again.stdout)["claims"] == claims
    assert "training" not in again.stderr
    (tmp_path / "reproduction-quick" / "report.html").unlink()
    reported = shell("reproduce", "--quick", "--no-train")
    assert reported.stdout == result.stdout
    assert "reproducing" not in reported.stderr
    assert (tmp_path / "reproduction-quick" / "report.html").exists()


def test_an_interrupted_tour_says_how_to_resume(tmp_path: Path, begun: Begun) -> None:
    process = begun("reproduce", "--quick", "--only", "textgen")
    config = tmp_path / "reproduction-quick" / "textgen" / "seed-1" / "config.json"
    wait_for(config.exists)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, errors
    assert "repeat the command to resume" in errors


def test_mistakes_are_refused_with_a_hint(shell: Shell) -> None:
    unknown = shell("reproduce", "--only", "clasify")
    assert (unknown.returncode, "did you mean 'classify'" in unknown.stderr) == (2, True)
    slow = shell("reproduce", "--only", "textgen-step-1", "--quick")
    assert (slow.returncode, "not part of the quick tour" in slow.stderr) == (2, True)


def test_no_train_without_a_trained_part_is_an_error(shell: Shell, tmp_path: Path) -> None:
    result = shell("reproduce", "--no-train")
    assert (result.returncode, "leave out --no-train" in result.stderr) == (3, True)
    assert not list(tmp_path.iterdir())


def test_a_part_that_fails_is_reported(shell: Shell) -> None:
    result = shell("reproduce", "--only", "textgen", "--offline")
    assert result.returncode == 1
    assert "textgen" in result.stderr
