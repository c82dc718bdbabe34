"""What each check reports for a machine in order, and for one with a problem."""

import hashlib
from pathlib import Path
from typing import NoReturn

import pytest

from nnlab import versions
from nnlab.datasets.store import Store
from nnlab.datasets.store.registry import DataFile, DataSet, Edition
from nnlab.doctor import (
    Check,
    Result,
    all_checks,
    data,
    folders,
    machine,
    networks,
    software,
    surroundings,
)
from nnlab.errors import InterruptedRun
from nnlab.runs import choosing
from nnlab.training import backend
from tests.made_metrics import run_metrics

CONTENT = b"pixels"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
FILES = tuple(
    DataFile(name, f"set/{name}.bin", len(CONTENT), DIGEST, f"https://example.org/{name}")
    for name in ("images", "labels")
)
SET = DataSet("set", "Two files", "free", (Edition(FILES),))


def put(name: str, content: bytes = CONTENT) -> None:
    path = Path("data/set") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_without_data_nothing_fails_and_missing_sets_are_warnings() -> None:
    findings = [check.carry_out() for check in all_checks(Store(), Path("runs"), quick=True)]
    states = {finding.name: finding.state for finding in findings}
    assert "failed" not in states.values(), findings
    assert states["data: mnist"] == "warning"
    assert (
        states["checkpoint: classify.report"] == states["figures"] == states["run folder"] == "ok"
    )
    assert not {"devices", "training"} & states.keys()
    assert {path.name for path in Path.cwd().iterdir()} <= {"no-cache"}  # matplotlib's
    assert not Path("no-cache/nnlab").exists()


def test_an_exception_fails_its_check() -> None:
    def look() -> NoReturn:
        raise ValueError("no\nsuch thing")

    finding = Check("thing", look).carry_out()
    assert (finding.state, finding.name) == ("failed", "thing")
    assert finding.text == "ValueError: no such thing"
    assert isinstance(finding.error, ValueError)


def test_an_interrupt_stops_all_checks() -> None:
    def look() -> NoReturn:
        raise InterruptedRun("interrupted")

    with pytest.raises(InterruptedRun):
        Check("thing", look).carry_out()


def test_an_undamaged_data_set_is_reported_with_its_folder() -> None:
    put("images.bin")
    put("labels.bin")
    result = data.data_set(Store(), SET)
    assert result == Result("ok", "2 files in data/set; size and sha256 match")


@pytest.mark.parametrize("content", [b"pixel", b"pixelz"])
def test_a_damaged_file_is_a_failure(content: bytes) -> None:
    put("images.bin")
    put("labels.bin", content)
    result = data.data_set(Store(), SET)
    assert result.state == "failed"
    assert "1 of 2 files damaged: data/set/labels.bin" in result.text
    assert "nnlab data fetch set" in result.advice


def test_missing_files_are_a_warning_that_says_how_to_get_them() -> None:
    assert data.data_set(Store(), SET).advice == "nnlab data fetch set"
    put("images.bin")
    result = data.data_set(Store(), SET)
    assert (result.state, result.advice) == ("warning", "nnlab data fetch set")
    assert "1 of 2 files missing, such as set/labels.bin" in result.text


def test_a_missing_folder_in_nnlab_data_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for named in (f"{tmp_path}/nowhere/", str(tmp_path / "nowhere")):
        monkeypatch.setenv("NNLAB_DATA", named)
        assert data.data_folders(Store()).state == "warning"
    (tmp_path / "nowhere").mkdir()
    result = data.data_folders(Store(offline=True))
    assert result.state == "ok"
    assert f"{tmp_path / 'nowhere'} (found), data (missing)" in result.text
    assert "downloads off" in result.text


def test_an_unwritable_run_folder_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    assert folders.run_folder(Path("runs")).state == "ok"
    Path("file").touch()
    assert "is a file" in folders.run_folder(Path("file")).text
    assert folders.run_folder(Path("file/runs")).state == "failed"

    def refuse(**_: object) -> NoReturn:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("nnlab.doctor.folders.tempfile.TemporaryFile", refuse)
    result = folders.run_folder(Path("runs"))
    assert result.state == "failed"
    assert "Permission denied" in result.text
    assert "--out" in result.advice


