"""`nnlab compare` on run folders written by hand: it reads files only."""

import dataclasses
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from nnlab.metrics import mean_interval
from nnlab.runs.folder import RunFolder
from tests.annotations import Record, Shell

DATASET = {"name": "mnist", "sha256": "0" * 64, "sample": False, "files": ["a.gz"]}


def make_run(
    path: Path,
    scores: Sequence[float] = (0.9, 0.95),
    finished: bool = True,
    diverged: Record | None = None,
    measure: str = "accuracy",
    **plan: Any,
) -> Path:
    """Write a run with one epoch per score; `plan` may name the experiment and settings."""
    path.mkdir(parents=True)
    folder = RunFolder(path)
    experiment = plan.pop("experiment", "classify")
    config = {"units": 512, "seed": 1, **plan}
    record = {"experiment": experiment, "config": config, "dataset": DATASET}
    folder.config.write_text(json.dumps(record))
    rows = [{"epoch": 0, "loss": None, f"validation_{measure}": 0.1, "seconds": 0.0}]
    rows += [
        {"epoch": n, "loss": 1 / n, measure: s, f"validation_{measure}": s - 0.01, "seconds": n}
        for n, s in enumerate(scores, start=1)
    ]
    folder.write_history(rows)
    if finished:
        training: Record = {"epochs": len(scores), "best_epoch": len(scores), "seconds": 2.0}
        training["diverged"] = diverged
        found = {"scores": {measure: scores[-1] - 0.02}, "baselines": {}, "details": {}}
        metrics = {**record, **found, "training": training}
        folder.metrics.write_text(json.dumps(metrics))
    return path


def make_group(path: Path, values: Sequence[float], **settings: Any) -> Path:
    path.mkdir()
    names = [f"seed-{number}" for number in range(1, len(values) + 1)]
    for number, (name, value) in enumerate(zip(names, values, strict=True), start=1):
        make_run(path / name, (value - 0.1, value), seed=number, **settings)
    plan = {"experiment": "classify", "trials": {name: {} for name in names}}
    (path / "group.json").write_text(json.dumps(plan))
    return path


def rows_of(result: subprocess.CompletedProcess[str]) -> tuple[list[str], list[list[str]]]:
    lines = [line.split() for line in result.stdout.splitlines() if line.strip()]
    return lines[1], lines[3:]


def test_a_group_is_compared_while_one_of_its_runs_is_in_its_first_epoch(
    shell: Shell, tmp_path: Path
) -> None:
    group = make_group(tmp_path / "g", [0.9, 0.8])
    (group / "seed-2" / "metrics.json").unlink()
    (group / "seed-2" / "history.csv").write_text("epoch,loss\n0,2.3\n")
    result = shell("compare", "g")
    assert result.returncode == 0, result.stderr
    assert "0.8800" in result.stdout


def test_a_table_has_the_differing_settings_and_the_scores(shell: Shell, tmp_path: Path) -> None:
    make_run(tmp_path / "runs" / "a", units=64)
    make_run(tmp_path / "runs" / "b", units=512)
    result = shell("compare", "runs/a", "runs/b")
    assert result.returncode == 0, result.stderr
    head, rows = rows_of(result)
    assert head == ["run", "units", "epochs", "best", "epoch", "accuracy", "seconds"]
    assert rows == [["a", "64", "2", "2", "0.9300", "2.0"], ["b", "512", "2", "2", "0.9300", "2.0"]]
    assert "to draw the curves: nnlab compare runs/a runs/b -o" in result.stderr
    assert not list(tmp_path.glob("**/*.png"))


def test_options_newer_than_a_run_count_as_their_default(shell: Shell, tmp_path: Path) -> None:
    make_run(tmp_path / "old")
    make_run(tmp_path / "new", stop=True)
    assert rows_of(shell("compare", "old", "new"))[0][:2] == ["run", "epochs"]


def test_names_are_only_as_long_as_needed_to_differ(shell: Shell, tmp_path: Path) -> None:
    for parent in ("x", "y"):
        make_run(tmp_path / parent / "1")
    _, rows = rows_of(shell("compare", "x/1", "y/1"))
    assert [row[0] for row in rows] == ["x/1", "y/1"]


