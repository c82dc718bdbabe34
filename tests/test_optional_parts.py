"""Each optional program and data set is hidden in turn; everything else must still work."""

import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest

from nnlab import experiments
from nnlab.datasets.store import Store
from nnlab.datasets.store.registry import all_sets
from nnlab.doctor import software
from nnlab.errors import DataError
from nnlab.experiments.contract import AnyExperiment
from nnlab.reproduction.claims import Plan
from nnlab.reproduction.reproduce import reproduce, standings
from nnlab.reproduction.verdicts import NOT_MEASURED, Finding
from nnlab.results import RunMetrics
from nnlab.runs.folder import RunFolder
from nnlab.runs.group import summarise
from nnlab.runs.single import resume
from tests.annotations import Here, Shell
from tests.made_metrics import run_metrics
from tests.sweeps.in_this_process import InThisProcess
from tests.sweeps.observing import Recorder
from tests.watching import make_workshop

pytestmark = pytest.mark.slow

DENOISE = Plan(
    "denoise",
    "denoise",
    runs=1,
    minutes=1,
    options={"dataset": "sample", "epochs": 1, "filters": 4, "stride": 64, "patch": 32},
)
NAMED = [
    ("classify", {"dataset": "mnist"}),
    ("perm-test", {"dataset": "mnist", "arm": "plain"}),
    ("embed", {"dataset": "emnist-letters"}),
    ("textgen", {"corpus": "tom_sawyer"}),
    ("textgen", {"corpus": "nietzsche"}),
    ("translate", {"pairs": "nld-eng"}),
    ("recommend", {"baskets": "groceries"}),
    ("denoise", {"dataset": "noisyoffice"}),
]


@pytest.fixture
def no_programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Set the PATH to an empty folder and return the folder."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def reproduced(folder: Path) -> dict[str, Finding]:
    folder.mkdir(exist_ok=True)
    store, recorder = Store(offline=True), Recorder()
    errors = reproduce([DENOISE], folder, InThisProcess(), store, recorder, quick=True)
    assert errors == {}
    (standing,) = standings(folder, quick=True)
    return {finding.claim.value: finding for finding in standing.findings}


