"""What must hold for every experiment, including future ones."""

import dataclasses
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest

import nnlab
from nnlab import experiments
from nnlab.cli.main import nnlab as program
from nnlab.datasets.store import Store
from nnlab.errors import InterruptedRun, UsageError
from nnlab.experiments.contract import Answering, AnyExperiment
from nnlab.results import RunMetrics
from nnlab.runs.folder import RunFolder
from nnlab.runs.single import resume, run
from nnlab.training.settings import REPORT, TrainingSettings
from tests.annotations import Here, Shell
from tests.drawing import drawing
from tests.h5 import same_variables, variables_of
from tests.watching import Watcher, make_workshop

TrainedRun = tuple[RunFolder, RunMetrics[Any], list[str]]
"""The folder of a run, its metrics, and the warnings that came with it."""

TrainOnce = Callable[[str], TrainedRun]
"""Trains an experiment, named, unless it is trained already."""

ROOT = Path(__file__).parents[2]
FORBIDDEN = ("tensorflow", "keras", "matplotlib", "pooch", "rich")
"""Packages that answering must not import."""

SMALL: dict[str, dict[str, object]] = {
    "add": {"units": 32, "problems": 2000, "test_problems": 500},
    "classify": {"units": 32},
    "denoise": {"filters": 8, "patch": 32, "stride": 64},
    "embed": {"units": 32},
    "perm-test": {"units": 32},
    "textgen": {"units": 32, "step": 12},
    "translate": {"units": 32, "max_pairs": 500},
    "classify modern": {"units": 16, "filters": "8x16", "deform": 0.5},
    "denoise modern": {"filters": 4, "levels": 2, "patch": 32, "stride": 64, "synthetic": 1},
    "embed modern": {"units": 32, "letters": "a-b", "batch_size": 64},
    "perm-test modern": {"model": "mlp", "units": 32},
    "textgen modern": {"units": 32},
    "add modern": {"units": 8, "problems": 2000, "test_problems": 500},
    "translate modern": {"units": 16, "blocks": 1, "subwords": 400, "max_pairs": 300},
}
"""Settings that make a training short; trials not listed here use their defaults."""

NAMES = [experiment.name for experiment in experiments.usable()]
STOPPED_TWICE = "recommend modern"
"""The trial that is: what a second stop adds is the same for all."""
TRIALS = [
    " ".join([name, *([] if preset == REPORT else [preset])])
    for name in NAMES
    for preset in experiments.get(name).presets
]
"""An experiment and, if it is not the report's, a preset."""

every_experiment = pytest.mark.parametrize("name", NAMES)
every_trial = pytest.mark.parametrize("trial", TRIALS)


def laid_out(given: str, folder: Path) -> str:
    """Copy a file of the project into a folder and return the copy; return other inputs as is."""
    if not given or not (ROOT / given).is_file():
        return given
    return Path(shutil.copy(ROOT / given, folder)).name


def shows_its_inside(experiment: AnyExperiment) -> bool:
    return type(experiment).inside is not Answering.inside


def one_trial(trial: str) -> tuple[AnyExperiment, TrainingSettings]:
    """Return the experiment and the settings of one short run on its embedded sample."""
    name, _, preset = trial.partition(" ")
    experiment = experiments.get(name)
    given = {"epochs": 2, "preset": preset or REPORT, **SMALL.get(trial, {})}
    config = experiment.configure(given, "test")
    return experiment, next(iter(experiment.trials(config, 1).values()))


def carry_out(trial: str, folder: Path, watcher: Watcher) -> tuple[RunMetrics[Any], list[str]]:
    folder.mkdir()
    experiment, config = one_trial(trial)
    warnings: list[str] = []
    workshop = make_workshop(watcher, warnings)
    return run(experiment, config, RunFolder(folder), workshop), warnings