def test_a_group_is_one_row_with_an_interval_and_one_curve_with_a_band(
    shell: Shell, tmp_path: Path
) -> None:
    values = [0.91, 0.95, 0.99]
    make_group(tmp_path / "group", values)
    make_run(tmp_path / "one", units=8)
    result = shell("compare", "group", "one", "--json")
    group, one = json.loads(result.stdout)["runs"]
    expected = mean_interval([value - 0.02 for value in values], share=True)
    assert group["scores"]["accuracy"] == pytest.approx(dataclasses.asdict(expected))
    assert group["label"] == "units 512 (3 runs)"
    assert group["curve"]["low"][-1] == pytest.approx(0.90)
    assert group["curve"]["high"][-1] == pytest.approx(0.98)
    assert one["curve"]["low"] is None
    assert one["scores"]["accuracy"]["low"] is None
    assert "0.9300 (" in shell("compare", "group", "one").stdout


def test_members_that_differ_in_more_than_seeds_are_separate(shell: Shell, tmp_path: Path) -> None:
    for arm in ("plain", "permuted"):
        for seed in (1, 2):
            settings: Record = {"experiment": "perm-test", "arm": arm, "seed": seed}
            make_run(tmp_path / "g" / f"{arm}-{seed}", **settings)
    names = [path.name for path in (tmp_path / "g").iterdir()]
    plan = {"experiment": "perm-test", "trials": {name: {} for name in sorted(names)}}
    (tmp_path / "g" / "group.json").write_text(json.dumps(plan))
    entries = json.loads(shell("compare", "g", "--json").stdout)["runs"]
    assert {entry["label"] for entry in entries} == {"arm plain (2 runs)", "arm permuted (2 runs)"}
    make_run(tmp_path / "other")
    labels = [
        e["label"] for e in json.loads(shell("compare", "g", "other", "--json").stdout)["runs"]
    ]
    assert labels[0] == "perm-test, arm permuted (2 runs)"
    assert labels[2] == "classify, seed 1"


def test_members_that_diverged_are_left_out_with_a_warning(shell: Shell, tmp_path: Path) -> None:
    make_group(tmp_path / "group", [0.9, 0.92])
    metrics = tmp_path / "group" / "seed-2" / "metrics.json"
    content = json.loads(metrics.read_text())
    content["training"]["diverged"] = {"epoch": 2, "what": "it climbed"}
    metrics.write_text(json.dumps(content))
    result = shell("compare", "group", "--json")
    (entry,) = json.loads(result.stdout)["runs"]
    assert entry["left_out"] == ["seed-2"]
    assert "without seed-2" in result.stderr


def test_a_run_that_diverged_is_marked(shell: Shell, tmp_path: Path) -> None:
    make_run(tmp_path / "wild", diverged={"epoch": 2, "what": "it climbed"})
    make_run(tmp_path / "tame")
    head, rows = rows_of(shell("compare", "wild", "tame"))
    assert head[-1] == "diverged"
    assert rows[0][-3:] == ["in", "epoch", "2"]


def test_an_unfinished_run_has_a_curve_and_no_scores(shell: Shell, tmp_path: Path) -> None:
    make_run(tmp_path / "a", finished=False)
    make_run(tmp_path / "b")
    result = shell("compare", "a", "b", "-o", "figure.svg")
    assert result.returncode == 0
    assert "a is not finished" in result.stderr
    assert (tmp_path / "figure.svg").exists()
    a, _ = json.loads(shell("compare", "a", "b", "--json").stdout)["runs"]
    assert (a["finished"], a["scores"]) == (False, {})


def test_a_single_run_is_drawn_and_a_figure_is_not_overwritten_without_force(
    shell: Shell, tmp_path: Path
) -> None:
    make_run(tmp_path / "a")
    draw = ("compare", "a", "-o", "figure.png")
    assert shell(*draw).returncode == 0
    before = (tmp_path / "figure.png").read_bytes()
    refused = shell(*draw)
    assert refused.returncode == 5
    assert "--force" in refused.stderr
    assert shell(*draw, "--measure", "loss", "--force").returncode == 0
    assert (tmp_path / "figure.png").read_bytes() != before


