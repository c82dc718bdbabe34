"""Runs and groups on a tiny pair of idx files."""

import dataclasses
import errno
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest

import nnlab
from nnlab.checkpoint.header import MAX_HEADER_BYTES
from nnlab.errors import (
    CheckpointError,
    DataError,
    DivergedError,
    InterruptedRun,
    NnlabError,
    OutputExistsError,
    UsageError,
)
from nnlab.experiments.classify import EXPERIMENT as CLASSIFY
from nnlab.experiments.classify.config import ClassifyConfig
from nnlab.experiments.contract import Data
from nnlab.runs import folder as runs
from nnlab.runs.folder import GroupFolder, RunFolder
from nnlab.runs.group import resume_group, run_group
from nnlab.runs.single import resume, run
from nnlab.runs.training import Training
from nnlab.training import state
from nnlab.training.progress import Progress, Row
from nnlab.training.settings import MOST_EPOCHS
from tests.h5 import same_variables
from tests.idx_files import write_idx
from tests.watching import Watcher, make_workshop


def test_the_users_own_images_are_learnt(config: ClassifyConfig, folder: RunFolder) -> None:
    metrics = run(CLASSIFY, config, folder, make_workshop())
    assert metrics.scores["accuracy"] >= 0.95
    assert metrics.details.class_names == ["3", "5"]
    assert metrics.dataset.sample is False
    assert (metrics.training.examples_per_second or 0) > 0


def test_half_precision_is_for_the_steps_only(config: ClassifyConfig, folder: RunFolder) -> None:
    import keras

    half = dataclasses.replace(config, precision="bfloat16", epochs=1)
    metrics = run(CLASSIFY, half, folder, make_workshop())
    assert 0 <= metrics.scores["accuracy"] <= 1
    assert keras.config.dtype_policy().name == "float32"
    weights = nnlab.load(folder.best).weights
    full = RunFolder(folder.path / "full")
    full.path.mkdir()
    run(CLASSIFY, dataclasses.replace(half, precision="float32"), full, make_workshop())
    others = nnlab.load(full.best).weights
    assert any(not np.array_equal(array, weights[name]) for name, array in others.items())
    assert {array.dtype for array in weights.values()} == {np.dtype(np.float32)}


def test_half_precision_resumes_exactly_and_ends_in_full_precision(
    config: ClassifyConfig, folder: RunFolder
) -> None:
    half = dataclasses.replace(config, precision="bfloat16", epochs=2)
    with pytest.raises(InterruptedRun):
        run(CLASSIFY, half, folder, make_workshop(Watcher(interrupt_at=2)))
    run(CLASSIFY, half, folder, make_workshop())
    whole = RunFolder(folder.path / "whole")
    whole.path.mkdir()
    run(CLASSIFY, half, whole, make_workshop())
    assert same_variables(folder.last, whole.last)


def test_outputs_are_computed_in_full_precision(config: ClassifyConfig) -> None:
    import keras

    half = dataclasses.replace(config, precision="bfloat16")
    workshop = make_workshop()
    training = Training(CLASSIFY, half, CLASSIFY.load(half, workshop.store, print), workshop)
    kinds = [layer.compute_dtype for layer in training._graph.model.layers]
    assert (kinds[-1], set(kinds[:-1])) == ("float32", {"bfloat16"})
    broken = dataclasses.replace(half, model="cnn", images=None, labels=None, dataset="sample")
    data = CLASSIFY.load(broken, workshop.store, print)
    small = dataclasses.replace(data, facts={**data.facts, "image_shape": [4, 4]})
    with pytest.raises(UsageError, match="pixels"):
        Training(CLASSIFY, broken, small, workshop)
    assert keras.config.dtype_policy().name == "float32"


def test_the_same_run_again_only_reads_the_scores(
    config: ClassifyConfig, folder: RunFolder
) -> None:
    metrics = run(CLASSIFY, config, folder, make_workshop())
    watcher = Watcher()
    assert run(CLASSIFY, config, folder, make_workshop(watcher)) == metrics
    assert watcher.started == []


