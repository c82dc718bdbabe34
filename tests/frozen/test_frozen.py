"""What earlier versions wrote still works."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.annotations import Here
from tests.frozen.freeze import ASKED, EPOCHS, SETTINGS

HERE = Path(__file__).parent
VERSIONS = sorted(path.name for path in HERE.iterdir() if (path / "data").is_dir())


@pytest.fixture(params=[(version, name) for version in VERSIONS for name in SETTINGS], ids="-".join)
def name(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Lay out what one version left of one experiment, and return the experiment's name."""
    version, name = map(str, request.param)
    for part in ("data", name, f"interrupted/{name}"):
        shutil.copytree(HERE / version / part, tmp_path / part)
    return name


def runs(name: str) -> list[Path]:
    return sorted(path.parent for path in Path(name).glob("*/*/metrics.json"))


def scores(path: Path) -> dict[str, float]:
    found: dict[str, float] = json.loads(path.read_text())["scores"]
    return found


def test_run_group_and_sweep_are_shown(name: str, here: Here) -> None:
    for folder in (runs(name)[0], runs(name)[0] / "best.h5", runs(name)[0].parent, Path(name)):
        result = here("show", folder)
        assert result.returncode == 0, result.stderr
        assert len(result.stdout.splitlines()) > 5
        assert json.loads(here("show", folder, "--json").stdout)["experiment"] == name


def test_a_run_is_evaluated_with_the_scores_it_had(name: str, here: Here) -> None:
    run = runs(name)[0]
    result = here("evaluate", run, "--json", "-q")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["scores"] == pytest.approx(
        scores(run / "metrics.json"), rel=1e-3, abs=1e-6
    )


def test_an_interrupted_run_is_resumed_and_comes_to_the_same_end(name: str, here: Here) -> None:
    folder = Path("interrupted", name)
    result = here("resume", folder, "--json", "-q")
    assert result.returncode == 0, result.stderr
    assert len((folder / "history.csv").read_text().splitlines()) == EPOCHS + 2
    expected = json.loads((folder / "scores.json").read_text())
    assert scores(folder / "metrics.json") == pytest.approx(expected, rel=0.02, abs=1e-6)


def test_runs_are_compared(name: str, here: Here) -> None:
    first, second = runs(name)[:2]
    result = here("compare", first, second, "--json")
    assert result.returncode == 0, result.stderr
    assert here("compare", first, second, "--out", "curves.png").returncode == 0


def test_a_finished_sweep_is_not_trained_again(name: str, here: Here) -> None:
    before = {path: path.read_bytes() for path in Path(name).rglob("*.h5")}
    plan = json.loads(Path(name, "sweep.json").read_text())
    (setting,) = plan["settings"].values()
    given = [part for key, value in setting.items() for part in ("--set", f"{key}={value}")]
    given[given.index("batch_size=16") - 1] = "--grid"
    result = here("sweep", name, *given, "--runs", 2, "--out", name)
    assert result.returncode == 0, result.stderr
    assert {path: path.read_bytes() for path in Path(name).rglob("*.h5")} == before


def test_a_network_answers_as_it_did(name: str, here: Here) -> None:
    answers = Path(name, "answers.jsonl")
    kept = np.asarray(Image.open("denoise/cleaned.png")) if name == "denoise" else None
    Path("denoise/cleaned.png").unlink(missing_ok=True)
    result = here(name, *ASKED[name], "--checkpoint", runs(name)[0] / "best.h5", "--json")
    assert result.returncode == 0, result.stderr
    lines = zip(result.stdout.splitlines(), answers.read_text().splitlines(), strict=True)
    for line, expected in lines:
        assert_alike(json.loads(line), json.loads(expected))
    if kept is not None:
        cleaned = np.asarray(Image.open("denoise/cleaned.png"))
        np.testing.assert_allclose(cleaned.astype(int), kept.astype(int), atol=1)


def assert_alike(answer: Any, expected: Any) -> None:
    """Compare numbers approximately: processors round differently."""
    if isinstance(expected, dict):
        assert set(answer) >= set(expected)
        for key, value in expected.items():
            assert_alike(answer[key], value)
    elif isinstance(expected, list):
        for one, other in zip(answer, expected, strict=True):
            assert_alike(one, other)
    else:
        assert answer == (
            pytest.approx(expected, abs=1e-3) if isinstance(expected, float) else expected
        )