@pytest.fixture(scope="module", autouse=True)
def small_samples() -> Iterator[None]:
    """Make the samples of images an eighth as large, in this process; 100 are still held out."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("labelled", "letters"):
            patch.setattr(f"nnlab.datasets.images.{module}.SAMPLE_IMAGES", 1_300)
        yield


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainOnce:
    """Train each experiment once; return a function from name to (folder, metrics, warnings)."""
    done: dict[str, TrainedRun] = {}

    def of(name: str) -> TrainedRun:
        if name not in done:
            folder = tmp_path_factory.mktemp("runs") / name
            with drawing():
                done[name] = (RunFolder(folder), *carry_out(name, folder, Watcher()))
        return done[name]

    return of


@every_experiment
def test_help_shows_every_option(name: str, shell: Shell) -> None:
    experiment = experiments.get(name)
    text = shell(name, "--help").stdout
    for field in (*dataclasses.fields(experiment.Config), *dataclasses.fields(experiment.Query)):
        assert f"--{field.name.replace('_', '-')}" in text
    assert experiment.summary in text


@every_trial
def test_use_of_the_embedded_sample_is_reported(trial: str, trained: TrainOnce) -> None:
    _, metrics, warnings = trained(trial)
    reported = any("embedded sample" in warning for warning in warnings)
    assert metrics.dataset.sample is reported


@every_trial
def test_naive_baselines_have_the_same_scores(trial: str, trained: TrainOnce) -> None:
    _, metrics, _ = trained(trial)
    assert metrics.baselines
    for baseline in metrics.baselines.values():
        assert set(baseline) <= set(metrics.scores)


@every_trial
def test_shares_are_between_0_and_1(trial: str, trained: TrainOnce) -> None:
    _, metrics, _ = trained(trial)
    shares = one_trial(trial)[0].shares  # scores, and measures of the history
    assert all(0 <= metrics.scores[score] <= 1 for score in shares if score in metrics.scores)


@every_trial
def test_a_run_writes_all_its_files(trial: str, trained: TrainOnce) -> None:
    folder, metrics, _ = trained(trial)
    assert folder.read_metrics(one_trial(trial)[0].Details) == metrics
    assert folder.read_history()["epoch"] == [0, 1, 2]
    pictures = {path.name for path in folder.figures.iterdir()}
    assert {"learning-curves.png", "network.png"} < pictures
    assert all(path.stat().st_size > 5000 for path in folder.figures.iterdir())


@every_trial
def test_the_checkpoint_has_settings_data_and_scores(trial: str, trained: TrainOnce) -> None:
    folder, metrics, _ = trained(trial)
    checkpoint = nnlab.load(folder.best)
    assert checkpoint.header.metrics["scores"] == metrics.scores
    assert checkpoint.header.dataset == metrics.dataset.as_dict()
    assert checkpoint.config() == one_trial(trial)[1]
    assert checkpoint.header.state == {}
    assert not any(key.startswith("optimizer") for key in variables_of(folder.best))


@every_trial
def test_answering_in_a_fresh_process_imports_no_heavy_packages(
    trial: str, trained: TrainOnce, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _, _ = trained(trial)
    experiment, _ = one_trial(trial)
    examples = experiment.example_inputs
    shell, library = tmp_path / "shell", tmp_path / "library"
    for place in (shell, library):  # separate copies, because answering may write files
        place.mkdir()
        inputs = [laid_out(given, place) for given in examples]
    program = (
        "import sys; from nnlab.cli.main import run; "
        f"code = run([{experiment.name!r}, *{inputs!r}, '--checkpoint', {str(folder.best)!r}, "
        "'--json']); "
        f"import nnlab; trained = nnlab.load({str(folder.best)!r}); trained.exhibit(); "
        f"{shows_its_inside(experiment)} and trained.inside({inputs[0]!r}); "
        f"print([p for p in {FORBIDDEN!r} if p in sys.modules], code, file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=shell
    )
    assert result.stderr.splitlines()[-1] == "[] 0"
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    monkeypatch.chdir(library)
    assert answers == nnlab.load(folder.best).answer(inputs)


@every_trial
def test_what_leads_to_an_answer_is_plain_json(
    trial: str, trained: TrainOnce, tmp_path: Path
) -> None:
    folder, _, _ = trained(trial)
    checkpoint = nnlab.load(folder.best)
    experiment = checkpoint.experiment
    background = checkpoint.background(Store())  # of the sample, which is always at hand
    assert (background is None) is (type(experiment).background is Answering.background)
    shown = [checkpoint.exhibit()]
    for given in [laid_out(one, tmp_path) for one in experiment.example_inputs]:
        if shows_its_inside(experiment):
            shown += [checkpoint.inside(given), checkpoint.inside(given, background=background)]
        pieces = checkpoint.events([given])
        shown += [one for one in pieces or () if isinstance(one, dict)]
    assert json.loads(json.dumps(shown, allow_nan=False)) == shown


@every_experiment
def test_inputs_are_files_where_the_experiment_says_so(name: str) -> None:
    experiment = experiments.get(name)
    for given in experiment.example_inputs:
        assert (bool(given) and (ROOT / given).is_file()) is experiment.reads_files


@every_trial
def test_numpy_and_keras_agree(trial: str, trained: TrainOnce) -> None:
    from nnlab.models.describe import load_weights

    folder, _, _ = trained(trial)
    experiment, config = one_trial(trial)
    checkpoint = nnlab.load(folder.best)
    data = experiment.load(config, Store(), lambda _: None)
    model = experiment.build(config, data.facts)
    load_weights(model, checkpoint.weights)
    examples = experiment.examples(config, data)
    inputs, _, weights = examples.batch(examples.arrays, examples.training[:64], None)
    expected = model(inputs, training=False).numpy()
    arrays = [np.asarray(one) for one in (inputs if isinstance(inputs, tuple) else (inputs,))]
    network = checkpoint.network.resized(*(one.shape[1:] for one in arrays))
    seen = ... if weights is None else np.asarray(weights) > 0
    np.testing.assert_allclose(network.predict(*arrays)[seen], expected[seen], atol=1e-5)


@every_trial
def test_a_run_stopped_and_resumed_gives_the_same_files(
    trial: str, trained: TrainOnce, tmp_path: Path
) -> None:
    whole, metrics, _ = trained(trial)
    folder = RunFolder(tmp_path / "stopped")
    with pytest.raises(InterruptedRun):
        carry_out(trial, folder.path, Watcher(interrupt_at=3))
    assert not folder.is_finished()
    if trial == STOPPED_TWICE:
        with pytest.raises(InterruptedRun):
            resume(folder, make_workshop(Watcher(interrupt_at=1)))
        assert not folder.is_finished()
    _, resumed = resume(folder, make_workshop())
    assert same_variables(whole.last, folder.last)
    assert same_variables(whole.best, folder.best)
    assert resumed.scores == metrics.scores
    assert resumed.training.best_epoch == metrics.training.best_epoch


@every_experiment
def test_a_training_with_json_prints_nothing_else_on_stdout(name: str, here: Here) -> None:
    small = [f"--{key.replace('_', '-')}={value}" for key, value in SMALL.get(name, {}).items()]
    command = (name, "--epochs", 1, *small, "--runs", 1, "--json", "--out", "here")
    result = here(*command)
    assert result.returncode == 0, result.stderr
    (line,) = result.stdout.splitlines()
    metrics = json.loads(line)
    assert metrics["experiment"] == name
    assert ("embedded sample" in result.stderr) is metrics["dataset"]["sample"]
    again = here(*command, "-q")
    assert json.loads(again.stdout)["scores"] == json.loads(line)["scores"]


@every_trial
def test_evaluate_reproduces_the_scores_of_the_run(
    trial: str, trained: TrainOnce, here: Here
) -> None:
    folder, metrics, _ = trained(trial)
    result = here("evaluate", folder.best, "--json", "-q")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["scores"] == pytest.approx(metrics.scores)


@every_trial
def test_show_describes_the_checkpoint(trial: str, trained: TrainOnce, shell: Shell) -> None:
    folder, _, _ = trained(trial)
    text = shell("show", folder.best).stdout
    assert one_trial(trial)[0].name in text
    assert "weights in total" in text
    assert json.loads(shell("show", folder.best, "--json").stdout)["experiment"] == trial.split()[0]


@every_experiment
def test_a_value_of_another_type_is_refused_for_every_option(name: str) -> None:
    experiment = experiments.get(name)
    for field in dataclasses.fields(experiment.Config):
        for value in ([], {}, object()):
            with pytest.raises(UsageError, match=f"--{field.name.replace('_', '-')}"):
                experiment.configure({field.name: value}, "test")


@pytest.mark.parametrize("name", [name for name in NAMES if experiments.is_own(name)])
def test_a_page_of_the_docs_describes_the_experiment(name: str) -> None:
    page = ROOT / "docs" / "experiments" / f"{name}.md"
    assert page.is_file(), f"expected {page.relative_to(ROOT)}"
    assert "## What was measured" in page.read_text()
    assert f"experiments/{name}.md" in (ROOT / "README.md").read_text()


@every_experiment
def test_the_command_is_listed(name: str) -> None:
    assert name in program.list_commands(click.Context(program))