def test_a_cache_below_a_file_is_a_failure_and_a_full_disk_a_warning(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    Path("file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    result = folders.cache_folder(Store())
    assert (result.state, result.advice) == ("failed", "choose another folder with --data-dir")
    monkeypatch.setattr(folders, "LITTLE_SPACE", 10**18)
    assert folders.run_folder(Path("runs")).state == "warning"


def test_every_shipped_checkpoint_answers() -> None:
    paths = choosing.shipped_checkpoints()
    assert "classify.report.h5" in [path.name for path in paths]
    for path in paths:
        result = networks.checkpoint(path, answers=path.stem != "translate.report")  # takes seconds
        assert result.state == "ok"
        assert "loads" in result.text
        assert path.stem == "translate.report" or "answers" in result.text


def test_a_corrupted_checkpoint_is_a_failure(tmp_path: Path) -> None:
    whole = choosing.shipped_checkpoints()[0].read_bytes()
    (tmp_path / "half.h5").write_bytes(whole[: len(whole) // 2])
    result = networks.checkpoint(tmp_path / "half.h5", answers=False)
    assert result.state == "failed"
    assert "half.h5" in result.text
    assert "reinstall nnlab" in result.advice


def test_unmet_requirements_are_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["numpy>=999", "keras>=1", "nonesuch", "pytest; extra == 'dev'"]
    monkeypatch.setattr(versions, "requires", lambda name: lines)
    assert set(versions.required()) == {"numpy", "keras", "nonesuch"}
    result = software.packages()
    assert result.state == "failed"
    assert result.advice == "pip install 'numpy>=999' nonesuch"
    assert "nonesuch (here: not installed)" in result.text
    monkeypatch.setattr(versions, "requires", lambda name: ["keras>=1"])
    assert software.packages().state == "ok"
    monkeypatch.setattr(versions, "requires", lambda name: None)
    assert software.packages().state == "warning"


def test_a_variable_that_nothing_reads_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNLAB_CLASSIFY_LOSS", "mse")
    assert surroundings.environment().state == "ok"
    monkeypatch.setenv("NNLAB_CLASSIFY_LOS", "mse")
    result = surroundings.environment()
    assert result.state == "warning"
    assert "nothing reads NNLAB_CLASSIFY_LOS" in result.text
    assert result.advice == "rename NNLAB_CLASSIFY_LOS to NNLAB_CLASSIFY_LOSS"


def test_cards_that_tensorflow_does_not_see_are_a_warning(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(networks, "DEVICE_FILES", tmp_path)
    monkeypatch.setattr(backend, "devices", lambda: ["CPU:0"])
    assert networks.devices() == Result("ok", "TensorFlow sees CPU:0")
    (tmp_path / "nvidia0").touch()
    (tmp_path / "nvidiactl").touch()
    result = networks.devices()
    assert result.state == "warning"
    assert "nvidia0" in result.text
    monkeypatch.setattr(backend, "devices", lambda: ["CPU:0", "GPU:0 (A card)"])
    assert networks.devices().state == "ok"


def test_the_training_reports_its_speed_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    result = networks.training()
    assert result.state == "ok"
    assert "examples per second" in result.text
    assert not list((tmp_path / "temporary").glob("nnlab-*"))  # TensorFlow removes its own later
    assert not Path("runs").exists()


def test_a_loss_that_does_not_fall_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "_validation_losses", lambda folder: (2.0, float("nan")))
    metrics = run_metrics({})
    monkeypatch.setattr("nnlab.runs.single.run", lambda *_: metrics)
    assert networks.training().state == "failed"


def test_little_memory_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("meminfo").write_text("MemTotal: 9 kB\nMemAvailable:  1048576 kB\n")
    monkeypatch.setattr("nnlab.machine.MEMORY_INFO", Path("meminfo"))
    monkeypatch.setattr("nnlab.machine.control_groups.memory", lambda: None)
    result = machine.memory()
    assert result.state == "warning"
    assert "1.0 GiB" in result.text
    monkeypatch.setattr("nnlab.machine.MEMORY_INFO", Path("none"))
    assert machine.memory().state == "ok"
    monkeypatch.setattr("nnlab.machine.control_groups.memory", lambda: 3 * 2**30)
    assert machine.memory().text == "3.0 GiB available, limited by a control group"


def test_a_control_group_that_allows_fewer_cores_is_a_warning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("nnlab.machine.usable_cores", lambda: 8)
    monkeypatch.setattr("nnlab.machine.control_groups.cores", lambda: 1.5)
    result = machine.processors()
    assert result.state == "warning"
    assert "--threads 1" in result.advice
    monkeypatch.setattr("nnlab.machine.control_groups.cores", lambda: 8.0)
    assert machine.processors().state == "ok"
