"""Fixtures for all tests: no download ever, real data only where a test asks for them."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from nnlab.cli.main import run
from tests.annotations import Begun, Here, Shell
from tests.drawing import drawing
from tests.sweeps.in_this_process import InThisProcess
from tests.tiny_images import write_tiny_images

# A busy machine takes its time. What passes once passes everywhere; `make explore` tries others.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same examples", patient, derandomize=True, database=None)
settings.register_profile("new examples", patient)
settings.load_profile("same examples")

# A command in the background of a script inherits that Ctrl-C is ignored; tests press it.
signal.signal(signal.SIGINT, signal.default_int_handler)

REAL_DATA = os.environ.get("NNLAB_DATA", "")

SLOW = {"cli", "contract", "models", "runs", "serving", "sweeps", "training"}
"""Folders of tests that train, or start processes; and of an experiment, the file of its name."""
LONGEST = {"test_cluster", "test_killed", "test_installed"}
"""Files with tests of half a minute: they begin first, so that no worker waits for them alone."""
AT_WORK = {"shell", "begun", "bash", "here"}
"""Fixtures of tests that do."""


@pytest.hookimpl(tryfirst=True)  # before xdist looks for groups
def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Mark what is slow; keep tests that share a trained network on one worker.

    So each network is trained once, not by every worker.
    """
    items.sort(key=lambda item: item.path.stem not in LONGEST)
    for item in items:
        folder = item.path.parent.name
        if folder in SLOW or item.path.stem == f"test_{folder}" or AT_WORK & set(item.fixturenames):
            item.add_marker(pytest.mark.slow)
        fixtures = item._fixtureinfo.name2fixturedefs.values()
        if any(definitions[-1].scope == "module" for definitions in fixtures):
            parameters = item.callspec.params if hasattr(item, "callspec") else {}
            part = parameters.get("trial", parameters.get("name", ""))
            name = f"{item.path.stem} {part}".strip()
            item.add_marker(pytest.mark.xdist_group(name))


@pytest.fixture(autouse=True)
def no_data(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Run each test in an empty folder, where no data set is found unless it is marked so."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "no-cache"))
    if request.node.get_closest_marker("real_data"):
        if not REAL_DATA:
            pytest.skip("needs real data: set NNLAB_DATA")
        monkeypatch.setenv("NNLAB_DATA", str(Path(request.config.rootpath, REAL_DATA).resolve()))
    else:
        monkeypatch.delenv("NNLAB_DATA", raising=False)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Return a function that runs `nnlab ARGUMENTS` in a process of its own."""
    program = shutil.which("nnlab", path=str(Path(sys.executable).parent))
    command = [program] if program else [sys.executable, "-m", "nnlab"]

    def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[Any]:
        return subprocess.run(
            [*command, *map(str, arguments)],
            **{"cwd": tmp_path, "capture_output": True, "text": True, "timeout": 300, **options},
        )

    return run


@pytest.fixture(scope="session", autouse=True)
def no_figures() -> Iterator[None]:
    """Draw nothing after a training of this process: it takes longer than a short training."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nnlab.runs.single.draw_run", lambda *_: None)
        yield


@pytest.fixture
def figures() -> Iterator[None]:
    """Draw figures after all."""
    with drawing():
        yield


@pytest.fixture
def here(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Here:
    """Return a function that runs `nnlab ARGUMENTS` in this process, which has TensorFlow already.

    For trainings whose process is not what a test is about, since a new one costs five seconds.
    A sweep carries out its runs here, too.
    """
    monkeypatch.setattr("nnlab.training.backend._set_threads", lambda _: None)  # they are settled
    monkeypatch.setattr("nnlab.sweeps.local.LocalExecutor", lambda jobs: InThisProcess())

    def run_here(*arguments: object) -> subprocess.CompletedProcess[str]:
        capfd.readouterr()
        given = [str(one) for one in arguments]
        code = run(given)
        return subprocess.CompletedProcess(given, code, *capfd.readouterr())

    return run_here


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[Begun]:
    """Return a function that begins `nnlab ARGUMENTS`; none outlives the test."""
    processes: list[subprocess.Popen[Any]] = []

    def begin(*arguments: object, **options: Any) -> subprocess.Popen[Any]:
        process: subprocess.Popen[Any] = subprocess.Popen(
            [sys.executable, "-m", "nnlab", *map(str, arguments)],
            **{
                "cwd": tmp_path,
                "stdout": subprocess.PIPE,
                "stderr": subprocess.PIPE,
                "text": True,
                **options,
            },
        )
        processes.append(process)
        return process

    yield begin
    for process in processes:
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


@pytest.fixture
def tiny_images(tmp_path: Path) -> tuple[Path, Path]:
    """Write the idx pair of `write_tiny_images` into the test's folder."""
    return write_tiny_images(tmp_path)