def test_measures_are_chosen_by_name(shell: Shell, tmp_path: Path) -> None:
    make_run(tmp_path / "a")
    chosen = {"accuracy": "validation_accuracy", "training_accuracy": "accuracy", "loss": "loss"}
    for given, column in chosen.items():
        result = shell("compare", "a", "--measure", given, "--json")
        assert json.loads(result.stdout)["measure"] == column


def test_runs_of_different_experiments_have_tables_of_their_own(
    shell: Shell, tmp_path: Path
) -> None:
    make_run(tmp_path / "a")
    make_run(tmp_path / "b", measure="bits", experiment="textgen")
    result = shell("compare", "a", "b")
    assert result.returncode == 0
    assert "classify: scores on the test set" in result.stdout
    assert "textgen: scores on the test set" in result.stdout
    assert "to draw" not in result.stderr
    a, b = json.loads(shell("compare", "a", "b", "--json").stdout)["runs"]
    assert (a["curve"], list(a["scores"]), list(b["scores"])) == (None, ["accuracy"], ["bits"])


def test_finished_runs_of_an_experiment_that_is_not_installed_are_compared(
    shell: Shell, tmp_path: Path
) -> None:
    paths = [make_run(tmp_path / name, experiment="elsewhere") for name in ("a", "b")]
    _, rows = rows_of(shell("compare", *paths))
    assert [(row[0], row[3]) for row in rows] == [("a", "0.9300"), ("b", "0.9300")]


def test_runs_that_share_no_measure_are_not_drawn(shell: Shell, tmp_path: Path) -> None:
    make_run(tmp_path / "a")
    make_run(tmp_path / "b", measure="bits", experiment="textgen")
    refused = shell("compare", "a", "b", "-o", "c.png")
    assert refused.returncode == 2
    assert "b (textgen) has bits" in refused.stderr
    assert not (tmp_path / "c.png").exists()
    assert shell("compare", "a", "b", "-o", "c.png", "--measure", "loss").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["none"], 4, "expected a run folder"),
        (["run", "run/../run"], 2, "named twice"),
        (["run", "--measure", "acuracy"], 2, "did you mean 'accuracy'"),
        (["run", "-o", "figure.gif"], 2, ".png, .svg, .pdf"),
        (["run", "-o", "run.png"], 5, "is a folder"),
        (["early"], 3, "no history yet"),
        (["broken"], 3, "config.json"),
        (["scoreless"], 3, "scoreless/metrics.json"),
        (["garbled"], 3, "history.csv"),
        (["lonely"], 3, "no history yet"),
        (["planless"], 4, "plan of a group"),
        ([], 2, "RUN"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    shell: Shell, tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    make_run(tmp_path / "run")
    (tmp_path / "run.png").mkdir()
    make_run(tmp_path / "early", scores=(), finished=False)
    (make_run(tmp_path / "broken") / "config.json").write_text("{")
    (make_run(tmp_path / "scoreless") / "metrics.json").write_text('{"scores": []}')
    (make_run(tmp_path / "garbled") / "history.csv").write_text("epoch,loss\n1,\n2,x\n")
    make_group(tmp_path / "lonely", [])
    (tmp_path / "lonely" / "group.json").write_text('{"trials": {"seed-1": {}}}')
    (tmp_path / "planless").mkdir()
    (tmp_path / "planless" / "group.json").write_text('{"trials": {"../x": {}}}')
    result = shell("compare", *arguments)
    assert result.returncode == code, result.stderr
    assert message in result.stderr
    assert result.stdout == ""


def test_tensorflow_is_not_imported(tmp_path: Path) -> None:
    make_run(tmp_path / "a")
    program = (
        "import sys; from nnlab.cli.main import run; run(['compare', 'a', '-o', 'a.png']); "
        "print([p for p in ('tensorflow', 'keras') if p in sys.modules], file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path
    )
    assert result.stderr.splitlines()[-1] == "[]"
