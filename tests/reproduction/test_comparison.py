"""The presets beside each other, on very small trainings."""

import dataclasses
import json
import re
from pathlib import Path

import pytest

from nnlab import experiments
from nnlab.reproduction import comparison
from nnlab.reproduction.claims import Plan, load_claims, load_comparisons
from nnlab.reproduction.comparison import MISSING, compared
from nnlab.training.settings import MODERN, REPORT
from tests.annotations import Here
from tests.reproduction.test_reproduce import ADD, carried_out

pytestmark = pytest.mark.slow

TINY = {"problems": 500, "test_problems": 100, "units": 8, "epochs": 1}
MODERN_ADD = Plan(
    "add-decimal-modern", "add", runs=2, minutes=1, options={"preset": MODERN, **TINY}
)


def test_every_modern_preset_has_a_plan_and_a_comparison() -> None:
    plans = {plan.name: plan for plan in load_claims()[0]}
    having = {name for name in experiments.names() if MODERN in experiments.get(name).presets}
    assert {plan.experiment for plan in plans.values() if plan.preset == MODERN} == having
    compared_plans = [(plans[one.report], plans[one.modern]) for one in load_comparisons()]
    assert {modern.experiment for _, modern in compared_plans} == having
    for report, modern in compared_plans:
        assert report.experiment == modern.experiment
        assert (report.preset, modern.preset) == (REPORT, MODERN)


def test_what_is_not_finished_is_said_or_left_out(tmp_path: Path) -> None:
    assert compared(tmp_path, quick=False) == []
    assert comparison.tables([], quick=False) == []
    carried_out([MODERN_ADD], tmp_path)
    (row,) = compared(tmp_path, quick=False)
    assert row.report == MISSING
    assert " % (" in row.modern  # two runs have an interval
    assert row.baseline.startswith("nearest training problem: ")
    carried_out([ADD], tmp_path)
    (row,) = compared(tmp_path, quick=False)
    assert row.report.endswith("of up to 3 digits")
    assert float(row.modern_minutes) >= 0
    numbers, commands = comparison.tables([row], quick=False)
    assert commands.rows == [
        ("nnlab add --base 10 --runs 2",),
        ("nnlab add --preset modern --base 10 --runs 2",),
    ]
    assert len(numbers.columns) == len(numbers.rows[0])


def test_runs_of_a_command_are_counted_and_a_sample_is_named(tmp_path: Path) -> None:
    given = {"preset": MODERN, "model": "mlp", "units": 8, "epochs": 1, "dataset": "sample"}
    carried_out([Plan("perm-test-modern", "perm-test", 1, 1, given)], tmp_path)
    (row,) = compared(tmp_path, quick=False)
    assert row.modern_command == "nnlab perm-test --preset modern --runs 1"  # one pair, three arms
    assert row.modern.endswith("on an embedded sample")
    assert not compared(tmp_path, quick=True)[0].modern.endswith("sample")  # the tour says so


def test_a_single_run_has_the_interval_of_its_test_set(tmp_path: Path) -> None:
    carried_out([dataclasses.replace(MODERN_ADD, runs=1)], tmp_path)
    (row,) = compared(tmp_path, quick=False)
    assert re.fullmatch(r"[\d.]+ % \([\d.]+ to [\d.]+; 1 run\)", row.modern)


def test_the_command_trains_modern_networks_and_says_what_they_reach(here: Here) -> None:
    result = here("reproduce", "--quick", "--preset", MODERN, "--only", "recommend", "--json")
    rows = json.loads(result.stdout)["comparisons"]
    command = "nnlab recommend --preset modern --baskets sample --epochs 2"
    assert {row["modern_command"] for row in rows} == {command}
    assert Path("reproduction-quick/recommend-modern/summary.json").is_file()
    page = Path("reproduction-quick/report.html").read_text()
    assert comparison.TITLE in page
    again = here("reproduce", "--quick", "--preset", MODERN, "--no-train")
    assert "Trained with" in again.stdout
