"""`nnlab show` of groups and sweeps; the contract tests cover checkpoints."""

import json
from pathlib import Path

import pytest

from tests.annotations import Here, Shell
from tests.report.folders import classify_group, classify_run
from tests.tiny_images import tiny_arguments


def test_a_group_is_shown_as_after_its_training(shell: Shell, tmp_path: Path) -> None:
    classify_group(tmp_path / "several", (0.97, 0.98, 0.99))
    result = shell("show", "several")
    assert result.returncode == 0, result.stderr
    assert "0.9800" in result.stdout
    assert "Most misclassified over all runs" in result.stdout
    shown = json.loads(shell("show", "several", "--json").stdout)
    assert shown["scores"]["accuracy"]["mean"] == pytest.approx(0.98)


def test_an_unfinished_group_names_its_runs(shell: Shell, tmp_path: Path) -> None:
    group = classify_group(tmp_path / "several", (0.97,), unfinished=1)
    (group / "summary.json").unlink()
    (group / "seed-1" / "best.h5").touch()
    result = shell("show", "several")
    assert (result.returncode, "several/seed-1" in result.stderr) == (4, True)


def test_a_sweep_is_shown_as_its_table(here: Here, tmp_path: Path) -> None:
    given = (*tiny_arguments("--set="), "--set", "epochs=1", "--grid", "units=8,16")
    swept = here("sweep", "classify", *given, "--out", "swept")
    shown = here("show", "swept")
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout == swept.stdout
    assert json.loads(here("show", "swept", "--json").stdout)["best"]
    (tmp_path / "swept" / "summary.json").unlink()
    unfinished = here("show", "swept")
    assert (
        unfinished.returncode,
        "resume it with: nnlab sweep classify --out swept" in unfinished.stderr,
    ) == (3, True)


def test_damaged_summaries_are_refused(shell: Shell, tmp_path: Path) -> None:
    group = classify_group(tmp_path / "several", (0.97, 0.98))
    (group / "summary.json").write_text("{}")
    sweep = tmp_path / "sweep"
    sweep.mkdir()
    (sweep / "sweep.json").write_text("{}")
    (sweep / "summary.json").write_text("[]")
    for name in ("several", "sweep"):
        result = shell("show", name)
        assert result.returncode == 3, result.stderr
        assert f"{name}/summary.json: " in result.stderr


@pytest.mark.parametrize("command", ["compare", "report"])
def test_the_error_for_a_folder_of_runs_names_the_runs(
    shell: Shell, tmp_path: Path, command: str
) -> None:
    classify_run(tmp_path / "sweep" / "units=8")
    result = shell(command, "sweep")
    assert (result.returncode, "name what is below it: sweep/units=8" in result.stderr) == (4, True)
