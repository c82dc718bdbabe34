"""The best setting and the tables, on metrics made by hand."""

import csv
import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from nnlab import experiments
from nnlab.experiments.contract import AnyExperiment
from nnlab.results import RunMetrics, TrainingRecord, Validation
from nnlab.runs.folder import GroupFolder
from nnlab.sweeps.choice import validation_estimate
from nnlab.sweeps.plan import make_plan
from nnlab.sweeps.results import Results
from nnlab.sweeps.summary import summarise
from nnlab.sweeps.tables import summary_table, write_csv
from nnlab.sweeps.task import Outcome
from tests.annotations import Record
from tests.made_metrics import SOURCE, run_metrics

CLASSIFY = experiments.get("classify")


def metrics(
    test: float,
    validation: float | None,
    measure: str = "accuracy",
    higher: bool = True,
    sha: str = "a",
    loss: str = "mse",
) -> RunMetrics[Any]:
    chosen = None if validation is None else Validation(measure, validation, higher)
    training = TrainingRecord(epochs=3, best_epoch=2, seconds=1.5, validation=chosen)
    source = dataclasses.replace(SOURCE, sha256=sha)
    return run_metrics({"accuracy": test}, training=training, dataset=source, config={"loss": loss})


def outcome(**given: Any) -> Outcome:
    return Outcome("finished", metrics=metrics(**given))


def settings(
    *outcomes: Sequence[Outcome],
    points: Sequence[Mapping[str, object]] = ({"units": 8}, {"units": 16}),
    experiment: AnyExperiment = CLASSIFY,
    runs: int | None = None,
) -> list[Results]:
    """Return results of a setting each, from lists of outcomes."""
    plan = make_plan(experiment, points, {}, runs or len(outcomes[0]))
    made = []
    for setting, ended in zip(plan.settings, outcomes, strict=True):
        group = GroupFolder(Path("s", setting.name))
        results = Results(experiment, setting, group, plan.trials(setting))
        for name, one in zip(results.trials, ended, strict=True):
            results.add(name, one)
        made.append(results)
    return made


def test_the_best_is_chosen_by_validation_not_by_test() -> None:
    flattered = [outcome(test=0.99, validation=0.80), outcome(test=0.98, validation=0.82)]
    sound = [outcome(test=0.90, validation=0.91), outcome(test=0.91, validation=0.90)]
    summary = summarise(CLASSIFY, settings(flattered, sound))
    assert summary.best == "units=16"
    assert "not by the test set" in summary.note
    assert "not by the test set" in summary_table(summary).note


def test_lower_is_better_where_the_measure_says_so() -> None:
    one = [outcome(test=0.5, validation=0.4, measure="bits", higher=False)]
    two = [outcome(test=0.5, validation=0.3, measure="bits", higher=False)]
    assert summarise(CLASSIFY, settings(one, two)).best == "units=16"


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ({"validation": None}, {"validation": None}, "held-out"),
        ({"validation": 0.5}, {"validation": 0.6, "measure": "bits"}, "different measures"),
        ({"validation": 0.5}, {"validation": 0.6, "sha": "b"}, "different data"),
        (
            {"validation": 0.5, "measure": "loss"},
            {"validation": 0.6, "measure": "loss", "loss": "crossentropy"},
            "different losses",
        ),
    ],
)
def test_there_is_no_best_where_validations_do_not_compare(
    first: Record, second: Record, reason: str
) -> None:
    summary = summarise(
        CLASSIFY, settings([outcome(test=0.9, **first)], [outcome(test=0.8, **second)])
    )
    assert summary.best is None
    assert reason in summary.note
    assert "by validation" not in summary_table(summary).columns


@pytest.mark.parametrize(
    ("name", "first", "second", "flag"),
    [
        ("classify", {"validation": 20}, {"validation": 5000}, "--validation"),
        ("classify", {"units": 8, "split_seed": 1}, {"split_seed": 2}, "--split-seed"),
        ("embed", {}, {"preset": "modern"}, "--model"),
        ("embed", {"preset": "modern"}, {"preset": "modern", "batch_size": 64}, "--batch-size"),
        ("embed", {"letters": "a-c"}, {"letters": "a-z"}, "--letters"),
        ("translate", {}, {"preset": "modern"}, "--model"),
        ("translate", {"max_pairs": 100}, {"max_pairs": 200}, "--max-pairs"),
        ("textgen", {}, {"keep_case": True}, "--keep-case"),
        ("denoise", {"patch": 64}, {"patch": 32}, "--patch"),
        ("translate", {"columns": "1,2"}, {"columns": "2,1"}, "--columns"),
        ("recommend", {"header": True}, {"header": False}, "--header"),
        ("recommend", {"min_count": 1}, {"min_count": 9}, "--min-count"),
        ("add", {"digits": 2}, {"digits": 3}, "--digits"),
    ],
)
def test_there_is_no_best_of_settings_that_are_validated_in_different_ways(
    name: str, first: Record, second: Record, flag: str
) -> None:
    experiment = experiments.get(name)
    one, two = [outcome(test=0.9, validation=0.5)], [outcome(test=0.8, validation=0.6)]
    summary = summarise(
        experiment, settings(one, two, points=(first, second), experiment=experiment)
    )
    assert summary.best is None
    assert flag in summary.note
    assert "they differ in what changes the meaning of validation: " in summary.note


