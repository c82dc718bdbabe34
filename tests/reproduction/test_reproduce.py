"""Plans carried out and claims answered, on very small trainings."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from nnlab.datasets.store import Store
from nnlab.errors import DataError, InterruptedRun, OutputExistsError, UsageError
from nnlab.reproduction.claims import Plan
from nnlab.reproduction.reproduce import Standing, chosen_plans, minutes_left, reproduce, standings
from nnlab.runs.folder import GroupFolder
from nnlab.runs.occupying import locked
from nnlab.sweeps.executor import Executor
from nnlab.sweeps.task import Task
from tests.sweeps.in_this_process import InThisProcess, Outcomes, Stop
from tests.sweeps.observing import Recorder
from tests.tiny_images import tiny_options
from tests.training.climbing import TURN, diverging

pytestmark = pytest.mark.slow

ADD = Plan(
    "add-decimal",
    "add",
    runs=2,
    minutes=1,
    options={"problems": 500, "test_problems": 100, "units": 8, "epochs": 1, "save_every": 0.5},
)


class Interrupting:
    """Begins one run, and is interrupted then."""

    places = 1

    def outcomes(self, tasks: Sequence[Task], stop: Stop) -> Outcomes:
        yield from InThisProcess().outcomes(tasks[:1], stop)
        raise InterruptedRun("as by Ctrl-C")


def carried_out(
    plans: Sequence[Plan],
    folder: Path,
    quick: bool = False,
    executor: Executor | None = None,
    **options: Any,
) -> tuple[dict[str, str], list[Standing]]:
    """Return the errors, and what stands in the folder then."""
    store, recorder, here = Store(offline=True), Recorder(), executor or InThisProcess()
    errors = reproduce(plans, folder, here, store, recorder, quick=quick, **options)
    return errors, standings(folder, quick=quick)


def test_names_of_parts_and_of_experiments_choose() -> None:
    assert [plan.name for plan in chosen_plans(["add"], False)] == [
        "add-decimal",
        "add-hexadecimal",
    ]
    assert [plan.name for plan in chosen_plans(["textgen-step-1"], False)] == ["textgen-step-1"]
    assert chosen_plans(["textgen-step-1"], True) == []
    names = [plan.name for plan in chosen_plans([], False)]
    assert "textgen-step-1" not in names
    assert len(names) == len(set(names)) > 10
    with pytest.raises(UsageError, match="did you mean 'add'"):
        chosen_plans(["ad"], False)


def test_a_plan_becomes_a_group_and_its_claims_are_answered(tmp_path: Path) -> None:
    errors, (standing,) = carried_out([ADD], tmp_path)
    assert errors == {}
    assert (tmp_path / "add-decimal" / "summary.json").exists()
    (finding,) = standing.findings
    assert (finding.runs, finding.verdict) == (2, "refuted")


def test_only_what_is_not_finished_takes_time(tmp_path: Path) -> None:
    assert minutes_left([ADD], tmp_path, 1) == 2
    carried_out([ADD], tmp_path, wanted_runs=1)
    assert minutes_left([ADD], tmp_path, 1) == 1
    assert minutes_left([ADD], tmp_path, 1, 1) == 0
    assert minutes_left([ADD], tmp_path, 1, 4) == 3


def test_places_share_the_time_but_not_that_of_a_run(tmp_path: Path) -> None:
    long = dataclasses.replace(ADD, name="long", runs=1, minutes=5)
    assert minutes_left([ADD, long], tmp_path, 1) == 7
    assert minutes_left([ADD, long], tmp_path, 2) == 5


def test_what_is_finished_is_not_repeated_and_keeps_its_own_machine_settings(
    tmp_path: Path,
) -> None:
    carried_out([ADD], tmp_path)
    metrics = tmp_path / "add-decimal" / "seed-1" / "metrics.json"
    before = metrics.stat().st_mtime_ns
    options = {name: value for name, value in ADD.options.items() if name != "save_every"}
    errors, _ = carried_out([dataclasses.replace(ADD, options=options)], tmp_path)
    assert errors == {}
    assert metrics.stat().st_mtime_ns == before


def test_a_plan_that_fails_does_not_stop_the_rest(tmp_path: Path) -> None:
    broken = Plan("broken", "textgen", 1, 1, options={"corpus": "no-such-book.txt"})
    errors, (standing,) = carried_out([broken, ADD], tmp_path, wanted_runs=1)
    assert "no-such-book" in errors["broken"]
    assert standing.findings[0].runs == 1
    assert not (tmp_path / "broken").exists()


def test_an_interrupted_reproduction_goes_on(tmp_path: Path) -> None:
    with pytest.raises(InterruptedRun):
        carried_out([ADD], tmp_path, executor=Interrupting())
    assert standings(tmp_path, quick=False) == []
    first = tmp_path / "add-decimal" / "seed-1" / "metrics.json"
    before = first.stat().st_mtime_ns
    _, (standing,) = carried_out([ADD], tmp_path)
    assert len(standing.findings) == 1
    assert standing.findings[0].runs == 2
    assert first.stat().st_mtime_ns == before


def test_a_group_that_was_gone_on_with_elsewhere_is_summed_up_again(tmp_path: Path) -> None:
    carried_out([ADD], tmp_path)
    summary = tmp_path / "add-decimal" / "summary.json"
    whole = summary.read_text()
    summary.write_text(json.dumps({**json.loads(whole), "runs": {"seed-1": {}}}))
    _, (standing,) = carried_out([ADD], tmp_path)
    assert standing.findings[0].runs == 2
    assert summary.read_text() == whole


def test_a_part_whose_place_is_taken_does_not_stop_the_rest(tmp_path: Path) -> None:
    (tmp_path / "recommend").write_text("a file in the way")
    (tmp_path / "embed").mkdir()
    busy = Plan("embed", "embed", 1, 2)
    with locked(tmp_path / "embed"):
        errors, (standing,) = carried_out(
            [Plan("recommend", "recommend", 1, 2), busy, ADD], tmp_path, wanted_runs=1
        )
    assert "cannot create the folder" in errors["recommend"]
    assert "another process" in errors["embed"]
    assert standing.plan.name == "add-decimal"


def test_new_runs_take_the_cores_they_are_given(tmp_path: Path) -> None:
    threads: list[int] = []

    class Noting:
        places = 1

        def outcomes(self, tasks: Sequence[Task], stop: Stop) -> Outcomes:
            threads.extend(task.threads for task in tasks)
            return iter(())

    carried_out([ADD], tmp_path, executor=Noting(), threads=3)
    assert threads == [3, 3]


def test_the_longest_runs_begin_first(tmp_path: Path) -> None:
    begun: list[str] = []

    class Noting:
        places = 1

        def outcomes(self, tasks: Sequence[Task], stop: Stop) -> Outcomes:
            begun.extend(task.experiment for task in tasks)
            return iter(())

    short = dataclasses.replace(ADD, minutes=1)
    long = Plan("recommend", "recommend", 1, 2)
    carried_out([short, long], tmp_path, executor=Noting())
    assert begun == ["recommend", "add", "add"]


def test_two_do_not_share_a_folder(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(OutputExistsError, match="another process"):
        carried_out([ADD], tmp_path)


def test_what_was_carried_out_before_still_counts(tmp_path: Path) -> None:
    hexadecimal = dataclasses.replace(
        ADD, name="add-hexadecimal", options={**ADD.options, "base": 16}
    )
    carried_out([hexadecimal], tmp_path, wanted_runs=1)
    _, found = carried_out([ADD], tmp_path, wanted_runs=1)
    assert [standing.plan.name for standing in found] == ["add-decimal", "add-hexadecimal"]


@pytest.mark.parametrize(
    "content", ["{}", "[]", '{"runs": 3, "dataset": {}}', '{"runs": ["../a"], "dataset": {}}']
)
def test_a_damaged_summary_is_named(tmp_path: Path, content: str) -> None:
    carried_out([ADD], tmp_path, wanted_runs=1)
    (summary,) = tmp_path.glob("*/summary.json")
    summary.write_text(content)
    with pytest.raises(DataError, match="expected the summary of a group") as caught:
        standings(tmp_path, quick=False)
    assert str(caught.value).startswith(str(summary))


def test_a_tour_takes_the_quick_settings_and_claims_nothing(tmp_path: Path) -> None:
    quick = dataclasses.replace(ADD, quick={"epochs": 2})
    _, (standing,) = carried_out([quick], tmp_path, quick=True)
    plan = json.loads((tmp_path / "add-decimal" / "group.json").read_text())
    assert [config["epochs"] for config in plan["trials"].values()] == [2]
    assert standing.findings[0].verdict == "not compared"


def test_a_training_that_goes_wrong_answers_the_claim_that_it_does(tmp_path: Path) -> None:
    given = {**tiny_options(), "units": 8, "epochs": TURN + 2}
    plan = Plan("textgen-step-1", "classify", 1, 1, options=given)
    with diverging():
        errors, (standing,) = carried_out([plan], tmp_path)
    assert errors == {}
    assert [one.measured for one in standing.findings] == ["1 of 1 trainings diverged"]


def test_trainings_that_went_well_do_not_hide_those_that_did_not(tmp_path: Path) -> None:
    given = {**tiny_options(), "units": 8, "epochs": TURN + 2}
    plan = Plan("textgen-step-1", "classify", 2, 1, options=given)
    with diverging(only_seed=1):
        carried_out([plan], tmp_path)
    assert GroupFolder(tmp_path / plan.name).summary.exists()
    (standing,) = standings(tmp_path, quick=False)
    (finding,) = standing.findings
    assert finding.measured == "1 of 2 trainings diverged"
    assert finding.verdict == "cannot tell"