def test_other_settings_in_the_same_folder_are_refused(
    config: ClassifyConfig, folder: RunFolder
) -> None:
    run(CLASSIFY, config, folder, make_workshop())
    other = dataclasses.replace(config, loss="mse")
    other = dataclasses.replace(other, threads=config.threads + 1)  # which makes no difference
    with pytest.raises(OutputExistsError, match=r"there --loss crossentropy, here --loss mse"):
        run(CLASSIFY, other, folder, make_workshop())


def test_a_finished_run_is_the_same_with_other_threads(
    config: ClassifyConfig, folder: RunFolder
) -> None:
    metrics = run(CLASSIFY, config, folder, make_workshop())
    other = dataclasses.replace(config, save_every=7.0, stop=False, threads=config.threads + 1)
    assert run(CLASSIFY, other, folder, make_workshop()) == metrics
    folder.metrics.unlink()
    with pytest.raises(OutputExistsError, match="other settings"):
        run(CLASSIFY, other, folder, make_workshop())


def test_a_run_is_not_resumed_on_other_data(
    config: ClassifyConfig, folder: RunFolder, tiny_images: tuple[Path, Path]
) -> None:
    with pytest.raises(InterruptedRun):
        run(CLASSIFY, config, folder, make_workshop(Watcher(interrupt_at=1)))
    write_idx(tiny_images[0], np.random.default_rng(1).integers(0, 255, (200, 8, 8), np.uint8))
    with pytest.raises(DataError, match="began with data set"):
        resume(folder, make_workshop())


