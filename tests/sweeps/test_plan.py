import json
from pathlib import Path

import pytest

from nnlab import experiments
from nnlab.cli.sweep_settings import grid_points
from nnlab.errors import CheckpointError, DataError, OutputExistsError, UsageError
from nnlab.sweeps.plan import (
    Plan,
    joined,
    make_plan,
    plan_file,
    read_plan,
    write_plan,
)

CLASSIFY = experiments.get("classify")


def names(plan: Plan) -> list[str]:
    return [setting.name for setting in plan.settings]


def test_a_grid_is_every_combination() -> None:
    points = grid_points(CLASSIFY, ["model=mlp,cnn", "loss=crossentropy,mse"])
    plan = make_plan(CLASSIFY, points, {"epochs": 2})
    assert names(plan) == [
        "model=mlp,loss=crossentropy",
        "model=mlp,loss=mse",
        "model=cnn,loss=crossentropy",
        "model=cnn,loss=mse",
    ]
    assert plan.settings[3].config.loss == "mse"
    assert all(setting.config.epochs == 2 for setting in plan.settings)


def test_the_presets_values_follow_the_setting() -> None:
    plan = make_plan(CLASSIFY, [{"model": "mlp"}, {"model": "cnn"}], {})
    assert [setting.config.optimizer for setting in plan.settings] == ["rmsprop", "adadelta"]


def test_without_a_grid_there_is_one_setting() -> None:
    assert names(make_plan(CLASSIFY, grid_points(CLASSIFY, []), {})) == ["default"]
    assert names(make_plan(CLASSIFY, [{}], {"epochs": 2})) == ["epochs=2"]


def test_settings_that_are_the_same_are_kept_once() -> None:
    plan = make_plan(CLASSIFY, [{"units": 8}, {"units": 8, "loss": "crossentropy"}], {})
    assert names(plan) == ["units=8"]


def test_runs_are_the_experiments_own() -> None:
    plan = make_plan(CLASSIFY, [{"units": 8}], {"seed": 4}, 3)
    assert list(plan.trials(plan.settings[0])) == ["seed-4", "seed-5", "seed-6"]
    recommend = experiments.get("recommend")
    plan = make_plan(recommend, [{}], {}, 2)
    assert list(plan.trials(plan.settings[0])) == ["split-0", "split-1"]


@pytest.mark.parametrize(
    ("points", "runs", "message"),
    [
        ([{"units": 8}, {"unit": 8}], 1, "setting 2 of 2: there is no option 'unit'.*'units'"),
        ([{"units": "8"}], 1, "takes a whole number"),
        ([{"loss": "mae"}], 1, "one of crossentropy, mse"),
        ([{"seed": 2**31 - 1}], 2, "--seed must be at most"),
        ([], 1, "the list is empty"),
    ],
)
def test_whatever_is_wrong_is_told_before_anything_starts(
    points: list[dict[str, object]], runs: int, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        make_plan(CLASSIFY, points, {}, runs)


def test_numbers_that_hardly_differ_have_folders_of_their_own() -> None:
    points = [{"learning_rate": rate} for rate in (0.1, 0.1 + 1e-14, 0.3)]
    made = names(make_plan(CLASSIFY, points, {}))
    assert made[::2] == ["learning_rate=0.1", "learning_rate=0.3"]
    assert len(set(made)) == 3


def test_what_cannot_be_a_folders_name_is_told_apart_by_a_digest() -> None:
    points = [{"images": "a/b"}, {"images": "a b"}, {"images": "x" * 200}]
    made = names(make_plan(CLASSIFY, points, {"labels": "c"}))
    assert made[0].startswith("images=a-b-")
    assert made[0] != made[1]
    assert all(len(name) < 120 and "/" not in name for name in made)


def test_a_plan_comes_back_from_its_file(tmp_path: Path) -> None:
    plan = make_plan(CLASSIFY, [{"units": 8}, {"learning_rate": 0.5}], {"epochs": 2}, 3)
    write_plan(plan, tmp_path)
    assert read_plan(tmp_path) == plan


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"experiment": "classify", "runs": 1, "settings": {}}',
        '{"experiment": "classify", "runs": 0, "settings": {"a": {}}}',
        '{"experiment": "classify", "runs": 1, "settings": {"../a": {}}}',
        '{"experiment": "classify", "runs": 1, "settings": {"a": 3}}',
        '{"experiment": "classify", "runs": 1, "settings": {"a": {"unit": 3}}}',
        '{"experiment": "os", "runs": 1, "settings": {"a": {}}}',
    ],
)
def test_a_damaged_plan_is_refused(tmp_path: Path, content: str) -> None:
    plan_file(tmp_path).write_text(content)
    with pytest.raises((CheckpointError, DataError), match=r"sweep\.json"):
        read_plan(tmp_path)


def test_a_sweep_grows_by_settings_and_runs(tmp_path: Path) -> None:
    known = make_plan(CLASSIFY, [{"units": 8}], {}, 2)
    both = joined(known, make_plan(CLASSIFY, [{"units": 8}, {"units": 9}], {}, 1), tmp_path)
    assert names(both) == ["units=8", "units=9"]
    assert both.runs == 2


def test_a_sweep_that_is_repeated_with_other_threads_stays_as_it_is(tmp_path: Path) -> None:
    known = make_plan(CLASSIFY, [{"units": 8}], {"threads": 1}, 2)
    assert joined(known, make_plan(CLASSIFY, [{"units": 8}], {"threads": 2}), tmp_path) == known


def test_other_settings_of_the_same_name_are_refused(tmp_path: Path) -> None:
    known = make_plan(CLASSIFY, [{"units": 8}], {"epochs": 2})
    with pytest.raises(OutputExistsError, match="other settings"):
        joined(known, make_plan(CLASSIFY, [{"units": 8}], {"epochs": 3}), tmp_path)
    add = experiments.get("add")
    with pytest.raises(OutputExistsError, match="nnlab sweep classify --out"):
        joined(known, make_plan(add, [{}], {}), tmp_path)


def test_the_file_is_plain_json(tmp_path: Path) -> None:
    write_plan(make_plan(CLASSIFY, [{"units": 8}], {}), tmp_path)
    content = json.loads(plan_file(tmp_path).read_text())
    assert content == {"experiment": "classify", "runs": 1, "settings": {"units=8": {"units": 8}}}