def test_scores_that_need_tesseract_are_added_once_it_is_installed(
    no_programs: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "reproduction"
    first = reproduced(folder)
    misread = first["scores.character_errors"]
    assert misread.measured == "not measured: tesseract is not installed"
    assert (misread.verdict, misread.runs) == (NOT_MEASURED, 0)
    assert first["scores.rmse"].runs == 1
    (folder / "denoise" / "seed-1" / "last.h5").unlink()  # scoring must not need to train

    program = no_programs / "tesseract"
    program.write_text(f"#!{sys.executable}\nprint('a page of text')\n")
    program.chmod(0o755)
    found = reproduced(folder)["scores.character_errors"]
    assert found.measured.startswith("0.00 % misread")
    assert not (folder / "denoise" / "seed-1" / "last.h5").exists()

    scored = (folder / "denoise" / "seed-1" / "metrics.json").stat().st_mtime_ns
    program.unlink()
    assert reproduced(folder)["scores.character_errors"] == found  # what is known stays known
    assert (folder / "denoise" / "seed-1" / "metrics.json").stat().st_mtime_ns == scored


def test_a_run_keeps_its_scores_when_its_data_are_gone(
    no_programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = reproduced(tmp_path / "reproduction")
    program = no_programs / "tesseract"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)

    def gone(*_: object) -> NoReturn:
        raise DataError("the data are gone")

    run_folder = RunFolder(tmp_path / "reproduction" / "denoise" / "seed-1")
    monkeypatch.setattr(type(experiments.get("denoise")), "load", gone)
    heard: list[str] = []
    _, metrics = resume(run_folder, make_workshop(warnings=heard))
    assert metrics.scores["rmse"] == pytest.approx(
        float(first["scores.rmse"].measured[:5]), abs=1e-3
    )
    assert "it cannot be scored again: the data are gone" in heard[0]


def test_a_program_that_recognises_nothing_is_not_run_again(
    no_programs: Path, tmp_path: Path
) -> None:
    program = no_programs / "tesseract"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    found = reproduced(tmp_path / "reproduction")["scores.character_errors"]
    assert "tesseract read nothing" in found.measured
    metrics = tmp_path / "reproduction" / "denoise" / "seed-1" / "metrics.json"
    scored = metrics.stat().st_mtime_ns
    reproduced(tmp_path / "reproduction")
    assert metrics.stat().st_mtime_ns == scored


def test_a_group_made_by_an_earlier_version_says_what_was_not_measured(
    no_programs: Path, tmp_path: Path
) -> None:
    reproduced(tmp_path / "reproduction")
    for name in ("summary.json", "seed-1/metrics.json"):
        path = tmp_path / "reproduction" / "denoise" / name
        record = json.loads(path.read_text())
        del record["unmeasured"]
        path.write_text(json.dumps(record))
    found = reproduced(tmp_path / "reproduction")["scores.character_errors"]
    assert found.measured == "not measured: tesseract is not installed"


def test_a_score_that_only_some_runs_have_is_averaged_over_those() -> None:
    def metrics(**more: float) -> RunMetrics[Any]:
        return run_metrics(
            {"rmse": 0.25, **more},
            experiment="denoise",
            baselines={"untouched": {"rmse": 0.5, **more}},
            config={"seed": 1},
        )

    results = {"a": metrics(), "b": metrics(character_errors=0.5), "c": metrics()}
    found = summarise(experiments.get("denoise"), results)
    assert (found.scores["character_errors"].mean, found.unmeasured) == (0.5, {})
    assert found.scores["character_errors"].n == 1
    assert found.baselines["untouched"]["character_errors"] == 0.5


def test_doctor_finds_no_fault_in_missing_programs(no_programs: Path) -> None:
    result = software.text_recognition()
    assert result.state == "ok"
    assert "optional" in result.text


def test_a_cluster_without_ray_is_refused_saying_what_to_install(
    shell: Shell, tmp_path: Path
) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "ray.py").write_text("raise ImportError('hidden')\n")
    paths = os.pathsep.join([str(hidden), os.environ.get("PYTHONPATH", "")])
    result = shell(
        "sweep",
        "recommend",
        *("--set", "epochs=1", "--on", "ray", "-q"),
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert result.returncode != 0
    assert "ray" in result.stderr
    assert "pip install" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(("name", "chosen"), NAMED, ids=lambda one: str(one))
def test_a_missing_data_set_that_was_named_is_an_error_saying_what_to_do(
    name: str, chosen: dict[str, str]
) -> None:
    experiment: AnyExperiment = experiments.get(name)
    with pytest.raises(DataError, match="put these files into") as caught:
        experiment.load(experiment.configure(chosen, "test"), Store(offline=True), print)
    assert next(iter(chosen.values())) in str(caught.value)


def test_every_registered_data_set_is_hidden_by_one_of_these_tests() -> None:
    hidden = {next(iter(chosen.values())) for _, chosen in NAMED}
    assert set(all_sets()) == hidden


READING = [name for name in experiments.names() if experiments.get(name).data_options]
"""Experiments that read data; the others generate theirs, which are no sample of anything."""


@pytest.mark.parametrize("name", READING)
def test_without_data_sets_the_sample_is_used_with_a_warning(name: str) -> None:
    experiment = experiments.get(name)
    heard: list[str] = []
    config = next(iter(experiment.trials(experiment.configure({}, "test"), 1).values()))
    data = experiment.load(config, Store(offline=True), heard.append)
    assert data.source.sample
    assert any("sample" in text for text in heard)


def test_a_part_without_data_is_not_measured_and_the_rest_is_reported(
    here: Here, tmp_path: Path
) -> None:
    quick = ("--quick", "--only", "recommend", "-q", "--out", "all")
    assert here("reproduce", *quick).returncode == 0
    result = here("reproduce", "--only", "textgen", "--out", "all", "--offline", "-q")
    assert result.returncode == 1
    claims = json.loads((tmp_path / "all" / "claims.json").read_text())
    assert {claim["plan"] for claim in claims} == {"textgen", "recommend"}
    missing = [claim["measured"] for claim in claims if claim["plan"] == "textgen"]
    assert all(text.startswith("not measured: ") for text in missing), missing
    assert Path(tmp_path, "all", "report.html").exists()