@pytest.mark.parametrize(
    ("name", "option", "values"),
    [
        ("embed", "batch_size", (50, 100)),  # of an autoencoder
        ("denoise", "stride", (64, 32)),
        ("classify", "drawn", (0.1, 0.2)),
    ],
)
def test_options_of_the_training_alone_may_be_chosen(
    name: str, option: str, values: tuple[float, float]
) -> None:
    experiment = experiments.get(name)
    one, two = [outcome(test=0.9, validation=0.5)], [outcome(test=0.8, validation=0.6)]
    points = [{option: value} for value in values]
    summary = summarise(experiment, settings(one, two, points=points, experiment=experiment))
    assert summary.best == f"{option}={values[1]}"


def test_the_interval_of_a_share_in_validation_stays_a_share() -> None:
    ended = [outcome(test=0.9, validation=value) for value in (0.99, 1.0)]
    estimate = validation_estimate(settings(ended, ended)[0])
    assert estimate
    assert estimate.high == 1


def test_a_score_that_some_runs_lack_is_averaged_over_the_others() -> None:
    runs = [outcome(test=test, validation=0.9) for test in (0.7, 0.8, 0.9)]
    for one, errors in ((runs[1], 0.1), (runs[2], 0.3)):  # tesseract was missing for the first
        assert one.metrics
        one.metrics.scores["character_errors"] = errors
    record = summarise(CLASSIFY, settings(runs, runs)).settings[0]
    assert record.scores["accuracy"].mean == pytest.approx(0.8)
    assert record.scores["character_errors"].mean == pytest.approx(0.2)
    assert record.scores["character_errors"].n == 2


def test_settings_that_differ_in_seeds_alone_have_no_best() -> None:
    one, two = [outcome(test=0.9, validation=0.9)], [outcome(test=0.8, validation=0.8)]
    summary = summarise(CLASSIFY, settings(one, two, points=({"seed": 1}, {"seed": 2})))
    assert summary.best is None
    assert "seeds" in summary.note


def test_an_experiment_whose_runs_are_not_alike_has_neither_means_nor_a_best() -> None:
    perm_test = experiments.get("perm-test")
    ended = [outcome(test=0.9, validation=0.9)] * 3
    made = settings(ended, ended, experiment=perm_test, runs=1)
    summary = summarise(perm_test, made)
    assert summary.best is None
    assert summary.settings[0].scores == {}
    assert summary.settings[0].n == 3


def test_a_setting_with_a_run_that_failed_or_diverged_cannot_be_the_best() -> None:
    diverged = Outcome("diverged", "loss NaN")
    lucky = [outcome(test=0.99, validation=0.99), diverged]
    sound = [outcome(test=0.90, validation=0.91), outcome(test=0.91, validation=0.90)]
    summary = summarise(CLASSIFY, settings(lucky, sound))
    assert summary.best == "units=16"
    assert "cannot be the best" in summary.note
    table = summary_table(summary)
    assert [row[list(table.columns).index("diverged")] for row in table.rows] == ["1", "0"]


def test_a_row_has_mean_and_interval() -> None:
    ended = [outcome(test=value, validation=0.5) for value in (0.8, 0.9, 1.0)]
    summary = summarise(CLASSIFY, settings(ended, ended))
    accuracy = summary.settings[0].scores["accuracy"]
    assert accuracy.mean == pytest.approx(0.9)
    assert accuracy.n == 3
    table = summary_table(summary)
    assert list(table.columns[:3]) == ["units", "runs", "accuracy"]
    assert table.rows[0][2] == "0.9000 (0.6516 to 1.0000)"


def test_the_csv_file_has_a_row_a_run_failed_ones_too(tmp_path: Path) -> None:
    made = settings(
        [outcome(test=0.8, validation=0.5), Outcome("failed", "no data")],
        [outcome(test=0.9, validation=0.6), outcome(test=0.7, validation=0.4)],
    )
    write_csv(summarise(CLASSIFY, made), tmp_path / "table.csv")
    with (tmp_path / "table.csv").open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [(row["units"], row["seed"], row["accuracy"]) for row in rows] == [
        ("8", "1", "0.8"),
        ("8", "2", ""),
        ("16", "1", "0.9"),
        ("16", "2", "0.7"),
    ]
    assert rows[1]["state"] == "failed"
    assert rows[1]["error"] == "no data"
    assert rows[2]["validation"] == "0.6"
    assert rows[3]["folder"] == str(Path("s/units=16/seed-2"))