def test_a_run_is_not_resumed_with_other_facts_of_the_same_data(
    config: ClassifyConfig, folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where another version of a library makes other pieces of the same texts."""
    with pytest.raises(InterruptedRun):
        run(CLASSIFY, config, folder, make_workshop(Watcher(interrupt_at=1)))
    load = CLASSIFY.load

    def loaded(*given: Any) -> Data:
        data = load(*given)
        names = [f"{name}?" for name in data.facts["class_names"]]
        return dataclasses.replace(data, facts={**data.facts, "class_names": names})

    monkeypatch.setattr(CLASSIFY, "load", loaded)
    with pytest.raises(CheckpointError, match="make other class_names of .* keras"):
        resume(folder, make_workshop())


def test_a_run_killed_before_its_first_checkpoint_starts_again(
    config: ClassifyConfig, folder: RunFolder
) -> None:
    whole = run(CLASSIFY, config, folder, make_workshop())
    weights = nnlab.load(folder.best).weights
    for path in (folder.last, folder.best, folder.metrics, folder.history):
        path.unlink()
    _, again = resume(folder, make_workshop())
    assert again.scores == whole.scores
    for name, array in nnlab.load(folder.best).weights.items():
        np.testing.assert_array_equal(array, weights[name])


def test_a_run_killed_while_scoring_is_only_scored(
    config: ClassifyConfig, folder: RunFolder
) -> None:
    whole = run(CLASSIFY, config, folder, make_workshop())
    folder.metrics.unlink()
    watcher = Watcher()
    _, again = resume(folder, make_workshop(watcher))
    assert watcher.chunks == 0
    assert again == whole


def test_a_checkpoint_of_another_run_is_refused(
    config: ClassifyConfig, folder: RunFolder, tmp_path: Path
) -> None:
    run(CLASSIFY, config, folder, make_workshop())
    plan = json.loads(folder.config.read_text())
    plan["config"]["units"] = 9
    folder.config.write_text(json.dumps(plan))
    folder.metrics.unlink()
    with pytest.raises(CheckpointError, match="other settings"):
        resume(folder, make_workshop())


@pytest.mark.parametrize(
    "content", ["", "[]", '{"config": 3}', '{"config": {}, "experiment": "os"}']
)
def test_a_damaged_plan_is_refused(folder: RunFolder, content: str) -> None:
    folder.config.write_text(content)
    with pytest.raises((CheckpointError, DataError)):
        resume(folder, make_workshop())


def test_a_diverged_run_keeps_and_scores_its_best_weights(
    config: ClassifyConfig, folder: RunFolder, figures: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def climb(loss: float, epoch: int, progress: object) -> None:
        if epoch == 3:
            raise DivergedError("the loss climbed")

    monkeypatch.setattr("nnlab.training.loop.check_climb", climb)
    with pytest.raises(DivergedError, match="the weights of epoch 2 are kept"):
        run(CLASSIFY, dataclasses.replace(config, validation=0), folder, make_workshop())
    metrics = json.loads(folder.metrics.read_text())
    assert metrics["training"]["diverged"] == {"epoch": 3, "what": "the loss climbed"}
    assert metrics["training"]["best_epoch"] == 2
    assert (folder.figures / "learning-curves.png").exists()
    with pytest.raises(DivergedError):
        resume(folder, make_workshop())


def test_summary_has_mean_and_interval_and_finished_runs_are_not_repeated(
    config: ClassifyConfig, tmp_path: Path
) -> None:
    group = GroupFolder(tmp_path / "group")
    group.path.mkdir()
    trials = CLASSIFY.trials(config, 2)
    first = run_group(CLASSIFY, trials, group, make_workshop())
    assert list(first.runs) == ["seed-1", "seed-2"]
    watcher = Watcher()
    summary = run_group(CLASSIFY, CLASSIFY.trials(config, 3), group, make_workshop(watcher))
    assert watcher.started == [f"classify in {group.member('seed-3').path}"]
    assert group.read_summary(CLASSIFY.GroupDetails) == summary
    accuracy = summary.scores["accuracy"]
    values = [member.scores["accuracy"] for member in summary.runs.values()]
    assert accuracy.n == 3
    assert accuracy.mean == pytest.approx(np.mean(values))
    assert accuracy.sd == pytest.approx(np.std(values, ddof=1))
    assert runs.newest_finished(tmp_path.parent, tmp_path.name) == group.member("seed-3")


def test_a_smaller_number_of_runs_does_not_shrink_the_summary(
    config: ClassifyConfig, tmp_path: Path
) -> None:
    group = GroupFolder(tmp_path / "group")
    group.path.mkdir()
    run_group(CLASSIFY, CLASSIFY.trials(config, 2), group, make_workshop())
    summary = run_group(CLASSIFY, CLASSIFY.trials(config, 1), group, make_workshop())
    assert list(summary.runs) == ["seed-1", "seed-2"]


def test_all_runs_of_a_group_see_the_set_that_the_first_one_found(tmp_path: Path) -> None:
    config = CLASSIFY.configure({"epochs": 1, "units": 8}, "test")
    group = GroupFolder(tmp_path / "group")
    group.path.mkdir()
    warnings: list[str] = []
    summary = run_group(CLASSIFY, CLASSIFY.trials(config, 2), group, make_workshop(None, warnings))
    assert summary.dataset.sample is True
    assert len(warnings) == 1  # the second run names the sample


@pytest.mark.real_data
def test_a_run_on_the_stand_in_goes_on_with_it_when_the_real_set_is_there(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = CLASSIFY.configure({"epochs": 2, "units": 8}, "test")
    with monkeypatch.context() as without:
        without.delenv("NNLAB_DATA")
        with pytest.raises(InterruptedRun):
            run(CLASSIFY, config, folder, make_workshop(Watcher(interrupt_at=1)))
    _, metrics = resume(folder, make_workshop())
    assert metrics.dataset.sample is True


def test_an_interrupted_group_goes_on_where_it_stopped(
    config: ClassifyConfig, tmp_path: Path
) -> None:
    group = GroupFolder(tmp_path / "group")
    group.path.mkdir()
    stopped = Watcher(interrupt_at=8)
    with pytest.raises(InterruptedRun):
        run_group(CLASSIFY, CLASSIFY.trials(config, 3), group, make_workshop(stopped))
    experiment, summary = resume_group(group, make_workshop())
    assert experiment is CLASSIFY
    assert list(summary.runs) == ["seed-1", "seed-2", "seed-3"]


def test_a_group_with_other_settings_is_refused(config: ClassifyConfig, tmp_path: Path) -> None:
    group = GroupFolder(tmp_path / "group")
    group.path.mkdir()
    run_group(CLASSIFY, CLASSIFY.trials(config, 1), group, make_workshop())
    other = dataclasses.replace(config, loss="mse")
    with pytest.raises(OutputExistsError, match="other settings"):
        run_group(CLASSIFY, CLASSIFY.trials(other, 1), group, make_workshop())


def test_a_group_that_is_repeated_with_idle_options_goes_on_where_it_stopped(
    config: ClassifyConfig, tmp_path: Path
) -> None:
    group = GroupFolder(tmp_path / "group")
    group.path.mkdir()
    stopped = Watcher(interrupt_at=8)
    with pytest.raises(InterruptedRun):
        run_group(CLASSIFY, CLASSIFY.trials(config, 3), group, make_workshop(stopped))
    other = dataclasses.replace(config, save_every=7.0)
    summary = run_group(CLASSIFY, CLASSIFY.trials(other, 3), group, make_workshop())
    assert list(summary.runs) == ["seed-1", "seed-2", "seed-3"]
    kept, _, last = (one.config["save_every"] for one in summary.runs.values())
    assert (kept, last) == (config.save_every, 7.0)


def test_names_in_a_plan_cannot_lead_out_of_the_group(
    config: ClassifyConfig, tmp_path: Path
) -> None:
    group = GroupFolder(tmp_path / "group")
    group.path.mkdir()
    plan = {"experiment": "classify", "trials": {"../elsewhere": dataclasses.asdict(config)}}
    group.plan.write_text(json.dumps(plan))
    with pytest.raises(CheckpointError, match="names of runs"):
        resume_group(group, make_workshop())


def test_a_full_disk_is_one_clear_error(
    config: ClassifyConfig, folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(NnlabError, match="No space left"):
        run(CLASSIFY, config, folder, make_workshop())


def test_an_optimizer_that_overflows_is_a_divergence(
    config: ClassifyConfig, folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = state.values

    def values(variables: Mapping[str, Any]) -> dict[str, np.ndarray]:
        found = known(variables)
        if len(folder.read_history()["epoch"]) > 2:  # after the second epoch
            found = {name: np.full_like(array, np.inf, np.float32) for name, array in found.items()}
        return found

    monkeypatch.setattr(state, "values", values)
    with pytest.raises(DivergedError, match="the optimizer's variables became infinite"):
        run(CLASSIFY, config, folder, make_workshop())
    assert folder.is_finished()  # the best weights are scored


def test_a_network_too_large_for_a_checkpoint_is_refused_before_it_is_trained(
    config: ClassifyConfig, folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnlab.runs.training.MAX_BYTES", MAX_HEADER_BYTES + 3_000)
    with pytest.raises(UsageError, match="a checkpoint has at most .* choose a smaller network"):
        run(CLASSIFY, config, folder, make_workshop())
    small = dataclasses.replace(config, units=1, layers=1)
    run(CLASSIFY, small, folder, make_workshop())


def test_more_epochs_than_a_checkpoint_can_hold_are_refused(
    config: ClassifyConfig, folder: RunFolder
) -> None:
    with pytest.raises(UsageError, match="history of at most 25,000 epochs"):
        run(CLASSIFY, dataclasses.replace(config, epochs=MOST_EPOCHS + 1), folder, make_workshop())
    three = ("loss", "per_character", "exact_match")  # of add, which has most
    measures = [f"{of}{name}" for of in ("", "validation_") for name in three]
    row: Row = dict.fromkeys(("epoch", *measures, "seconds"), -0.12345678901234568)
    header = nnlab.load("translate.modern").header  # with thousands of subwords
    full = dataclasses.replace(header, state=Progress(history=[row] * MOST_EPOCHS).as_dict())
    full.to_json()
