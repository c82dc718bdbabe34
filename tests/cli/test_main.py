"""Exit codes, streams and messages of the command line."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from nnlab import experiments
from nnlab.cli.main import VERBS, nnlab, run
from tests.annotations import Begun, Here, Shell
from tests.tiny_images import tiny_arguments
from tests.waiting import PATIENCE, wait_for

TINY = ["classify", *tiny_arguments(), "--units", "8", "--epochs", "1"]
HEAVY = "tensorflow keras matplotlib scipy h5py rich PIL pooch"


def test_help_lists_experiments_and_verbs(shell: Shell) -> None:
    result = shell("--help")
    assert result.returncode == 0
    for command in ("classify", "perm-test", "resume", "evaluate", "show", "data", "completion"):
        assert command in result.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["classify", "--help"], ["--version"]])
def test_help_and_version_import_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys; from nnlab.cli.main import run; "
        f"run({arguments!r}); "
        f"print([p for p in {HEAVY!r}.split() if p in sys.modules], file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert result.stderr.strip() == "[]"


@pytest.mark.parametrize("arguments", [["--help"], ["nosuch"], ["--version"]])
def test_a_list_of_commands_imports_none_of_them(arguments: list[str]) -> None:
    program = (
        "import sys; from nnlab.cli.main import run; "
        f"run({arguments!r}); "
        "print([p for p in ('numpy', 'h5py', 'nnlab.experiments.contract') if p in sys.modules]); "
        "print([p for p in sys.modules if p.startswith('nnlab.experiments.')])"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert result.stdout.splitlines()[-2:] == ["[]", "[]"]


def test_summaries_in_the_list_are_those_of_the_commands() -> None:
    ctx = click.Context(nnlab)
    for name, summary in VERBS.items():
        command = nnlab.get_command(ctx, name)
        assert command is not None
        assert command.get_short_help_str(100) == summary
    for name in experiments.names():
        assert experiments.summary(name) == experiments.get(name).summary


@pytest.mark.parametrize("command", [[], ["classify"], ["data", "fetch"]])
def test_help_is_a_command_as_well(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help", *command]) == run([*command, "--help"]) == 0
    shown = capsys.readouterr().out
    half = len(shown) // 2
    assert shown[:half] == shown[half:] != ""


def test_version_lists_the_main_libraries(shell: Shell) -> None:
    lines = dict(line.split(" ", 1) for line in shell("--version").stdout.splitlines())
    assert set(lines) == {"nnlab", "python", "tensorflow", "keras", "numpy", "h5py", "onnxruntime"}
    assert lines["tensorflow"][0].isdigit()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["clasify"], 2, "did you mean 'classify'"),
        (["classify", "--los", "mse"], 2, "did you mean --loss"),
        (["classify", "--no-stopp"], 2, "did you mean --no-stop or"),
        (["classify", "--hlep"], 2, "did you mean --help"),
        (
            ["classify", "-z"],
            2,
            "no option -z; put -- before an input that begins with a hyphen (see",
        ),
        (["add", "-1+3"], 2, "put -- before an input that begins with a hyphen"),
        (["classify", "--loss", "mae"], 2, "mse"),
        (["classify", "--epochs", "0"], 2, "at least 1"),
        (["classify", "--epochs", "many"], 2, "integer"),
        (["classify", "--save-every", "soon"], 2, "30s, 5m or 1h"),
        (["classify", "--top", "3"], 2, "for answering"),
        (["classify", "7.png", "--epochs", "3"], 2, "for training"),
        (["classify", "7.png", "--out", "x"], 2, "for training"),
        (["classify", "--checkpoint", "x.h5"], 2, "for answering"),
        (["classify", "--config", "none.json"], 2, "cannot be read (No such file"),
        (["classify", "--images", "x"], 2, "--labels"),
        (["classify", "--dataset", "mnist"], 3, "sha256"),
        (["classify", "--dataset", "minst"], 2, "did you mean 'mnist'"),
        (["classify", "--images", "x", "--labels", "y"], 3, "x"),
        (["classify", "--data-dir", "nowhere"], 3, "nowhere"),
        (["classify", "7.png", "--checkpoint", "none.h5"], 4, "none.h5"),
        (["classify", "7.png", "--checkpoint", "."], 4, "best.h5"),
        (["perm-test", "7.png"], 4, "train one"),
        (["perm-test", "--blocks", "3", "--dataset", "sample"], 2, "1, 2, 4, 7, 14"),
        (["resume", "nowhere"], 4, "no run to resume"),
        (["show", "none.h5"], 4, "none.h5"),
        (["evaluate", "none.h5"], 4, "none.h5"),
        (["data", "path", "mnist"], 3, "nnlab data fetch mnist"),
        (["data", "fetch", "mnits"], 2, "did you mean 'mnist'"),
        (["data", "verify"], 3, ""),
        (["completion", "tcsh"], 2, "fish"),
        (["completion"], 2, "Choose from: bash, zsh, fish"),
        (["classify", "."], 1, "no images found"),
        (["recommend", "beer"], 1, "bottled beer"),
    ],
)
def test_mistakes_end_in_one_clear_error(
    shell: Shell, arguments: list[str], code: int, message: str
) -> None:
    result = shell(*arguments)
    assert result.returncode == code, result.stderr
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == "" or arguments[0] == "data"


def test_verbose_shows_the_traceback(shell: Shell) -> None:
    assert "Traceback" in shell("show", "none.h5", "-v").stderr


def test_a_mistake_leaves_no_run_folder_behind(shell: Shell, tmp_path: Path) -> None:
    shell("classify", "--dataset", "mnist")
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_answers_that_cannot_be_written_are_an_error(shell: Shell) -> None:
    with Path("/dev/full").open("w") as full:
        result = shell("add", "1+1", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert result.returncode == 1
    assert "cannot write the output: No space left" in result.stderr


def test_an_existing_folder_is_kept_when_no_run_begins(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for out in ("empty", "new"):
        assert shell("classify", "--dataset", "mnist", "--out", out).returncode == 3
    assert (tmp_path / "empty").is_dir()
    assert not (tmp_path / "new").exists()


def test_the_shell_overrides_the_environment_which_overrides_the_file(
    shell: Shell, tmp_path: Path
) -> None:
    (tmp_path / "run.toml").write_text('loss = "mse"\nepochs = 0\nbatch-size = 64\n')
    arguments = ["classify", "--config", "run.toml", "--dataset", "sample"]
    assert "--epochs must be at least 1" in shell(*arguments).stderr
    env = {**os.environ, "NNLAB_CLASSIFY_EPOCHS": "-3"}
    assert "not -3" in shell(*arguments, env=env).stderr
    assert "not -4" in shell(*arguments, "--epochs", "-4", env=env).stderr


def test_a_config_of_another_experiment_is_refused(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"experiment": "textgen", "config": {}}')
    assert "is from a run of textgen" in shell("classify", "--config", "run.json").stderr


@pytest.mark.parametrize("shell_name", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(shell: Shell, shell_name: str) -> None:
    result = shell("completion", shell_name)
    assert result.returncode == 0
    assert "_NNLAB_COMPLETE" in result.stdout


def test_completion_knows_commands_and_options(shell: Shell) -> None:
    env = {**os.environ, "_NNLAB_COMPLETE": "bash_complete", "COMP_CWORD": "2"}
    words = shell(env={**env, "COMP_WORDS": "nnlab classify --lo"}).stdout
    assert "--loss" in words


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_a_closed_pipe_shows_no_traceback(shell: Shell) -> None:
    script = "nnlab show --help | head -1; echo ${PIPESTATUS[0]}"
    env = {**os.environ, "PATH": f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}"}  # noqa: PTH120
    result = subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True)
    assert "Traceback" not in result.stderr
    assert "Exception" not in result.stderr


LONG = ("classify", "--dataset", "sample", "--epochs", 1000, "--out", "run")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_training_is_saved_and_says_how_to_resume(
    tmp_path: Path, shell: Shell, begun: Begun, number: signal.Signals
) -> None:
    process = begun(*LONG, "--offline")
    wait_for(lambda: (tmp_path / "run" / "history.csv").exists())
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert out == ""
    assert "resume with: nnlab resume run --offline\n" in err
    assert (tmp_path / "run" / "last.h5").exists()
    shown = json.loads(shell("show", "run/last.h5", "--json").stdout)
    assert shown["state"]["finished"] is False


def test_two_processes_cannot_train_in_one_folder(
    tmp_path: Path, shell: Shell, begun: Begun
) -> None:
    begun(*LONG)
    wait_for(lambda: (tmp_path / "run" / "config.json").exists())
    result = shell("resume", "run")
    assert result.returncode == 5
    assert "another process" in result.stderr


def test_output_folders_are_not_overwritten_without_force(tmp_path: Path, here: Here) -> None:
    tiny = [*TINY, "-q", "--out"]
    assert here(*tiny, "run").returncode == 0
    assert here(*tiny, "run", "--loss", "mse").returncode == 5
    assert here(*tiny, "run", "--runs", "2").returncode == 5
    assert here(*tiny, "run", "--loss", "mse", "--force").returncode == 0
    (tmp_path / "run" / "thesis.txt").write_text("all my work")
    assert here(*tiny, "run", "--force").returncode == 0
    assert (tmp_path / "run" / "thesis.txt").read_text() == "all my work"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    assert here(*tiny, "mine").returncode == 5
    assert here(*tiny, "mine", "--force").returncode == 5
    assert here(*tiny, "mine/letter.txt").returncode == 5
    (tmp_path / "mine" / "config.json").write_text('{"name": "my project"}')
    assert here(*tiny, "mine", "--force").returncode == 4
    assert (tmp_path / "mine" / "config.json").exists()
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"


def test_force_keeps_the_old_run_until_the_new_one_can_begin(tmp_path: Path, here: Here) -> None:
    tiny = ["classify", "--units", "8", "--epochs", "1", "-q", "--out", "run"]
    assert here(*tiny, "--dataset", "sample").returncode == 0
    assert here(*tiny, "--dataset", "mnist", "--force").returncode == 3
    assert here(*tiny, "--patience", "2", "--validation", "0", "--force").returncode == 2
    assert (tmp_path / "run" / "best.h5").exists()
    assert here(*tiny, "--dataset", "sample").returncode == 0


def test_replacing_a_group_prints_nothing_but_json_on_stdout(here: Here) -> None:
    group = [*TINY, "--runs", "2", "--out", "group", "--json"]
    assert here(*group).returncode == 0
    result = here(*group, "--loss", "mse", "--force")
    (line,) = result.stdout.splitlines()
    assert list(json.loads(line)["runs"]) == ["seed-1", "seed-2"]


def test_a_folder_of_a_process_that_was_killed_early_can_be_used_again(
    tmp_path: Path, here: Here
) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / ".lock").touch()
    assert here(*TINY, "-q", "--out", "run").returncode == 0


def test_impossible_settings_leave_no_folder_behind(tmp_path: Path, here: Here) -> None:
    assert here("perm-test", "--dataset", "sample", "--blocks", "3").returncode == 2
    assert here("classify", "--patience", "2", "--validation", "0").returncode == 2
    assert not list(tmp_path.glob("runs/*/*"))


def test_an_exploding_training_is_reported_as_diverged(here: Here) -> None:
    arguments = ["classify", "--dataset", "sample", "--epochs", "2", "--batch-size", "100000"]
    for rate in ("1e38", "1e39"):
        result = here(*arguments, "--optimizer", "sgd", "--learning-rate", rate, "-q")
        assert result.returncode == 6, result.stderr
        assert "lower --learning-rate" in result.stderr


def test_quiet_training_writes_only_warnings_to_stderr(shell: Shell) -> None:
    result = shell("classify", "--dataset", "sample", "--epochs", "1", "-q")
    assert result.stderr == ""
    assert "Accuracy" in result.stdout
