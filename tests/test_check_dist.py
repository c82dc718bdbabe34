"""The check of a release knows every network that ships, and sees what is missing."""

import sys
from pathlib import Path

import pytest

from nnlab.reproduction.claims import load_claims
from nnlab.runs.choosing import shipped_checkpoints
from tools.check_dist import QUESTIONS, ask, left_out, shipped


def test_every_network_that_ships_has_a_question() -> None:
    assert {path.stem for path in shipped_checkpoints()} == QUESTIONS.keys()


def test_an_installed_package_lists_its_networks(tmp_path: Path) -> None:
    found = shipped(Path(sys.executable).parent, tmp_path)
    assert sorted(found.values()) == shipped_checkpoints()


def test_every_experiment_of_the_report_ships_a_network_but_the_one_that_compares_two() -> None:
    asked = {arguments[0] for arguments, _ in QUESTIONS.values()}
    assert {plan.experiment for plan in load_claims()[0]} - asked == {"perm-test"}


def test_files_that_an_archive_lacks_are_named() -> None:
    tracked = ["nnlab/cli.py", "nnlab/py.typed", ".github/issue.yml"]
    assert left_out(tracked, ["nnlab/cli.py", "PKG-INFO"]) == ["nnlab/py.typed"]


@pytest.mark.parametrize(("answer", "missing"), [("579", False), ("", True)])
def test_a_missing_answer_is_an_error(answer: str, missing: bool, tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text(f"#!{sys.executable}\nprint({answer!r})\n")
    program.chmod(0o755)
    assert (
        "expected '579'" in ask(program, "add.report", Path("add.report.h5"), tmp_path)
    ) is missing
