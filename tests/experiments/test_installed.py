"""Experiments that other packages bring."""

import json
import os
import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.annotations import Begun, Shell
from tests.waiting import PATIENCE, wait_for

PAGE = Path(__file__).parents[2] / "docs" / "adding-an-experiment.md"
PYPROJECT = re.compile(
    r'\[project\.entry-points\."nnlab\.experiments"\]\n(\w+) = "([\w.]+):EXPERIMENT"'
)
INFO = "regress_for_nnlab-1.0.dist-info"


def wheel(folder: Path, module: str, code: str, entry_points: str) -> Path:
    """Write the package of the page as a wheel, as its build would."""
    path = folder / "regress_for_nnlab-1.0-py3-none-any.whl"
    files = {
        f"{module}.py": code,
        f"{INFO}/METADATA": "Metadata-Version: 2.1\nName: regress-for-nnlab\nVersion: 1.0\n",
        f"{INFO}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{INFO}/entry_points.txt": entry_points,
    }
    record = "".join(f"{name},,\n" for name in (*files, f"{INFO}/RECORD"))
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**files, f"{INFO}/RECORD": record}.items():
            archive.writestr(name, text)
    return path


def install(folder: Path, code: str) -> dict[str, str]:
    """Install the package of the page into a folder, and return the environment that finds it."""
    ((name, module),) = PYPROJECT.findall(PAGE.read_text())
    place = folder / "site"
    made = wheel(folder, module, code, f"[nnlab.experiments]\n{name} = {module}:EXPERIMENT\n")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--target", str(place), str(made)], check=True, capture_output=True)
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(place), *sys.path])}


@pytest.fixture
def code() -> str:
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    return next(str(block) for block in blocks if "EXPERIMENT = " in block)


@pytest.fixture
def installed(tmp_path: Path, code: str) -> dict[str, str]:
    return install(tmp_path, code)


def test_it_trains_is_resumed_answers_is_swept_and_reported(
    installed: dict[str, str], shell: Shell, begun: Begun, tmp_path: Path
) -> None:
    assert "Fit a curve to points." in shell("--help", env=installed).stdout
    process = begun("regress", "--epochs", 1000, "--threads", 1, "--out", "run", env=installed)
    wait_for(lambda: (tmp_path / "run" / "history.csv").exists())
    process.send_signal(signal.SIGINT)
    assert "nnlab resume run" in process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == 130
    resumed = shell("resume", "run", "--json", env=installed)
    assert resumed.returncode == 0, resumed.stderr
    assert json.loads(resumed.stdout)["scores"]["rmse"] < 0.5
    asked = shell("regress", "1.57", "--checkpoint", "run", "--json", env=installed)
    assert json.loads(asked.stdout)["y"] == pytest.approx(1, abs=0.3)
    grid = ("--grid", "units=4,8", "--set", "epochs=2", "--jobs", 1, "--out", "sweep")
    swept = shell("sweep", "regress", *grid, env=installed)
    assert swept.returncode == 0, swept.stderr
    assert "units" in swept.stdout
    reported = shell("report", "run", "--out", "page.html", env=installed)
    assert reported.returncode == 0, reported.stderr
    assert "regress" in (tmp_path / "page.html").read_text()


def test_one_that_cannot_be_imported_stands_in_no_ones_way(tmp_path: Path, shell: Shell) -> None:
    environment = install(tmp_path, "import a_module_that_is_not_there\n")
    listed = shell("--help", env=environment)
    assert listed.returncode == 0
    assert "a_module_that_is_not_there" in listed.stdout.replace("\n", "")
    refused = shell("regress", "1", env=environment)
    assert refused.returncode == 4
    assert "update or uninstall regress-for-nnlab" in refused.stderr
    assert shell("add", "1+1", env=environment).returncode == 0
    assert shell("evaluate", "--help", env=environment).returncode == 0


UNDECLARED = """
@dataclass(frozen=True, kw_only=True)
class Undeclared(type(EXPERIMENT).Config):
    plain: int = 3

EXPERIMENT.Config = Undeclared
"""


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ('EXPERIMENT.name = "other"\n', "its name is 'other'"),
        (
            'EXPERIMENT.presets = {"report": {}, "fast": {}}\n',
            "its preset 'fast' is none of",
        ),
        (UNDECLARED, "Undeclared.plain is not made with nnlab.options.option"),
        ("EXPERIMENT = 3\n", "expected an instance of Experiment, but it is 3"),
        ("del type(EXPERIMENT).Query\n", "AttributeError: "),
        ('EXPERIMENT.presets = {"modern": {}}\n', "expected a preset 'report'"),
    ],
)
def test_a_fault_of_one_is_named_and_stands_in_no_ones_way(
    change: str, fault: str, code: str, tmp_path: Path, shell: Shell
) -> None:
    environment = install(tmp_path, code + change)
    refused = shell("regress", "1", env=environment)
    assert refused.returncode == 4
    assert fault in refused.stderr
    assert "regress-for-nnlab" in refused.stderr
    assert shell("evaluate", "--help", env=environment).returncode == 0


def test_the_doctor_names_the_fault_of_one(code: str, tmp_path: Path, shell: Shell) -> None:
    found = shell("doctor", "--quick", "--json", env=install(tmp_path, code + UNDECLARED))
    checks = {check["name"]: check for check in json.loads(found.stdout)["checks"]}
    assert "Undeclared.plain" in checks["other packages"]["text"]
    assert checks["other packages"]["state"] == "warning"


def test_its_choices_do_not_bind_the_data_of_other_experiments(
    code: str, tmp_path: Path, shell: Shell
) -> None:
    change = (
        "@dataclass(frozen=True, kw_only=True)\n"
        "class Choosing(type(EXPERIMENT).Config):\n"
        '    dataset: str = option("small", "size", choices=("small", "large"))\n\n'
        'EXPERIMENT.Config, EXPERIMENT.data_options = Choosing, ("dataset",)\n'
    )
    environment = install(tmp_path, code + change)
    result = shell("evaluate", "classify", "--dataset", "sample", "-q", env=environment)
    assert result.returncode == 0, result.stderr


def test_one_without_its_package_is_unknown(shell: Shell, tmp_path: Path) -> None:
    assert "regress" not in shell("--help").stdout
    assert shell("regress", "1").returncode == 2
